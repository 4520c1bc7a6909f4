//! The configuration of an index that is not running yet.

use std::net::{Ipv4Addr, SocketAddr};
#[cfg(any(feature = "persistent", feature = "scenario"))]
use std::path::PathBuf;

use bytes::Bytes;

use super::account::{Token, User};
use super::admin_flag::AdminFlag;
use super::clock::Clock;
use super::fault::Fault;
use super::identity::Identity;
use super::profile::Profile;
use super::project::Project;
use super::publisher::TrustedPublisher;
use super::scenario::{Scenario, Trust};
use super::verification::Verification;

/// The configuration of an index that is not running yet.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Clock, Identity, LocalIndex};
///
/// let job = Identity::github("octo-org/demo", "release.yml").environment("pypi");
/// let index = LocalIndex::builder()
///     .publisher("demo", job.publisher())
///     .identity(job)
///     .clock(Clock::fixed(1_760_000_000))
///     .start()?;
/// assert_eq!(index.url().host_str(), Some("127.0.0.1"));
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "call `start`"]
pub struct Builder {
    pub(crate) scenario: Scenario,
    pub(crate) files: Vec<InitialFile>,
    pub(crate) address: SocketAddr,
    pub(crate) max_requests: usize,
    #[cfg(feature = "persistent")]
    pub(crate) folder: Option<PathBuf>,
}

/// A file that is stored before the index starts.
#[derive(Debug)]
pub(crate) struct InitialFile {
    pub(crate) filename: String,
    pub(crate) bytes: Bytes,
}

/// How many requests an index records by default.
const MAX_REQUESTS: usize = 10_000;

impl Builder {
    pub(crate) fn new() -> Self {
        Self::of(Scenario {
            publishes_any: false,
            ..Scenario::default()
        })
    }

    /// The configuration that a scenario in TOML describes.
    ///
    /// Without `publishes-any = false`, the index's own identity may publish every project.
    /// [The documentation][keys] lists all keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_local_index::Builder;
    ///
    /// let index = Builder::from_scenario(r#"
    ///     publishes-any = false
    ///     prohibited = ["requests"]
    ///
    ///     [[user]]
    ///     name = "alice"
    ///
    ///     [token.only-demo]
    ///     user = "alice"
    ///     projects = ["demo"]
    ///
    ///     [[project]]
    ///     name = "demo"
    ///     members = ["alice"]
    ///
    ///     [[trust]]
    ///     project = "demo"
    ///     publisher = { kind = "github", repository = "octo-org/demo", workflow = "release.yml" }
    ///
    ///     [[fault]]
    ///     on = "upload"
    ///     first = 2
    ///     last = 2
    ///     effects = [{ answer = { status = 503 } }, { header = ["Retry-After", "1"] }]
    /// "#)?.start()?;
    /// assert!(index.token("only-demo").is_some());
    /// # Ok::<(), pypi_local_index::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scenario`](crate::ErrorKind::Scenario), with the number of the line, if the text is not TOML, or has a
    /// key or a value that no index has.
    ///
    /// [keys]: https://github.com/pypi-trusted-upload/pypi-trusted-upload/blob/main/docs/local-index.md#a-scenario
    #[cfg(feature = "scenario")]
    pub fn from_scenario(toml: &str) -> Result<Self, crate::Error> {
        Scenario::parse(toml).map(Self::of)
    }

