//! Events of a running publication.

use std::{fmt, time::Duration};

use pypi_trusted_publisher::{BurnOutcome, ClaimProblem};
use pypi_upload::{Outcome, Verification};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// Something that happened. It contains no secret.
///
/// As JSON it is an object whose member `event` is the name of the variant, such as `attempt_started`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A file is being sent, for the first time or again.
    #[non_exhaustive]
    AttemptStarted {
        /// Which file.
        filename: &'a str,
        /// Its size in bytes.
        size: u64,
        /// 1 for the first time.
        attempt: usize,
    },
    /// The index was asked to burn a minted token.
    #[non_exhaustive]
    Burned {
        /// The result.
        #[serde(serialize_with = "write_burn_outcome")]
        outcome: BurnOutcome,
        /// Why the last attempt failed.
        failure: Option<&'a str>,
    },
    /// More bytes of a file were digested, before anything is planned.
    #[non_exhaustive]
    BytesHashed {
        /// Which file.
        filename: &'a str,
        /// How many more.
        count: u64,
    },
    /// More bytes of a file were sent. After the last of them the index checks the file.
    #[non_exhaustive]
    BytesSent {
        /// Which file.
        filename: &'a str,
        /// How many more.
        count: u64,
    },
    /// A file's outcome is known.
    #[non_exhaustive]
    Finished {
        /// Which file.
        filename: &'a str,
        /// Its outcome.
        #[serde(flatten, serialize_with = "write_outcome")]
        outcome: &'a Outcome,
    },
    /// A claim of the ID token for which the index may reject it. Reported before the first ID token of an exchange is sent.
    #[non_exhaustive]
    IdTokenProblem {
        /// What, with its remedy.
        #[serde(flatten)]
        problem: &'a ClaimProblem,
    },
    /// The publication begins.
    #[non_exhaustive]
    Planned {
        /// The number of files.
        files: usize,
        /// Their total size in bytes.
        bytes: u64,
    },
    /// A file is opened to be digested.
    #[non_exhaustive]
    Reading {
        /// Which file.
        filename: &'a str,
        /// Its size in bytes.
        size: u64,
    },
    /// A request is sent again after a pause.
    #[non_exhaustive]
    RetryIn {
        /// What failed.
        operation: Operation,
        /// The file, or the project, that it is about; `None` for a token.
        subject: Option<&'a str>,
        /// How long.
        #[serde(serialize_with = "write_seconds")]
        pause: Duration,
        /// How often it was tried.
        attempt: usize,
        /// Why, on one line.
        reason: &'a str,
    },
    /// A file was signed, and the transparency log has an entry of it.
    #[non_exhaustive]
    Signed {
        /// Which file.
        filename: &'a str,
        /// The index of the entry.
        log_index: u64,
    },
    /// The run ends early: what is in flight is aborted, tokens are burned.
    #[non_exhaustive]
    Stopping {
        /// Why, on one line.
        reason: &'a str,
    },
    /// The index minted an API token.
    #[non_exhaustive]
    TokenMinted {
        /// The provider that issued the ID token, by its slug, such as `github`.
        provider: &'a str,
        /// When the token expires, in seconds since 1970-01-01 UTC, if the index said so.
        expires: Option<u64>,
    },
    /// What the index shows of a file is known.
    #[non_exhaustive]
    Verified {
        /// Which file.
        filename: &'a str,
        /// What it shows.
        #[serde(flatten, serialize_with = "write_verification")]
        verification: &'a Verification,
    },
    /// The index is asked whether it shows the files of a project.
    #[non_exhaustive]
    Verifying {
        /// Which project, by its normalized name.
        project: &'a str,
    },
}

/// What a task does.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Revoking a minted token.
    Burn,
    /// Asking for the files of a project.
    Lookup,
    /// Exchanging the CI identity for a token.
    Mint,
    /// Signing files.
    Sign,
    /// Sending a file.
    Upload,
    /// Asking whether the index shows what it accepted.
    Verify,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Burn => "burn",
            Self::Lookup => "lookup",
            Self::Mint => "mint",
            Self::Sign => "signing",
            Self::Upload => "upload",
            Self::Verify => "verification",
        })
    }
}

/// Receives the events of a publication, from any of its threads. Any `Fn(&Event)` is one.
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

fn write_outcome<S: Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("outcome", outcome.name())?;
    map.serialize_entry("detail", &outcome.to_string())?;
    map.end()
}

fn write_verification<S: Serializer>(
    result: &Verification,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("verification", result.name())?;
    map.serialize_entry("detail", &result.to_string())?;
    map.end()
}

fn write_burn_outcome<S: Serializer>(
    outcome: &BurnOutcome,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match outcome {
        BurnOutcome::Accepted => "accepted",
        BurnOutcome::Unsupported => "unsupported",
        _ => "failed",
    })
}

fn write_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_json_object_with_its_name() {
        let outcome = Outcome::failed(pypi_upload::FailureKind::NotTried, "a \"test\"");
        let event = Event::Finished {
            filename: "a.whl",
            outcome: &outcome,
        };
        assert_eq!(
            serde_json::to_string(&event).expect("JSON"),
            r#"{"event":"finished","filename":"a.whl","outcome":"failed","detail":"not uploaded: a \"test\""}"#
        );
        let event = Event::RetryIn {
            operation: Operation::Upload,
            subject: Some("a.whl"),
            pause: Duration::from_millis(1500),
            attempt: 1,
            reason: "502 Bad Gateway",
        };
        assert_eq!(
            serde_json::to_string(&event).expect("JSON"),
            r#"{"event":"retry_in","operation":"upload","subject":"a.whl","pause":1.5,"attempt":1,"reason":"502 Bad Gateway"}"#
        );
    }
}
