use super::SpecifierSet;
use crate::{VersionError, text::quoted};

/// The reason why a text was not accepted as a [`SpecifierSet`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SpecifierError {
    kind: SpecifierErrorKind,
    message: String,
    source: Option<VersionError>,
}

impl SpecifierError {
    pub(crate) fn new(kind: SpecifierErrorKind, clause: &str) -> Self {
        let clause = quoted(clause);
        let message = match kind {
            SpecifierErrorKind::ArbitraryText => format!(
                "specifier {clause} has white space, a semicolon or a parenthesis after `===`: \
                 write one version, as in ===1.2.3"
            ),
            SpecifierErrorKind::LocalPart => format!(
                "specifier {clause} compares with a local version: only == and != can, drop the \
                 part from the + on"
            ),
            SpecifierErrorKind::NoOperator => format!(
                "specifier {clause} does not begin with a comparison: write one of ==, !=, <=, \
                 >=, <, >, ~= or === before the version"
            ),
            SpecifierErrorKind::TooFewNumbers => format!(
                "specifier {clause} has one release number and ~= needs two: write ~=1.0 for \
                 1.0 and later below 2"
            ),
            SpecifierErrorKind::TooLong => format!(
                "specifiers {clause} are too long: at most {} bytes fit, drop the ones that \
                 others imply",
                SpecifierSet::MAX_LENGTH
            ),
            SpecifierErrorKind::Version => {
                format!(
                    "specifier {clause} has no PEP 440 version after the comparison: correct it"
                )
            }
            SpecifierErrorKind::Wildcard => format!(
                "specifier {clause} has a wildcard where none can be: .* may follow release \
                 numbers alone, after == or !="
            ),
        };
        Self {
            kind,
            message,
            source: None,
        }
    }

    pub(crate) fn version(clause: &str, source: VersionError) -> Self {
        Self {
            source: Some(source),
            ..Self::new(SpecifierErrorKind::Version, clause)
        }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> SpecifierErrorKind {
        self.kind
    }
}

/// The ways in which a text fails to be a [`SpecifierSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpecifierErrorKind {
    /// What follows `===` has a character that ends a specifier.
    ArbitraryText,
    /// A local version after a comparison other than `==` and `!=`.
    LocalPart,
    /// A specifier does not begin with a comparison operator.
    NoOperator,
    /// `~=` with a single release number.
    TooFewNumbers,
    /// The text has more than [`SpecifierSet::MAX_LENGTH`] bytes.
    TooLong,
    /// The version is none; the source says why.
    Version,
    /// `.*` after a comparison other than `==` and `!=`, or after more than release numbers.
    Wildcard,
}
