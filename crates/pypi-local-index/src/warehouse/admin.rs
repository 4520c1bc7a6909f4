//! What owners and administrators do with projects.

use pypi_metadata::{ProjectName, Version};

use super::State;
use super::changes::Key;
use super::journal::ProjectEventKind;
use crate::config::{self, Status, TrustedPublisher};
use crate::error::Error;

impl State {
    /// Creates a project, or gives an existing one these properties.
    pub(crate) fn add_project(&mut self, project: config::Project, now: u64) -> Result<(), Error> {
        let name = parse_name(&project.name)?;
        self.create_project(&name, None, now);
        if let Some(created) = self.project_mut(name.normalized()) {
            created.members.extend(project.members);
            if project.status != Status::Active {
                created.status = project.status;
            }
            created.has_active_organization = !project.is_organization_inactive;
            created.file_limit = project.file_limit;
            created.total_limit = project.total_limit;
            created.reserved_bytes = created
                .reserved_bytes
                .saturating_add(project.reserved_bytes);
        }
        Ok(())
    }

    /// Sets the status of a project, if there is one with this name.
    pub(crate) fn set_status(&mut self, project: &str, status: Status, now: u64) {
        let Ok(name) = ProjectName::parse(project) else {
            return;
        };
        if let Some(project) = self.project_mut(name.normalized()) {
            project.status = status;
            self.record_event(now, name.normalized(), ProjectEventKind::StatusChanged);
        }
    }

    /// Makes an existing project trust `publisher`. `false` if the project does not exist.
    pub(crate) fn trust(&mut self, project: &str, publisher: TrustedPublisher) -> bool {
        match ProjectName::parse(project) {
            Ok(name) if self.project(name.normalized()).is_some() => {
                self.add_publisher(publisher, &name);
                true
            }
            _ => false,
        }
    }

    /// Yanks a release, or unyanks it if `reason` is `None`. `false` if the release does not exist.
    pub(crate) fn yank(
        &mut self,
        project: &str,
        version: &str,
        reason: Option<&str>,
        now: u64,
    ) -> bool {
        let (Ok(name), Ok(version)) = (ProjectName::parse(project), Version::parse(version)) else {
            return false;
        };
        let normalized = name.normalized();
        let Some(project) = self.project_mut(normalized) else {
            return false;
        };
        let mut releases = project.releases.iter_mut();
        let Some(release) = releases.find(|release| release.version == version) else {
            return false;
        };
        release.yanked = reason.map(str::to_owned);
        let key = Key::Release(normalized.to_owned(), release.version.to_string());
        self.changes.mark(key);
        self.record_event(now, normalized, ProjectEventKind::Yanked);
        true
    }
}

/// The name of a project.
pub(crate) fn parse_name(text: &str) -> Result<ProjectName, Error> {
    ProjectName::parse(text).map_err(|error| Error::name(text, error))
}