    fn of(scenario: Scenario) -> Self {
        Self {
            scenario,
            files: Vec::new(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            max_requests: MAX_REQUESTS,
            #[cfg(feature = "persistent")]
            folder: None,
        }
    }

    /// Adds an account.
    pub fn user(mut self, user: User) -> Self {
        self.scenario.users.push(user);
        self
    }

    /// Adds an API token, which [`LocalIndex::token`](crate::LocalIndex::token) returns under this name.
    pub fn token(mut self, name: impl Into<String>, token: Token) -> Self {
        self.scenario.tokens.insert(name.into(), token);
        self
    }

    /// Adds an empty project.
    pub fn project(mut self, project: impl Into<Project>) -> Self {
        self.scenario.projects.push(project.into());
        self
    }

    /// Adds a trusted publisher to a project, which is created if it does not exist. A publisher may have many projects.
    pub fn publisher(self, project: impl Into<String>, publisher: TrustedPublisher) -> Self {
        self.trust(Trust {
            project: project.into(),
            publisher,
            is_pending: false,
            user: None,
        })
    }

    /// Adds a pending publisher, registered by the built-in account. It creates the project when it first exchanges an ID
    /// token.
    pub fn pending_publisher(
        self,
        project: impl Into<String>,
        publisher: TrustedPublisher,
    ) -> Self {
        self.trust(Trust {
            project: project.into(),
            publisher,
            is_pending: true,
            user: None,
        })
    }

    /// Adds a pending publisher, registered by an account, which will own the project.
    pub fn pending_publisher_of(
        self,
        user: impl Into<String>,
        project: impl Into<String>,
        publisher: TrustedPublisher,
    ) -> Self {
        self.trust(Trust {
            project: project.into(),
            publisher,
            is_pending: true,
            user: Some(user.into()),
        })
    }

    /// Lets the index's own identity publish every project, and create it with its first file. PyPI has no such rule.
    pub fn publishes_any(mut self) -> Self {
        self.scenario.publishes_any = true;
        self
    }

    /// Requires a token, of an account or minted, for everything that is read: pages, files, metadata and provenance. PyPI has
    /// no such setting.
    pub fn private_reads(mut self) -> Self {
        self.scenario.private_reads = true;
        self
    }

    /// Adds a wheel or an sdist, as if it had been uploaded with its own metadata.
    pub fn file(mut self, filename: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push(InitialFile {
            filename: filename.into(),
            bytes: Bytes::from(bytes.into()),
        });
        self
    }

    /// Prohibits a project name.
    pub fn prohibited_name(mut self, name: impl Into<String>) -> Self {
        self.scenario.prohibited.push(name.into());
        self
    }

    /// Makes a file name unusable, as that of a deleted file.
    pub fn deleted_file(mut self, filename: impl Into<String>) -> Self {
        self.scenario.deleted_files.push(filename.into());
        self
    }

    /// Adds a fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.scenario.faults.push(fault);
        self
    }

