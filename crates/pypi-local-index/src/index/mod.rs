//! The handle of a running index.

pub(crate) mod start;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use pypi_http::Secret;
use pypi_metadata::{ProjectName, Version};
use url::Url;

use crate::api::oidc::{Identity, TrustedPublisher};
use crate::api::record::RecordedRequest;
use crate::config::account::{Project, User};
use crate::config::builder::Builder;
use crate::config::fault::{Change, Fault};
use crate::config::settings::AdminFlag;
use crate::error::Error;
use crate::index::start::create;
use crate::server::Server;
use crate::server::change::{Shared, set_status};
use crate::warehouse::journal::{Email, ProjectEvent, ProjectEventKind};
use crate::warehouse::seed::seed;
use crate::warehouse::{Key, Status};

/// A running index. Dropping it stops the server and waits for its thread.
pub struct LocalIndex {
    shared: Arc<Shared>,
    upload_url: Url,
    simple_url: Url,
    user_token: Secret,
    tokens: Vec<(String, Secret)>,
    environment: Vec<(String, String)>,
    _server: Server,
}

/// A file that the index holds.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredFile {
    /// Its name.
    pub filename: String,
    /// The normalized name of its project.
    pub project: String,
    /// The version of its release.
    pub version: String,
    /// The SHA-256 of its bytes in lower-case hexadecimal digits.
    pub sha256: String,
    /// The BLAKE2b-256 of its bytes in lower-case hexadecimal digits.
    pub blake2b_256: String,
    /// Its size in bytes.
    pub size: u64,
}

impl LocalIndex {
    /// Starts an empty index on which the built-in GitHub identity may publish every project, also a new one.
    ///
    /// # Errors
    ///
    /// When no port of 127.0.0.1 is free, or the thread cannot be started.
    pub fn start() -> Result<Self, Error> {
        Self::builder().publishes_any().start()
    }

