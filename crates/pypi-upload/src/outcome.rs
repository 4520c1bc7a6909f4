//! What became of one file.

use std::fmt;

use pypi_http::{RequestError, TransportErrorKind};

/// What became of one file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The index holds a file of this name with this very sha256, and did so before. Nothing was changed.
    #[non_exhaustive]
    AlreadyPresent {
        /// How that is known.
        evidence: Evidence,
    },
    /// No verdict was had.
    Failed(Failure),
    /// The index does not want the file; sending it again does not help.
    Refused(Refusal),
    /// The index took the file.
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
    /// The index refused the file as existing, and its simple API lists the file's sha256.
    ListedAfterRefusal,
}

/// Why an index does not want a file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The category, for `match`.
    pub kind: RefusalKind,
    /// The status; 0 when nothing was sent.
    pub status: u16,
    /// What the index said, on one line; or what we found, when nothing was sent.
    pub text: String,
}

/// The categories of refusals. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RefusalKind {
    /// The token or the password is not accepted, or not for this project: no other file will be taken either.
    Authentication,
    /// The index holds other contents under this file name, or did so once.
    FileExists,
    /// A rule of the index about the file or its metadata.
    Invalid,
    /// The URL does not take uploads: a redirect, 404, 405 or 410.
    WrongUrl,
}

/// No verdict was had about a file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// The category, for `match`.
    pub kind: FailureKind,
    /// How often the file was sent.
    pub attempts: u32,
    /// Whether the index may hold the file all the same.
    pub may_be_stored: bool,
}

/// The categories of failures. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FailureKind {
    /// The run ended before the file's turn.
    NotTried,
    /// The index answered with this status, to the last.
    Status(u16),
    /// There was no complete answer.
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

    /// A file whose request could not be made.
    pub fn not_sent(error: RequestError) -> Self {
        Self::Refused(Refusal {
            kind: RefusalKind::Authentication,
            status: 0,
            text: error.to_string(),
        })
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
            0 => write!(f, "refused: {}", self.text),
            status => write!(f, "refused with {status}: {}", self.text),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FailureKind::NotTried => {
                return f.write_str("not uploaded: the run ended before its turn");
            }
            FailureKind::Status(status) => write!(f, "not uploaded: the index answered {status}")?,
            FailureKind::Transport(kind) => {
                write!(f, "not uploaded: {}", pypi_http::TransportError::new(kind))?
            }
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        if self.may_be_stored {
            f.write_str("; the index may hold it all the same, run again to find out")?;
        }
        Ok(())
    }
}
