//! Why an attestation does not fit a distribution.

/// Why the index would reject an attestation, or a set of them.
///
/// Prints one line: what was found and what was expected.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", self.0.message)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Inner {
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
    /// A predicate type that PyPI does not accept.
    PredicateType,
    /// More attestations than PyPI accepts for one file, or two of one predicate type.
    Set,
    /// The statement does not have exactly one subject with a name and a sha256.
    Subject,
    /// A version of the object other than 1.
    Version,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
        }))
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}
