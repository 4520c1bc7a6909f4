//! Whether an index lists what was uploaded.

use std::{convert::Infallible, fmt, time::Duration};

use http::StatusCode;
use pypi_http::{Call, Clock, Flow, Reply, RetryPolicy, Step, TransportError};

use crate::{
    Credentials, ErrorKind, Index, Listed, Listing,
    ask::{Ask, Patience, may_change},
    lookup::Page,
};

/// Asks the simple API until it lists every file with its sha256, or the time is up.
///
/// A page of PyPI may be ten minutes old, so an absent file is looked up again. A file that is listed with another
/// sha256 and a page that answers 4xx are final.
///
/// # Examples
///
/// ```
/// use pypi_http::{Flow, Step};
/// use pypi_upload::{Index, Verify};
///
/// let files = [("demo-1.0.tar.gz".to_owned(), "ab".repeat(32))];
/// let mut verify = Verify::new(&Index::pypi(), "demo", files).expect("PyPI has a simple API");
/// assert!(matches!(verify.step()?, Step::Send(request) if request.uri().path().ends_with("/demo/")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Verify {
    page: Page,
    files: Vec<(String, String)>,
    patience: Patience,
    listing: Option<Listing>,
    failure: Option<String>,
    attempts: u32,
    ask: Ask,
}

/// What an index shows of one file that it should have.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Verification {
    /// Listed with our sha256.
    Confirmed,
    /// Listed with other content: an alarm.
    #[non_exhaustive]
    Different {
        /// The sha256 that the index lists.
        listed: String,
        /// The sha256 of our file.
        ours: String,
    },
    /// The index was not asked.
    NotAsked,
    /// Not listed yet.
    NotShownYet,
    /// The index could not be asked, or lists the file without a sha256.
    #[non_exhaustive]
    Unknown {
        /// Why, on one line, with the URL.
        why: String,
    },
}

/// How long a verification asks by default.
pub const VERIFY_TIMEOUT: Duration = Duration::from_secs(60);

impl Verify {
    /// A verification of `files`, each a file name and a sha256 in lower-case hex, in the project of this normalized
    /// name; `None` when the simple API of the index is not known.
    pub fn new(
        index: &Index,
        normalized_name: &str,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Option<Self> {
        Some(Self {
            page: Page::of(index, normalized_name, None)?,
            files: files.into_iter().collect(),
            patience: Patience::new(VERIFY_TIMEOUT),
            listing: None,
            failure: None,
            attempts: 0,
            ask: Ask::default(),
        })
    }

    /// Sends the credentials of an upload too, as [`Lookup::credentials`](crate::Lookup::credentials) does.
    #[must_use]
    pub fn credentials(mut self, credentials: &Credentials) -> Self {
        self.page = self.page.with(Some(credentials));
        self
    }

    /// The pauses between two looks; [`RetryPolicy::never`] means one look.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.patience.retry(policy);
        self
    }

    /// The clock that the timeout is measured by; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.patience.clock(clock);
        self
    }

    /// How long to ask for files that are not listed; [`VERIFY_TIMEOUT`] by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience.timeout(timeout);
        self
    }

    /// The page as it was at the last look; `None` before that, or if it could not be read.
    pub fn listing(&self) -> Option<&Listing> {
        self.listing.as_ref()
    }

    /// How often the page was requested.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Why another look is needed, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The results, or the pause before the next look.
    fn answered(
        &mut self,
        answer: Result<Reply, TransportError>,
    ) -> Result<Vec<Verification>, Duration> {
        let is_page = matches!(&answer, Ok(reply) if reply.status() == StatusCode::OK);
        let may_change = is_page || may_change(&answer);
        let pause = self.patience.pause(answer.as_ref().ok());
        let listing = self.page.listing(answer);
        let results = self.files.iter().map(|(filename, sha256)| match &listing {
            Ok(listing) => match listing.compare(filename, sha256) {
                Listed::Same => Verification::Confirmed,
                Listed::Absent => Verification::NotShownYet,
                Listed::Different(other) => Verification::Different {
                    listed: other.to_owned(),
                    ours: sha256.clone(),
                },
                Listed::Unknown => Verification::Unknown {
                    why: format!("{} lists the file without a sha256", self.page.url),
                },
            },
            Err(error) => Verification::Unknown {
                why: error.causes(),
            },
        });
        let results: Vec<Verification> = results.collect();
        // A quarantined project shows no files until people have decided.
        let is_final = matches!(&listing, Err(error) if error.kind() == ErrorKind::Malformed)
            || matches!(&listing, Ok(listing) if listing.status() == Some("quarantined"))
            || results
                .iter()
                .all(|result| *result == Verification::Confirmed)
            || results
                .iter()
                .any(|result| matches!(result, Verification::Different { .. }));
        self.failure = results
            .iter()
            .find(|result| **result != Verification::Confirmed)
            .map(ToString::to_string);
        match pause {
            // The page is not kept beside the next one: it may be large.
            Some(pause) if may_change && !is_final => Err(pause),
            _ => {
                self.listing = listing.ok();
                Ok(results)
            }
        }
    }
}

impl Flow for Verify {
    /// In the order of the files.
    type Output = Vec<Verification>;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Vec<Verification>>, Infallible> {
        loop {
            let make = || {
                self.patience.begin();
                self.attempts += 1;
                Call::new(self.page.request(), RetryPolicy::never())
            };
            match self.ask.step(make).output() {
                Ok(answer) => match self.answered(answer) {
                    Ok(results) => return Ok(Step::Done(results)),
                    Err(pause) => self.ask.pause(pause),
                },
                Err(step) => return Ok(step),
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.ask.received(reply);
    }
}

impl Verification {
    /// An index that could not be asked.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }

    /// The stable word for reports: `confirmed`, `different`, `not_asked`, `not_shown_yet` or `unknown`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Different { .. } => "different",
            Self::NotAsked => "not_asked",
            Self::NotShownYet => "not_shown_yet",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confirmed => f.write_str("verified by sha256"),
            Self::Different { listed, ours } => write!(
                f,
                "THE INDEX SHOWS OTHER CONTENT: it lists sha256 {listed}, this file has {ours}"
            ),
            Self::NotAsked => f.write_str("not verified"),
            Self::NotShownYet => f.write_str("not listed by the index yet"),
            Self::Unknown { why } => write!(f, "not verified: {why}"),
        }
    }
}
