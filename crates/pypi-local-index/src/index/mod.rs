//! The handle of a running index.

mod control;
#[cfg(test)]
mod limits;
mod memory;
#[cfg(feature = "sigstore")]
mod sigstore;
mod start;
mod stored;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use pypi_http::Secret;
use url::Url;

use crate::api::RecordedRequest;
use crate::config::{Builder, Clock, Identity};
use crate::error::Error;
use crate::server::{Application, Server};
use crate::warehouse::{Email, ProjectEvent};
pub use stored::{StoredProject, StoredRelease};

/// A running index. Dropping it stops the server and waits for its thread.
///
/// It is also a transport: its [`send`](pypi_http::Transport::send) handles a request without a socket, whatever the host
/// of the URL, and with the same faults. A pause takes no time but [advances](Clock::advance) the clock of the index, and so
/// does a response that would never end, until the deadline of the request.
///
/// # Examples
///
/// ```
/// use pypi_local_index::LocalIndex;
///
/// let index = LocalIndex::start()?;
/// assert_eq!(index.upload_url().as_str(), format!("{}legacy/", index.url()));
/// assert!(index.files().is_empty());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
pub struct LocalIndex {
    application: Arc<Application>,
    upload_url: Url,
    simple_url: Url,
    user_token: Secret,
    tokens: Vec<NamedToken>,
    control_url: Url,
    environment: Vec<(String, String)>,
    /// Those of the builder's jobs.
    jobs: BTreeMap<String, Vec<(String, String)>>,
    #[cfg(feature = "tls")]
    ca_certificate: Option<String>,
    /// Kept for its `Drop`; none in memory.
    server: Option<Server>,
}

/// A token that the builder added.
struct NamedToken {
    name: String,
    secret: Secret,
}

/// A file that the index stores.
///
/// # Examples
///
/// ```
/// use pypi_local_index::LocalIndex;
///
/// let index = LocalIndex::start()?;
/// // After the tool under test has run:
/// for file in index.files() {
///     println!("{} {} {}: {}", file.project, file.version, file.filename, file.sha256);
/// }
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredFile {
    /// The file name.
    pub filename: String,
    /// The normalized name of the project.
    pub project: String,
    /// The version of the release.
    pub version: String,
    /// The SHA-256 of the bytes in lower-case hexadecimal digits.
    pub sha256: String,
    /// The BLAKE2b-256 of the bytes in lower-case hexadecimal digits.
    pub blake2b_256: String,
    /// The size in bytes.
    pub size: u64,
    /// The time of the upload, in seconds since 1970.
    pub uploaded: u64,
    /// The reason, which may be empty, if the release is yanked.
    pub yanked: Option<String>,
}

impl LocalIndex {
    /// Starts an empty index on which the default identity may publish every project, new ones included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Listen`](crate::ErrorKind::Listen) if no port of 127.0.0.1 is free, or as in [`Builder::start`].
    pub fn start() -> Result<Self, Error> {
        Self::builder().publishes_any().start()
    }

    /// Configures an index. It has no projects and no publishers at first.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The clock of the index.
    pub fn clock(&self) -> &Clock {
        self.application.clock()
    }

    /// The root, `http://127.0.0.1:{port}/` or `https://…`, where the web UI is.
    pub fn url(&self) -> &Url {
        self.application.root()
    }

    /// The URL of uploads: `/legacy/`.
    pub fn upload_url(&self) -> &Url {
        &self.upload_url
    }

    /// The URL of the simple API, for `--index-url`: `/simple/`.
    pub fn simple_url(&self) -> &Url {
        &self.simple_url
    }

    /// The certificate, in PEM, of the authority that signed the index's own. `None` without HTTPS.
    ///
    /// Clients get it in a file that `SSL_CERT_FILE` (uv, httpx), `PIP_CERT` or `REQUESTS_CA_BUNDLE` (twine) names.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_local_index::LocalIndex;
    ///
    /// let index = LocalIndex::builder().publishes_any().tls().start()?;
    /// assert_eq!(index.url().scheme(), "https");
    /// let certificate = index.ca_certificate();
    /// assert!(certificate.is_some_and(|pem| pem.starts_with("-----BEGIN CERTIFICATE-----")));
    /// # Ok::<(), pypi_local_index::Error>(())
    /// ```
    #[cfg(feature = "tls")]
    pub fn ca_certificate(&self) -> Option<&str> {
        self.ca_certificate.as_deref()
    }

