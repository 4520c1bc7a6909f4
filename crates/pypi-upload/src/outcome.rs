//! The result of one upload.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use pypi_http::TransportErrorKind;

/// The result of one upload.
///
/// # Examples
///
/// ```
/// use pypi_upload::{Evidence, Outcome};
///
/// let outcome = Outcome::already_present(Evidence::Listed);
/// assert!(outcome.is_present());
/// assert_eq!(outcome.name(), "already_present");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The index already had a file of this name with this sha256. Nothing was changed.
    #[non_exhaustive]
    AlreadyPresent {
        /// How that is known.
        evidence: Evidence,
    },
    /// The index has a file of this name, which [`Existing::IndexSays`](crate::Existing::IndexSays) accepts.
    #[non_exhaustive]
    Exists {
        /// The index's sentence on one line.
        message: String,
        /// The other sha256 that the index lists; `None` when the content could not be compared.
        listed: Option<String>,
    },
    /// The file was not uploaded, and the index did not say why.
    Failed(Failure),
    /// The index rejected the file; sending it again does not help.
    Refused(Refusal),
    /// The index accepted the file for later: it is public once the release is completed at `url` (202 with `Location`).
    #[non_exhaustive]
    Staged {
        /// Where the release is completed.
        url: String,
    },
    /// The file was sent and may be on the index, which could not be asked.
    Unknown(Doubt),
    /// This run put the file on the index.
    #[non_exhaustive]
    Uploaded {
        /// How that is known.
        evidence: Evidence,
    },
}

/// How it is known that an index has a file. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Evidence {
    /// The index replied that it already has the same bytes.
    IdenticalReply,
    /// The simple API listed the file's sha256 before anything was sent.
    Listed,
    /// The simple API lists the file's sha256 after an attempt without a clear reply.
    ListedAfterFailure,
    /// The index rejected the file as existing, and its simple API lists the file's sha256.
    ListedAfterRefusal,
    /// The index replied that it accepted the file.
    Reply,
}

/// Why an index rejected a file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The category, for `match`.
    pub kind: RefusalKind,
    /// The status of the reply; `None` when the listing decided and the file was not sent.
    pub status: Option<u16>,
    /// The index's sentence on one line, or our own without a status.
    pub message: String,
}

/// The categories of refusals. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RefusalKind {
    /// The token or the password is not valid, or not for this project.
    Authentication,
    /// The index has, or once had, other content under this file name.
    FileExists,
    /// A rule of the index about the file or its metadata.
    Invalid,
    /// The name of the project is reserved for others, or conflicts with that of another project.
    NameReserved,
    /// The project does not exist, and a trusted publisher's token cannot create it: that of another pending publisher may.
    ProjectMissing,
    /// The project is archived or quarantined.
    ProjectStatus,
    /// The token has expired: the same file with a new one may be accepted.
    TokenExpired,
    /// The URL does not accept uploads: a redirect, 404, 405 or 410.
    WrongUrl,
}

/// Why a file was not uploaded, without a verdict of the index. The index does not have it.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// The category, for `match`.
    pub kind: FailureKind,
    /// What happened, on one line: the index's sentence, or the causes.
    pub message: String,
    /// The time before which the index does not want another attempt, if it named one.
    pub retry_at: Option<SystemTime>,
}

/// The categories of failures. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FailureKind {
    /// The file, or another one of the run, could not be signed, or the index would reject an attestation.
    Attestation,
    /// The run was cancelled, or its deadline passed.
    Cancelled,
    /// The file on disk could not be read, or changed while it was being published.
    File,
    /// The files of the project could not be looked up.
    Lookup,
    /// The run ended before the file's turn.
    NotTried,
    /// The last reply has this status.
    Status(u16),
    /// No API token could be obtained.
    Token,
    /// There was no complete reply.
    Transport(TransportErrorKind),
}

/// Why it is not known whether the index has a file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Doubt {
    /// What happened to the upload, on one line.
    pub message: String,
    /// Why the index's listing did not resolve it, on one line.
    pub lookup: String,
}

impl Outcome {
    /// A file that need not be sent.
    pub fn already_present(evidence: Evidence) -> Self {
        Self::AlreadyPresent { evidence }
    }

    /// A file that this run put on the index.
    pub fn uploaded(evidence: Evidence) -> Self {
        Self::Uploaded { evidence }
    }

