//! Changes of a running index.

use bytes::Bytes;

use super::LocalIndex;
use crate::config::{AdminFlag, Change, Fault, Project, Status, TrustedPublisher, User};
use crate::error::Error;

impl LocalIndex {
    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.application.add_fault(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.application.clear_faults();
    }

    /// Restores the state, the clock and the faults as they were at the start, and forgets all requests. The tokens and
    /// environment variables of the start are valid again.
    pub fn reset(&self) {
        self.application.reset();
    }

    /// Forgets all requests.
    pub fn clear_requests(&self) {
        self.application.clear_requests();
    }

    /// Makes a change at once. The changes about rivals need an upload, and have no effect here.
    pub fn change(&self, change: &Change) {
        self.application.apply(change, None);
    }

    /// Sets or clears an admin flag.
    pub fn set_admin_flag(&self, flag: AdminFlag, is_set: bool) {
        self.application
            .control(|state, _| state.settings.set(flag, is_set));
    }

    /// Adds an account, or replaces the one with its name.
    pub fn add_user(&self, user: User) {
        self.application.control(|state, _| state.add_user(user));
    }

    /// Adds a project, or gives the one with its name these properties.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Name`](crate::ErrorKind::Name) if its name is invalid.
    pub fn add_project(&self, project: impl Into<Project>) -> Result<(), Error> {
        self.application
            .control(|state, now| state.add_project(project.into(), now))
    }

    /// Adds a trusted publisher to a project. `false` if the project does not exist.
    pub fn add_publisher(&self, project: &str, publisher: TrustedPublisher) -> bool {
        self.application
            .control(|state, _| state.trust(project, publisher))
    }

    /// Adds a wheel or an sdist, as if it had been uploaded with its own metadata, and creates its project.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`](crate::ErrorKind::File) if it cannot be read, or its name is taken.
    pub fn add_file(&self, filename: &str, bytes: impl Into<Vec<u8>>) -> Result<(), Error> {
        let bytes = Bytes::from(bytes.into());
        self.application
            .control(|state, now| state.seed(filename, &bytes, now))
    }

    /// Deletes a file, whose name cannot be used again. `false` if the file does not exist.
    pub fn delete_file(&self, filename: &str) -> bool {
        self.application
            .control(|state, now| state.delete_file(filename, now))
    }

    /// Yanks a release (PEP 592) for a reason that may be empty, or unyanks it with `None`. `false` if the
    /// release does not exist.
    pub fn yank(&self, project: &str, version: &str, reason: Option<&str>) -> bool {
        self.application
            .control(|state, now| state.yank(project, version, reason, now))
    }

    /// Archives a project (PEP 792).
    pub fn archive(&self, project: &str) {
        self.set_status(project, Status::Archived);
    }

    /// Quarantines a project (PEP 792).
    pub fn quarantine(&self, project: &str) {
        self.set_status(project, Status::Quarantined);
    }

    /// Makes an archived or quarantined project active again.
    pub fn reactivate(&self, project: &str) {
        self.set_status(project, Status::Active);
    }

    fn set_status(&self, project: &str, status: Status) {
        self.application
            .control(|state, now| state.set_status(project, status, now));
    }
}