    /// The names and values of the environment variables of the index's own job, as its CI provider sets them.
    ///
    /// On GitHub, `ACTIONS_ID_TOKEN_REQUEST_TOKEN` is a credential of this index.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    /// The names and values of the environment variables of a job, as its CI provider sets them.
    ///
    /// GitHub's name this index's endpoint for ID tokens. GitLab's contain ID tokens for this index and for Sigstore.
    /// Google's make this index the metadata server, of one workload at a time. ActiveState has none: use
    /// [`id_token`](Self::id_token).
    pub fn environment_of(&self, job: impl Into<Identity>) -> Vec<(String, String)> {
        self.application.environment_of(job.into())
    }

    /// The API token of the built-in account, which owns every project and may create new ones.
    pub fn user_token(&self) -> &Secret {
        &self.user_token
    }

    /// The API token that the builder added under this name. `None` if the index resumed from a folder.
    pub fn token(&self, name: &str) -> Option<&Secret> {
        let mut tokens = self.tokens.iter();
        let token = tokens.find(|token| token.name == name)?;
        Some(&token.secret)
    }

    /// The names and the API tokens that the builder added. Empty if the index resumed from a folder.
    pub fn tokens(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let tokens = self.tokens.iter();
        tokens.map(|token| (token.name.as_str(), &token.secret))
    }

    /// The names of the jobs that the builder added, and the names and values of their environment variables, as
    /// [`environment_of`](Self::environment_of) gives them.
    pub fn jobs(&self) -> impl Iterator<Item = (&str, &[(String, String)])> {
        let jobs = self.jobs.iter();
        jobs.map(|(name, variables)| (name.as_str(), variables.as_slice()))
    }

    /// The root of the control over HTTP, `/_/local/`, for tests in other languages: faults, the clock, requests, flags, and
    /// a reset. [The documentation][control] lists its paths.
    ///
    /// [control]: https://github.com/pypi-trusted-upload/pypi-trusted-upload/blob/main/docs/local-index.md#control
    pub fn control_url(&self) -> &Url {
        &self.control_url
    }

    /// What the control over HTTP needs as `Authorization: Bearer …`.
    pub fn control_secret(&self) -> &Secret {
        self.application.control_secret()
    }

    /// An ID token of a job, as its CI provider issues it. `None` if it cannot be signed.
    pub fn id_token(&self, job: impl Into<Identity>, audience: &str) -> Option<Secret> {
        self.application.signer().id_token(&job.into(), audience)
    }

    /// The newest requests, in the order of their responses, without those for the web UI's log.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.application.requests()
    }

    /// The emails that PyPI would have sent, in order.
    pub fn emails(&self) -> Vec<Email> {
        self.application.state().emails.clone()
    }

    /// The changes of projects since this process started, in order.
    pub fn events(&self) -> Vec<ProjectEvent> {
        self.application.state().events.clone()
    }

    /// All files: by project in alphabetical order, then by release and file in the order of upload.
    pub fn files(&self) -> Vec<StoredFile> {
        let state = self.application.state();
        let files = state.files().map(|stored| StoredFile {
            filename: stored.file.filename.clone(),
            project: stored.project.name.normalized().to_owned(),
            version: stored.release.version.to_string(),
            sha256: stored.file.digests.sha256.clone(),
            blake2b_256: stored.file.digests.blake2b_256.clone(),
            size: stored.file.size,
            uploaded: stored.file.uploaded,
            yanked: stored.release.yanked.clone(),
        });
        files.collect()
    }

    /// The bytes of a file. `None` if the file does not exist, or it cannot be read.
    pub fn file(&self, filename: &str) -> Option<Vec<u8>> {
        let state = self.application.state();
        let bytes = state.file(filename)?.file.read().ok()?;
        Some(bytes.into())
    }
}

impl fmt::Debug for LocalIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalIndex")
            .field("url", &self.url().as_str())
            .finish_non_exhaustive()
    }
}
