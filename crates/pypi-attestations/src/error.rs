//! Why an attestation does not hold for a distribution.

use std::{error::Error as StdError, fmt};

/// Why an attestation, or a set of them, would be refused by the index.
///
/// Prints one line: what was found and what was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// The subject has another sha256 than the distribution.
    Digest,
    /// Not the JSON object that PEP 740 describes.
    Malformed,
    /// The subject is another file.
    Name,
    /// A predicate type that PyPI does not take.
    PredicateType,
    /// More attestations than PyPI takes for one file, or two of one predicate type.
    Set,
    /// The statement does not have exactly one subject with a name and a sha256.
    Subject,
    /// A version of the object other than 1.
    Version,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {}
