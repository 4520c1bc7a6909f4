//! The result of one upload.

use std::fmt;

use pypi_http::TransportErrorKind;

/// The result of one upload.
///
/// # Examples
///
/// ```
/// use pypi_upload::{Evidence, Outcome};
///
/// let outcome = Outcome::already_listed(Evidence::Listed);
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
    /// The index gave no verdict.
    Failed(Failure),
    /// The index rejected the file; sending it again does not help.
    Refused(Refusal),
    /// The index accepted the file.
    #[non_exhaustive]
    Uploaded {
        /// How often it was sent, 1 for the first time.
        attempts: u32,
    },
}

/// How it is known that an index has a file.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Evidence {
    /// The simple API listed the file's sha256 before anything was sent.
    Listed,
    /// The index rejected the file as existing, and its simple API lists the file's sha256.
    ListedAfterRefusal,
}

/// Why an index rejected a file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The category, for `match`.
    pub kind: RefusalKind,
    /// The status of the reply; `None` when the listing decided and the index was not asked.
    pub status: Option<u16>,
    /// The index's sentence on one line, or our own without a status.
    pub message: String,
}

/// The categories of refusals. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RefusalKind {
    /// The token or the password is not valid, or not for this project: other files will be rejected too.
    Authentication,
    /// The index has, or once had, other content under this file name.
    FileExists,
    /// A rule of the index about the file or its metadata.
    Invalid,
    /// The URL does not accept uploads: a redirect, 404, 405 or 410.
    WrongUrl,
}

/// An upload without a verdict.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// The category, for `match`.
    pub kind: FailureKind,
    /// How often the file was sent.
    pub attempts: u32,
    /// Whether the index may have the file nevertheless.
    pub may_be_stored: bool,
}

/// The categories of failures. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FailureKind {
    /// The run ended before the file's turn.
    NotTried,
    /// The last reply has this status.
    Status(u16),
    /// There was no complete reply.
    Transport(TransportErrorKind),
}

impl Outcome {
    /// Whether the index has the file.
    pub fn is_present(&self) -> bool {
        matches!(self, Self::AlreadyPresent { .. } | Self::Uploaded { .. })
    }

    /// The stable word for reports: `uploaded`, `already_present`, `refused` or `failed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AlreadyPresent { .. } => "already_present",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::Uploaded { .. } => "uploaded",
        }
    }

    /// A file that need not be sent.
    pub fn already_listed(evidence: Evidence) -> Self {
        Self::AlreadyPresent { evidence }
    }

    /// A file whose turn did not come.
    pub fn not_tried() -> Self {
        Self::Failed(Failure {
            kind: FailureKind::NotTried,
            attempts: 0,
            may_be_stored: false,
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyPresent { .. } => f.write_str("already present, same sha256"),
            Self::Uploaded { attempts: 1 } => f.write_str("uploaded"),
            Self::Uploaded { attempts } => write!(f, "uploaded at attempt {attempts}"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
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
        match self.kind {
            FailureKind::NotTried => {
                return f.write_str("not uploaded: the run ended before its turn");
            }
            FailureKind::Status(status) => write!(f, "not uploaded: the index replied {status}")?,
            FailureKind::Transport(kind) => write!(f, "not uploaded: {kind}")?,
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        if self.may_be_stored {
            f.write_str("; the index may have it nevertheless: run again to find out")?;
        }
        Ok(())
    }
}
