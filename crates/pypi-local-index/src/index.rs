//! The handle of a running index.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use pypi_metadata::ProjectName;
use pypi_wire::Secret;
use url::Url;

use crate::clock::Clock;
use crate::oidc::{GitHubIdentity, Key, Publisher, Runner, id_token};
use crate::record::Recorded;
use crate::server::{Server, Shared, listen};
use crate::state::{Pending, Registered, Scope, State};

/// PyPI's limit for one file: 100 MiB.
const FILE_LIMIT: u64 = 100 * 1024 * 1024;

/// A running index. Dropping it stops the server and waits for its thread.
pub struct LocalIndex {
    shared: Arc<Shared>,
    upload_url: Url,
    simple_url: Url,
    user_token: Secret,
    _server: Server,
}

/// An index that is not running yet.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Clock, GitHubIdentity, LocalIndex};
///
/// let job = GitHubIdentity::new("octo-org/demo", "release.yml").environment("pypi");
/// let index = LocalIndex::builder()
///     .publisher("demo", job.publisher())
///     .identity(job)
///     .clock(Clock::fixed(1_760_000_000))
///     .start()?;
/// assert_eq!(index.url().host_str(), Some("127.0.0.1"));
/// # Ok::<(), pypi_local_index::StartError>(())
/// ```
#[derive(Debug)]
pub struct Builder {
    projects: Vec<String>,
    publishers: Vec<(String, Publisher)>,
    pending: Vec<(String, Publisher)>,
    publishes_any: bool,
    identity: GitHubIdentity,
    clock: Clock,
    file_limit: u64,
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
    pub fn start() -> Result<Self, StartError> {
        Self::builder().publishes_any().start()
    }

    /// An index with projects, publishers and rules of one's own; it begins with none.
    pub fn builder() -> Builder {
        Builder {
            projects: Vec::new(),
            publishers: Vec::new(),
            pending: Vec::new(),
            publishes_any: false,
            identity: GitHubIdentity::new("octo-org/demo", "release.yml"),
            clock: Clock::system(),
            file_limit: FILE_LIMIT,
        }
    }

    /// The root, `http://127.0.0.1:{port}/`.
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
        self.shared.runner.environment(&self.shared.root)
    }

    /// An API token of the account that owns every project; it may create projects.
    pub fn user_token(&self) -> &Secret {
        &self.user_token
    }

    /// An ID token for another job than the index's own, as its runner would get it; `None` when it cannot be signed.
    pub fn id_token(&self, identity: &GitHubIdentity, audience: &str) -> Option<Secret> {
        id_token(
            &self.shared.key,
            identity,
            audience,
            self.shared.clock.now(),
        )
    }

    /// Every request so far, in the order in which they were answered.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.requests().clone()
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
            size: file.bytes.len() as u64,
        });
        files.collect()
    }
}

