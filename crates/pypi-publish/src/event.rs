//! Events of a running publication.

use std::time::Duration;

use pypi_trusted_publisher::{BurnOutcome, Provider};
use pypi_upload::{Outcome, Verification};

/// Something that happened. It contains no secret.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A file is being sent, for the first time or again.
    #[non_exhaustive]
    AttemptStarted {
        /// Which file.
        filename: &'a str,
        /// Its size in bytes.
        size: u64,
        /// 1 for the first time.
        attempt: u32,
    },
    /// More bytes of a file's form were sent. Reported from the thread that sends.
    #[non_exhaustive]
    BytesSent {
        /// Which file.
        filename: &'a str,
        /// How many more.
        count: u64,
    },
    /// The index was asked to burn the minted token.
    Burned(BurnOutcome),
    /// A file's outcome is known.
    #[non_exhaustive]
    Finished {
        /// Which file.
        filename: &'a str,
        /// Its outcome.
        outcome: &'a Outcome,
    },
    /// The publication begins.
    #[non_exhaustive]
    Planned {
        /// The number of files.
        files: usize,
        /// Their total size in bytes.
        bytes: u64,
    },
    /// A request failed and is sent again after a pause.
    RetryIn(Duration),
    /// The index minted an API token.
    #[non_exhaustive]
    TokenMinted {
        /// The CI service that issued the ID token.
        provider: Provider,
        /// When the token expires, in seconds since 1970-01-01 UTC, if the index said so.
        expires: Option<u64>,
    },
    /// The index was asked whether it lists a project's files.
    Verified(&'a Verification),
}

/// Receives the events of a publication. Any `Fn(&Event)` is one.
///
/// # Examples
///
/// ```
/// use pypi_publish::{Event, Publisher};
///
/// let publisher = Publisher::pypi().observer(|event: &Event<'_>| {
///     if let Event::Finished { filename, outcome, .. } = event {
///         println!("{filename}: {outcome}");
///     }
/// });
/// # let _ = publisher;
/// ```
pub trait Observer: Send + Sync {
    /// Receives one event. It should return soon.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}