    /// A file whose name the index has, which the caller accepts; with the other sha256 that is listed.
    pub fn exists(message: impl Into<String>, listed: Option<String>) -> Self {
        Self::Exists {
            message: message.into(),
            listed,
        }
    }

    /// A failure of `kind`, with what happened.
    pub fn failed(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::Failed(Failure {
            kind,
            message: message.into(),
            retry_at: None,
        })
    }

    /// A refusal by what the index lists, before anything was sent.
    pub fn refused(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self::Refused(Refusal {
            kind,
            status: None,
            message: message.into(),
        })
    }

    /// A file that was sent without a clear reply, and why the listing does not help.
    pub fn unknown(message: impl Into<String>, lookup: impl Into<String>) -> Self {
        Self::Unknown(Doubt {
            message: message.into(),
            lookup: lookup.into(),
        })
    }

    /// The refusal of a file whose name is listed with another sha256.
    pub fn other_content(listed: &str) -> Self {
        Self::refused(
            RefusalKind::FileExists,
            format!(
                "the index lists a file of this name with other content (sha256 {listed}): build a new version"
            ),
        )
    }

    /// Whether the index has the file, or another one of its name that the caller accepts.
    pub fn is_present(&self) -> bool {
        matches!(
            self,
            Self::AlreadyPresent { .. } | Self::Exists { .. } | Self::Uploaded { .. }
        )
    }

    /// The stable word for reports: `uploaded`, `already_present`, `exists`, `staged`, `refused`, `failed` or `unknown`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AlreadyPresent { .. } => "already_present",
            Self::Exists { .. } => "exists",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::Staged { .. } => "staged",
            Self::Unknown(_) => "unknown",
            Self::Uploaded { .. } => "uploaded",
        }
    }

    /// How it is known that the index has the file.
    pub fn evidence(&self) -> Option<Evidence> {
        match self {
            Self::AlreadyPresent { evidence } | Self::Uploaded { evidence } => Some(*evidence),
            _ => None,
        }
    }
}

impl RefusalKind {
    /// The stable word for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::FileExists => "file_exists",
            Self::Invalid => "invalid",
            Self::NameReserved => "name_reserved",
            Self::ProjectMissing => "project_missing",
            Self::ProjectStatus => "project_status",
            Self::TokenExpired => "token_expired",
            Self::WrongUrl => "wrong_url",
        }
    }
}

impl FailureKind {
    /// The stable word for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attestation => "attestation",
            Self::Cancelled => "cancelled",
            Self::File => "file",
            Self::Lookup => "lookup",
            Self::NotTried => "not_tried",
            Self::Status(_) => "status",
            Self::Token => "token",
            Self::Transport(_) => "transport",
        }
    }
}

impl Evidence {
    /// The stable word for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::IdenticalReply => "identical_reply",
            Self::Listed => "listed",
            Self::ListedAfterFailure => "listed_after_failure",
            Self::ListedAfterRefusal => "listed_after_refusal",
            Self::Reply => "reply",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyPresent {
                evidence: Evidence::IdenticalReply,
            } => f.write_str("already present, same bytes as the index says"),
            Self::AlreadyPresent { .. } => f.write_str("already present, same sha256"),
            Self::Exists {
                listed: Some(other),
                ..
            } => write!(f, "exists with other content (sha256 {other})"),
            Self::Exists { message, .. } => write!(f, "exists, bytes not compared: {message}"),
            Self::Failed(failure) => failure.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Staged { url } => write!(f, "staged: complete the release at {url}"),
            Self::Unknown(doubt) => doubt.fmt(f),
            Self::Uploaded {
                evidence: Evidence::Reply,
            } => f.write_str("uploaded"),
            Self::Uploaded { .. } => f.write_str("uploaded, as the index lists it"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            None => write!(f, "refused: {}", self.message),
            Some(status) => write!(f, "refused with {status}: {}", self.message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not uploaded: {}", self.message)?;
        match self.retry_at {
            Some(time) => write!(f, "; try again after {} UTC", clock_time(time)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "sent, but it is not known whether the index has it: {}; {}: run again to find out",
            self.message, self.lookup
        )
    }
}

/// The hour and the minute, `HH:MM`, rounded up.
fn clock_time(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let minutes = seconds.div_ceil(60) % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_is_rounded_up_to_the_minute() {
        for (seconds, text) in [
            (0, "00:00"),
            (1, "00:01"),
            (36_000, "10:00"),
            (86_399, "00:00"),
        ] {
            assert_eq!(clock_time(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
