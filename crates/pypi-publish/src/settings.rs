//! The settings of a publication.

use std::{sync::Arc, time::Duration};

use pypi_http::{Clock, RetryPolicy, Secret};
use pypi_trusted_publisher::{Context, Endpoints, Identity};
use pypi_upload::{Credentials, Existing, Index};

use crate::Observer;

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) index: Index,
    pub(crate) policy: RetryPolicy,
    pub(crate) clock: Clock,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    /// The most tasks at a time.
    pub(crate) jobs: usize,
    pub(crate) order: Order,
    pub(crate) existing: Existing,
    /// Whether the files of a project may be of several versions.
    pub(crate) all_versions: bool,
    /// Whether files with a classifier `Private ::` are left out.
    pub(crate) skip_private: bool,
    /// For a request that sends no file.
    pub(crate) timeout: Duration,
    /// For the reply to a file that was sent.
    pub(crate) upload_timeout: Duration,
    /// For the whole run.
    pub(crate) deadline: Option<Duration>,
    /// How long to ask whether the index shows what it accepted; `None` to not ask.
    pub(crate) verify: Option<Duration>,
    /// Whether no file is sent without an attestation.
    pub(crate) requires_attestations: bool,
    /// Who signs what has no publish attestation.
    #[cfg(feature = "sign")]
    pub(crate) signer: Option<crate::sign::Signer>,
    /// Is given each minted token.
    pub(crate) mask: Option<Arc<Mask>>,
}

impl Settings {
    /// What is known besides an ID token that the index rejects.
    pub(crate) fn context(&self) -> Context {
        let context = Context::new(self.index.label()).now(self.clock.unix_seconds());
        match self.index.web_url() {
            Some(url) => context.web_root(url),
            None => context,
        }
    }
}

pub(crate) type Mask = dyn Fn(&Secret) + Send + Sync;

/// The order in which the projects of a run are sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Order {
    /// All projects side by side.
    #[default]
    Any,
    /// A project after those of the run that it requires (`Requires-Dist`), once the index shows them. Projects that
    /// require each other are sent side by side.
    Dependencies,
}

/// How the index is authenticated to.
#[derive(Debug)]
pub(crate) enum Access {
    Exchange(Box<(Endpoints, Identity)>),
    Given(Credentials),
}

impl Access {
    /// The credentials of the caller, for pages that are private.
    pub(crate) fn given(&self) -> Option<&Credentials> {
        match self {
            Self::Given(credentials) => Some(credentials),
            Self::Exchange(_) => None,
        }
    }
}

/// How many tasks run at a time by default.
pub const JOBS: usize = 4;

/// How long a request that sends no file may take by default.
pub const TIMEOUT: Duration = Duration::from_secs(30);
