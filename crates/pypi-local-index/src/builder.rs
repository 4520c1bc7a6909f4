//! An index that is not running yet.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use crate::beginning::World;
use crate::clock::Clock;
use crate::error::Error;
use crate::fault::Fault;
use crate::index::LocalIndex;
use crate::oidc::{Identity, Keys, TrustedPublisher};
use crate::profile::Profile;
use crate::server::{Server, listen};
use crate::settings::{AdminFlag, Settings, Verification};
use crate::shared::Shared;
use crate::world::{Project, Token, User};

/// How many requests an index keeps for [`LocalIndex::requests`], unless told otherwise.
const KEPT_REQUESTS: usize = 10_000;

/// An index that is not running yet.
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
pub struct Builder {
    pub(crate) settings: Settings,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) tokens: Vec<(String, Token)>,
    pub(crate) publishers: Vec<(String, TrustedPublisher)>,
    pub(crate) pending: Vec<(String, TrustedPublisher, Option<String>)>,
    pub(crate) prohibited: Vec<String>,
    pub(crate) deleted: Vec<String>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) files: Vec<(String, Bytes)>,
    pub(crate) publishes_any: bool,
    pub(crate) identity: Identity,
    pub(crate) clock: Clock,
    pub(crate) seed: Option<u64>,
    address: SocketAddr,
    kept_requests: usize,
    #[cfg(feature = "persistent")]
    pub(crate) folder: Option<std::path::PathBuf>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings::default(),
            users: Vec::new(),
            projects: Vec::new(),
            tokens: Vec::new(),
            publishers: Vec::new(),
            pending: Vec::new(),
            prohibited: Vec::new(),
            deleted: Vec::new(),
            faults: Vec::new(),
            files: Vec::new(),
            publishes_any: false,
            identity: Identity::default(),
            clock: Clock::system(),
            seed: None,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            kept_requests: KEPT_REQUESTS,
            #[cfg(feature = "persistent")]
            folder: None,
        }
    }

    /// Creates an account.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Creates an API token, which [`LocalIndex::token`] gives under this name.
    #[must_use]
    pub fn token(mut self, name: impl Into<String>, token: Token) -> Self {
        self.tokens.push((name.into(), token));
        self
    }

    /// Creates an empty project.
    #[must_use]
    pub fn project(mut self, project: impl Into<Project>) -> Self {
        self.projects.push(project.into());
        self
    }

    /// Creates an empty project, unless it exists, and has it trust a publisher. One publisher may have many projects.
    #[must_use]
    pub fn publisher(mut self, project: impl Into<String>, publisher: TrustedPublisher) -> Self {
        self.publishers.push((project.into(), publisher));
        self
    }

    /// Has a publisher create the project at its first exchange of a token, for the index's own account.
    #[must_use]
    pub fn pending_publisher(
        mut self,
        project: impl Into<String>,
        publisher: TrustedPublisher,
    ) -> Self {
        self.pending.push((project.into(), publisher, None));
        self
    }

    /// Has a publisher create the project at its first exchange of a token, for an account.
    #[must_use]
    pub fn pending_publisher_of(
        mut self,
        user: impl Into<String>,
        project: impl Into<String>,
        publisher: TrustedPublisher,
    ) -> Self {
        self.pending
            .push((project.into(), publisher, Some(user.into())));
        self
    }

    /// Has the index's own identity publish every project, and create it with its first file. PyPI has no such rule.
    #[must_use]
    pub fn publishes_any(mut self) -> Self {
        self.publishes_any = true;
        self
    }

    /// Stores a wheel or an sdist as if its own metadata had been sent with it.
    #[must_use]
    pub fn file(mut self, filename: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Bytes::from(bytes.into());
        self.files.push((filename.into(), bytes));
        self
    }

    /// Prohibits a project name.
    #[must_use]
    pub fn prohibited_name(mut self, name: impl Into<String>) -> Self {
        self.prohibited.push(name.into());
        self
    }

    /// Keeps a file name taken, as that of a file which was deleted.
    #[must_use]
    pub fn deleted_file(mut self, filename: impl Into<String>) -> Self {
        self.deleted.push(filename.into());
        self
    }

    /// Has something go wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Stands for another index than PyPI.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.settings.profile = profile;
        self
    }

    /// Sets an admin flag.
    #[must_use]
    pub fn admin_flag(mut self, flag: AdminFlag) -> Self {
        self.settings.set(flag, true);
        self
    }

    /// Sets how the signatures of attestations are judged (none are otherwise).
    #[must_use]
    pub fn verification(mut self, verification: Verification) -> Self {
        self.settings.verification = verification;
        self
    }

    /// Sets the job that [`LocalIndex::environment`] is of (`octo-org/demo`, `release.yml` otherwise).
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }

    /// Sets the clock (the system's otherwise).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Has every token and number be the same in every run with this seed. They protect nothing then.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the largest file in bytes (100 MiB otherwise, as on PyPI).
    #[must_use]
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.settings.file_limit = bytes;
        self
    }

    /// Sets the most bytes of a project (10 GiB otherwise, as on PyPI).
    #[must_use]
    pub fn total_limit(mut self, bytes: u64) -> Self {
        self.settings.total_limit = bytes;
        self
    }

    /// Limits how many projects an account may create in an hour (no limit otherwise; PyPI has 20).
    #[must_use]
    pub fn new_projects_per_hour(mut self, count: u32) -> Self {
        self.settings.new_projects_per_hour = Some(count);
        self
    }

    /// Sets how many requests are kept for [`LocalIndex::requests`], the newest ones (10,000 otherwise).
    #[must_use]
    pub fn max_requests(mut self, count: usize) -> Self {
        self.kept_requests = count;
        self
    }

    /// Sets the address to listen on (127.0.0.1 and a free port otherwise).
    ///
    /// The index has public keys and tells its tokens to whoever can ask: listen on loopback only, or in a network of
    /// containers.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Keeps the state in a folder, and goes on with what is there; what the builder says of users, projects, publishers
    /// and limits counts only in an empty folder.
    ///
    /// A file that was answered 200 survives the end of the process at any moment, and what is shown is whole. An upload
    /// whose answer was on its way may be stored: to send it again is a success either way.
    #[cfg(feature = "persistent")]
    #[must_use]
    pub fn folder(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.folder = Some(path.into());
        self
    }

    /// Starts the index.
    ///
    /// # Errors
    ///
    /// When a project's name is none, a file of the beginning is none, the address cannot be listened on, the folder
    /// cannot be used, or the thread cannot be started.
    pub fn start(mut self) -> Result<LocalIndex, Error> {
        let keys = Keys::test().ok_or_else(Error::key)?;
        let (listener, address) = listen(self.address)?;
        let is_public = !address.ip().is_loopback();
        let root = root(address)?;
        let (clock, identity) = (self.clock.clone(), self.identity.clone());
        let (faults, kept) = (std::mem::take(&mut self.faults), self.kept_requests);
        let World { state, own, tokens } = self.into_world()?;
        let shared = Arc::new(Shared::new(state, keys, clock, (root, is_public), kept));
        for fault in faults {
            shared.faults.add(fault);
        }
        let server = Server::start(listener, Arc::clone(&shared))?;
        LocalIndex::new(shared, server, own, tokens, identity)
    }
}

/// The address that clients on this machine use.
fn root(mut address: SocketAddr) -> Result<Url, Error> {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{address}/");
    Url::parse(&url).map_err(|error| Error::listen(address, error))
}