impl fmt::Debug for LocalIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalIndex")
            .field("url", &self.url().as_str())
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Creates an empty project.
    #[must_use]
    pub fn project(mut self, name: impl Into<String>) -> Self {
        self.projects.push(name.into());
        self
    }

    /// Creates an empty project, unless it exists, and has it trust a publisher. One publisher may have many projects.
    #[must_use]
    pub fn publisher(mut self, project: impl Into<String>, publisher: Publisher) -> Self {
        self.publishers.push((project.into(), publisher));
        self
    }

    /// Has a publisher create the project at its first exchange of a token.
    #[must_use]
    pub fn pending(mut self, project: impl Into<String>, publisher: Publisher) -> Self {
        self.pending.push((project.into(), publisher));
        self
    }

    /// Has the index's own identity publish every project, and create it with its first file. PyPI has no such rule.
    #[must_use]
    pub fn publishes_any(mut self) -> Self {
        self.publishes_any = true;
        self
    }

    /// Sets the job that [`LocalIndex::environment`] is of (`octo-org/demo`, `release.yml` otherwise).
    #[must_use]
    pub fn identity(mut self, identity: GitHubIdentity) -> Self {
        self.identity = identity;
        self
    }

    /// Sets the clock (the system's otherwise).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the largest file in bytes (100 MiB otherwise, as on PyPI).
    #[must_use]
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.file_limit = bytes;
        self
    }

    /// Starts the index.
    ///
    /// # Errors
    ///
    /// When a project's name is none, no port of 127.0.0.1 is free, or the thread cannot be started.
    pub fn start(self) -> Result<LocalIndex, StartError> {
        let clock = self.clock.clone();
        let identity = self.identity.clone();
        let mut state = self.into_state()?;
        let no_random = || StartError::new(StartErrorKind::Random, "the system");
        let user_token = state.issue_user_token().ok_or_else(no_random)?;
        let runner = Runner::new(identity).ok_or_else(no_random)?;
        let key =
            Key::test().ok_or_else(|| StartError::new(StartErrorKind::Key, "the test key"))?;

        let (listener, address) = listen()?;
        let url = |path: &str| {
            let url = format!("http://{address}/{path}");
            Url::parse(&url)
                .map_err(|error| StartError::new(StartErrorKind::Listen, &url).caused_by(error))
        };
        let (root, upload_url, simple_url) = (url("")?, url("legacy/")?, url("simple/")?);
        let shared = Arc::new(Shared::new(state, key, runner, clock, root));
        let server = Server::start(listener, Arc::clone(&shared))?;
        Ok(LocalIndex {
            shared,
            upload_url,
            simple_url,
            user_token,
            _server: server,
        })
    }

    fn into_state(self) -> Result<State, StartError> {
        let name = |text: String| {
            ProjectName::parse(&text)
                .map_err(|error| StartError::new(StartErrorKind::Name, &text).caused_by(error))
        };
        let mut state = State::new(self.file_limit);
        for project in self.projects {
            state.create_project(&name(project)?);
        }
        for (project, publisher) in self.publishers {
            let project = name(project)?;
            state.create_project(&project);
            state.add_publisher(publisher, &project);
        }
        for (project, publisher) in self.pending {
            let project = name(project)?;
            state.pending.push(Pending { publisher, project });
        }
        if self.publishes_any {
            let publisher = self.identity.publisher();
            state.publishers.push(Registered {
                publisher,
                scope: Scope::Any,
            });
        }
        Ok(state)
    }
}

/// Why an index could not be started.
#[derive(Debug)]
pub struct StartError {
    kind: StartErrorKind,
    /// What it is about.
    subject: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The category of a [`StartError`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// The test key cannot be read: the crate is broken.
    Key,
    /// No port can be listened on.
    Listen,
    /// A project's name is not one.
    Name,
    /// The system gives no random numbers.
    Random,
    /// The server's thread or runtime cannot be started.
    Thread,
}

impl StartError {
    pub(crate) fn new(kind: StartErrorKind, subject: &str) -> Self {
        let subject = subject.to_owned();
        Self {
            kind,
            subject,
            source: None,
        }
    }

    pub(crate) fn caused_by(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(error.into());
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> StartErrorKind {
        self.kind
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = &self.subject;
        match self.kind {
            StartErrorKind::Key => write!(f, "{subject} is not an RSA key in PKCS#8: report it"),
            StartErrorKind::Listen => write!(
                f,
                "no port of {subject} can be listened on: allow loopback sockets"
            ),
            StartErrorKind::Name => {
                write!(
                    f,
                    "{subject:?} is no project name: use ASCII letters, digits, '.', '_' and '-'"
                )
            }
            StartErrorKind::Random => write!(f, "{subject} gives no random numbers for tokens"),
            StartErrorKind::Thread => write!(
                f,
                "the thread {subject:?} cannot be started: allow more threads"
            ),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|error| error as &(dyn Error + 'static))
    }
}
