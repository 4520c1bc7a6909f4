//! What a publication tells while it runs.

use std::time::Duration;

use pypi_trusted_publisher::{BurnOutcome, Provider};
use pypi_upload::{Outcome, Verification};

/// Something that happened. It holds no secret.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A file is sent, for the first time or again.
    #[non_exhaustive]
    AttemptStarted {
        /// Which file.
        filename: &'a str,
        /// Its size in bytes.
        size: u64,
        /// 1 for the first time.
        attempt: u32,
    },
    /// More bytes of a file's form were taken by the network. Comes from the thread that sends.
    #[non_exhaustive]
    BytesSent {
        /// Which file.
        filename: &'a str,
        /// How many more.
        count: u64,
    },
    /// The minted token was given back to the index.
    Burned(BurnOutcome),
    /// A file's outcome is known.
    #[non_exhaustive]
    Finished {
        /// Which file.
        filename: &'a str,
        /// What became of it.
        outcome: &'a Outcome,
    },
    /// The publication begins.
    #[non_exhaustive]
    Planned {
        /// How many files there are.
        files: usize,
        /// Their size in all, in bytes.
        bytes: u64,
    },
    /// A request did not succeed and is sent again after a pause.
    RetryIn(Duration),
    /// The index minted an API token.
    #[non_exhaustive]
    TokenMinted {
        /// Who vouched for the job.
        provider: Provider,
        /// When the token ends, in seconds since 1970-01-01 UTC, if the index said so.
        expires: Option<u64>,
    },
    /// The index was asked whether it shows a project's files.
    Verified(&'a Verification),
}

/// Takes the events of a publication. Any `Fn(&Event)` is one.
pub trait Observer: Send + Sync {
    /// Takes one event; it should return soon.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}
