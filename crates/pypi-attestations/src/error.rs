//! Why an attestation is rejected.

/// Why an attestation, or a set of them, is rejected.
///
/// Prints one line: what was found and what was expected.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, ErrorKind};
///
/// let error = Attestation::parse(b"[]").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Malformed);
/// assert_eq!(error.to_string(), "not a PEP 740 attestation: `version` is missing");
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, ErrorKind};
///
/// let error = Attestation::parse(br#"{"version": 2}"#).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Version);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// A Sigstore bundle that cannot be converted.
    Bundle,
    /// The subject has another sha256 than the distribution.
    Digest,
    /// A transparency log entry is missing a part, or is not the JSON object that PyPI reads.
    Entry,
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

    pub(crate) fn malformed(why: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorKind::Malformed,
            format!("not a PEP 740 attestation: {why}"),
        )
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::Entry => Some(
                "sign with a transparency log of version 1 (Rekor v1), the only one that PyPI reads",
            ),
            _ => None,
        }
    }
}