    /// Sets the kind of index that is imitated. The default is PyPI.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.scenario.profile = profile;
        self
    }

    /// Sets an admin flag.
    pub fn admin_flag(mut self, flag: AdminFlag) -> Self {
        self.scenario.flags.push(flag);
        self
    }

    /// Sets how the signatures of attestations are verified. By default every signature is accepted.
    pub fn verification(mut self, verification: Verification) -> Self {
        self.scenario.verification = Some(verification);
        self
    }

    /// Sets how the signatures of attestations are verified unless the scenario, or an earlier call, says it.
    pub fn default_verification(mut self, verification: Verification) -> Self {
        self.scenario.verification.get_or_insert(verification);
        self
    }

    /// Sets the job that [`LocalIndex::environment`](crate::LocalIndex::environment) belongs to. The default is
    /// `release.yml` in `octo-org/demo` on GitHub.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.scenario.identity = identity;
        self
    }

    /// Adds a job, whose environment variables [`LocalIndex::jobs`](crate::LocalIndex::jobs) returns under this name.
    pub fn job(mut self, name: impl Into<String>, job: impl Into<Identity>) -> Self {
        self.scenario.jobs.insert(name.into(), job.into());
        self
    }

    /// Sets the clock. The default is the system's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.scenario.clock = clock;
        self
    }

    /// Makes all tokens and ids the same in every run with this seed. They protect nothing then.
    pub fn seed(mut self, seed: u64) -> Self {
        self.scenario.seed = Some(seed);
        self
    }

    /// Sets the size limit of a file in bytes. The default is PyPI's, 100 MiB.
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.scenario.file_limit = bytes;
        self
    }

    /// Sets the size limit of a project in bytes. The default is PyPI's, 10 GiB.
    pub fn total_limit(mut self, bytes: u64) -> Self {
        self.scenario.total_limit = bytes;
        self
    }

    /// Limits how many projects an account may create in an hour. Unlimited by default; PyPI's is 20.
    pub fn new_projects_per_hour(mut self, count: u32) -> Self {
        self.scenario.new_projects_per_hour = Some(count);
        self
    }

    /// Sets how many requests [`LocalIndex::requests`](crate::LocalIndex::requests) returns at most, the newest ones. The
    /// default is 10,000. Fewer are returned if they need more than 128 MiB of memory.
    pub fn max_requests(mut self, count: usize) -> Self {
        self.max_requests = count;
        self
    }

    /// Sets the address to listen on. The default is 127.0.0.1 and a free port.
    ///
    /// The signing keys are public, so everyone who can connect can publish: listen on loopback only, or in a network of
    /// containers.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Adds a host name by which clients address the index, such as that of a container. With HTTPS, the certificate is for
    /// these names too.
    ///
    /// Requests for any other host get a 421 response, so that no web site can read the index (DNS rebinding). The names of
    /// loopback and the address of [`listen`](Self::listen) need not be added; on all addresses (`0.0.0.0`), no address must.
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.scenario.hosts.push(name.into());
        self
    }

    /// Serves HTTPS instead of HTTP, with a certificate authority that is made at the start:
    /// [`LocalIndex::ca_certificate`](crate::LocalIndex::ca_certificate). Clients may choose HTTP/2, which has no reason
    /// phrases.
    ///
    /// The same port accepts `CONNECT`, so that a client that knows only PyPI can be tested too: it takes the index for its
    /// HTTPS proxy, and PyPI's host is a [host name](Self::host_name) of the index. Any other plain HTTP gets a 403 response.
    #[cfg(feature = "tls")]
    pub fn tls(mut self) -> Self {
        self.scenario.tls = true;
        self
    }

    /// Stores the state in a folder, or resumes from what is stored there. The users, tokens, projects, publishers, files
    /// and limits of the builder apply only to an empty folder.
    ///
    /// A file whose upload got a 200 response survives the end of the process at any moment, and only complete files are
    /// shown. A file may be stored although its client never received the response; uploading it again succeeds.
    #[cfg(feature = "persistent")]
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folder = Some(path.into());
        self
    }

    /// Starts from a folder with saved pages and files of projects, so that an upload meets the files, the sizes and the
    /// yanked and closed releases that the projects have on PyPI. Meant for a rehearsal.
    ///
    /// The folder has a folder for each project, with its page of the simple API in JSON, `simple.json`, its document of the
    /// JSON API, `pypi.json`, or both, and with some or all of its files in `files/`. Wheels and sdists are enough, there or at
    /// the top. `scenario.toml` at the top has publishers, limits and names. [The documentation][layout] describes it. A file
    /// of a page whose bytes are not there is listed and counts, and its download is a 404 response.
    ///
    /// As everything else in the builder, it applies only to an empty [`folder`](Self::folder). A scenario has it as
    /// `seed-folder`.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_local_index::LocalIndex;
    ///
    /// let saved = tempfile::tempdir()?;
    /// let folder = saved.path().join("demo");
    /// std::fs::create_dir(&folder)?;
    /// let page = format!(
    ///     r#"{{"meta": {{"api-version": "1.4"}}, "name": "demo", "files": [{{"filename": "demo-1.0.tar.gz", "size": 7,
    ///         "hashes": {{"sha256": "{:064}"}}, "upload-time": "2026-01-02T03:04:05.678901Z"}}]}}"#,
    ///     0
    /// );
    /// std::fs::write(folder.join("simple.json"), page)?;
    /// let index = LocalIndex::builder().seed_folder(saved.path()).start()?;
    /// assert_eq!(index.files()[0].filename, "demo-1.0.tar.gz");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// [layout]: https://github.com/pypi-trusted-upload/pypi-trusted-upload/blob/main/docs/local-index.md#a-rehearsal
    #[cfg(feature = "scenario")]
    pub fn seed_folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.scenario.seed_folder = Some(path.into());
        self
    }

    fn trust(mut self, trust: Trust) -> Self {
        self.scenario.trusts.push(trust);
        self
    }
}
