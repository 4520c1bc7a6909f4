use super::Version;
use crate::text::quoted;

/// The reason why a text was not accepted as a [`Version`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct VersionError {
    kind: VersionErrorKind,
    message: String,
}

impl VersionError {
    pub(crate) fn new(kind: VersionErrorKind, text: &str) -> Self {
        let text = quoted(text);
        let message = match kind {
            VersionErrorKind::Invalid => format!(
                "version {text} is not a PEP 440 version: write it like 1.2.3, 1.2.3rc1, \
                 1.2.3.post1 or 1.2.3.dev4"
            ),
            VersionErrorKind::TooLong => format!(
                "version {text} is too long: at most {} bytes fit, shorten it",
                Version::MAX_LENGTH
            ),
            VersionErrorKind::NumberTooBig => format!(
                "version {text} has a number that is too big: each number must be below {}",
                u64::MAX
            ),
        };
        Self { kind, message }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> VersionErrorKind {
        self.kind
    }
}

/// The ways in which a text fails to be a [`Version`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VersionErrorKind {
    /// The text does not have the form PEP 440 describes.
    Invalid,
    /// The text or its normal form has more than [`Version::MAX_LENGTH`] bytes.
    TooLong,
    /// The form is right but a number does not fit.
    NumberTooBig,
}