    /// An index with projects, publishers and rules of one's own; it begins with none.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(
        shared: Arc<Shared>,
        server: Server,
        user_token: Secret,
        tokens: Vec<(String, Secret)>,
        identity: Identity,
    ) -> Result<Self, Error> {
        let url = |path: &str| {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let failed = |error| Error::listen(address, error);
            shared.root.join(path).map_err(failed)
        };
        let (upload_url, simple_url) = (url("legacy/")?, url("simple/")?);
        let mut index = Self {
            shared,
            upload_url,
            simple_url,
            user_token,
            tokens,
            environment: Vec::new(),
            _server: server,
        };
        index.environment = index.environment_of(identity);
        Ok(index)
    }

    /// The root, `http://127.0.0.1:{port}/`, where a page for people is.
    pub fn url(&self) -> &Url {
        &self.shared.root
    }

    /// The address of uploads: `/legacy/`.
    pub fn upload_url(&self) -> &Url {
        &self.upload_url
    }

    /// The address of the simple API, for `--index-url`: `/simple/`.
    pub fn simple_url(&self) -> &Url {
        &self.simple_url
    }

    /// The variables that a GitHub Actions runner sets for a job with `id-token: write`, for the index's identity.
    ///
    /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN` is a credential of this index.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    /// The variables that its provider sets for another job.
    ///
    /// GitHub's name this index's token endpoint, GitLab's hold an ID token for the index, Google's name this index as
    /// the metadata server (of one workload at a time). For ActiveState there are none: hand over
    /// [`id_token`](Self::id_token).
    pub fn environment_of(&self, job: impl Into<Identity>) -> Vec<(String, String)> {
        let signer = self.shared.signer();
        let audience = self.shared.state().settings.profile.audience();
        let runner = &self.shared.runner;
        runner.environment(&signer, job.into(), audience, &self.shared.root)
    }

    /// An API token of the account that owns every project; it may create projects.
    pub fn user_token(&self) -> &Secret {
        &self.user_token
    }

    /// The API token that the builder created under this name; `None` also in a folder that was there before.
    pub fn token(&self, name: &str) -> Option<&Secret> {
        let mut tokens = self.tokens.iter();
        tokens
            .find(|(known, _)| known == name)
            .map(|(_, token)| token)
    }

    /// An ID token for another job than the index's own, as its runner would get it; `None` when it cannot be signed.
    pub fn id_token(&self, identity: impl Into<Identity>, audience: &str) -> Option<Secret> {
        self.shared.signer().id_token(&identity.into(), audience)
    }

    /// The newest requests, in the order in which they were answered.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.requests().iter().cloned().collect()
    }

    /// The emails that PyPI would have sent, in order.
    pub fn emails(&self) -> Vec<Email> {
        self.shared.state().emails.clone()
    }

    /// What happened to the projects, in order; not what happened before this process.
    pub fn events(&self) -> Vec<ProjectEvent> {
        self.shared.state().events.clone()
    }

    /// Every stored file: by project in alphabetical order, and within it in the order of upload by release.
    pub fn files(&self) -> Vec<StoredFile> {
        let state = self.shared.state();
        let files = state.files().map(|(project, release, file)| StoredFile {
            filename: file.filename.clone(),
            project: project.name.normalized().to_owned(),
            version: release.version.to_string(),
            sha256: file.sha256.clone(),
            blake2b_256: file.blake2b_256.clone(),
            size: file.size,
        });
        files.collect()
    }

    /// The bytes of a stored file.
    pub fn file(&self, filename: &str) -> Option<Vec<u8>> {
        let state = self.shared.state();
        let (_, _, file) = state.file(filename)?;
        file.blob.read().ok().map(Vec::from)
    }

    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Makes a change that a fault can make, at once; the rivals of an upload do nothing without one.
    pub fn change(&self, change: &Change) {
        self.shared.apply(change, None);
    }

    /// Sets or clears an admin flag.
    pub fn set_admin_flag(&self, flag: AdminFlag, is_set: bool) {
        self.shared
            .control(|state, _| state.settings.set(flag, is_set));
    }

    /// Creates an account, or replaces the one of this name.
    pub fn add_user(&self, user: User) {
        self.shared.control(|state, _| state.add_user(user));
    }

    /// Creates a project, or changes the one of this name to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Name`](crate::ErrorKind::Name) when its name is none.
    pub fn add_project(&self, project: impl Into<Project>) -> Result<(), Error> {
        self.shared
            .control(|state, now| create(state, project.into(), now))
    }

    /// Adds a trusted publisher to a project. `false` if there is no such project.
    pub fn add_publisher(&self, project: &str, publisher: TrustedPublisher) -> bool {
        self.shared.control(|state, _| {
            let name = ProjectName::parse(project).ok();
            let name = name.filter(|name| state.project(name.normalized()).is_some());
            name.map(|name| state.add_publisher(publisher, &name))
                .is_some()
        })
    }

    /// Stores a wheel or an sdist as if its own metadata had been sent with it, and creates its project.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`](crate::ErrorKind::File) when it cannot be read, or its name is taken.
    pub fn add_file(&self, filename: &str, bytes: impl Into<Vec<u8>>) -> Result<(), Error> {
        let bytes = Bytes::from(bytes.into());
        self.shared
            .control(|state, now| seed(state, filename, bytes, now))
    }

    /// Deletes a file; its name stays taken. `false` when there is none of this name.
    pub fn delete_file(&self, filename: &str) -> bool {
        self.shared
            .control(|state, now| state.delete_file(filename, now))
    }

    /// Yanks a release (PEP 592), with a reason that may be empty; `None` ends it. `false` when there is no such release.
    pub fn yank(&self, project: &str, version: &str, reason: Option<&str>) -> bool {
        self.shared.control(|state, now| {
            let names = ProjectName::parse(project)
                .ok()
                .zip(Version::parse(version).ok());
            let Some((name, version)) = names else {
                return false;
            };
            let normalized = name.normalized().to_owned();
            let project = state.project_mut(&normalized);
            let releases = project.map(|project| project.releases.iter_mut());
            let mut releases = releases.into_iter().flatten();
            let Some(release) = releases.find(|release| release.version == version) else {
                return false;
            };
            release.yanked = reason.map(str::to_owned);
            let key = Key::Release(normalized.clone(), release.version.to_string());
            state.storage.touch(key);
            state.note(now, &normalized, ProjectEventKind::Yanked);
            true
        })
    }

    /// Archives a project (PEP 792).
    pub fn archive(&self, project: &str) {
        self.shared
            .control(|state, now| set_status(state, project, Status::Archived, now));
    }

    /// Quarantines a project (PEP 792).
    pub fn quarantine(&self, project: &str) {
        self.shared
            .control(|state, now| set_status(state, project, Status::Quarantined, now));
    }

    /// Makes an archived or quarantined project active again.
    pub fn reactivate(&self, project: &str) {
        self.shared
            .control(|state, now| set_status(state, project, Status::Active, now));
    }
}

impl fmt::Debug for LocalIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalIndex")
            .field("url", &self.url().as_str())
            .finish_non_exhaustive()
    }
}
