//! Why a text is not a set of specifiers.

use super::SpecifierSet;
use crate::{VersionError, text::quoted};

/// Why a text is not a [`SpecifierSet`].
///
/// # Examples
///
/// ```
/// use pypi_versioning::{SpecifierErrorKind, SpecifierSet};
///
/// let Err(error) = SpecifierSet::parse(">=3.9, 4.*") else {
///     return Err("not a set".into());
/// };
/// assert_eq!(error.kind(), SpecifierErrorKind::NoOperator);
/// assert_eq!(error.input(), "4.*");
/// assert_eq!(error.to_string(), "specifier \"4.*\" does not begin with a comparison operator");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[error("{}", message(*.kind, .input, .source.is_some()))]
pub struct SpecifierError {
    kind: SpecifierErrorKind,
    input: String,
    source: Option<VersionError>,
}

impl SpecifierError {
    pub(super) fn new(kind: SpecifierErrorKind, input: &str) -> Self {
        Self {
            kind,
            input: input.chars().take(SpecifierSet::MAX_LENGTH).collect(),
            source: None,
        }
    }

    pub(super) fn with_source(mut self, source: VersionError) -> Self {
        self.source = Some(source);
        self
    }

    /// Returns the category, for `match`.
    pub fn kind(&self) -> SpecifierErrorKind {
        self.kind
    }

    /// Returns the specifier that is not valid.
    ///
    /// If the whole set is too long, these are its first [`SpecifierSet::MAX_LENGTH`] characters.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Returns what to do about it, in one line.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self.kind {
            SpecifierErrorKind::ArbitraryText => "write one version, as in ===1.2.3",
            SpecifierErrorKind::LocalPart => "remove the part from + on, or use == or !=",
            SpecifierErrorKind::NoOperator => {
                "write one of ==, !=, <=, >=, <, >, ~= or === before the version"
            }
            SpecifierErrorKind::NumberTooBig => {
                "use smaller numbers: PyPI and packaging accept this one, but tools with 64-bit \
                 numbers, such as uv, reject it too"
            }
            SpecifierErrorKind::TooFewNumbers => "write ~=1.0 for at least 1.0 and less than 2",
            SpecifierErrorKind::TooLong => "remove the specifiers that others imply",
            SpecifierErrorKind::Version => "write a version like 1.2.3 after the operator",
            SpecifierErrorKind::Wildcard => "write .* only after release numbers, with == or !=",
        })
    }
}

fn message(kind: SpecifierErrorKind, input: &str, has_source: bool) -> String {
    let input = quoted(input);
    match kind {
        SpecifierErrorKind::ArbitraryText => {
            format!("specifier {input} has white space, `;` or `)` after `===`")
        }
        SpecifierErrorKind::LocalPart => {
            format!("specifier {input} has a local version, which only == and != allow")
        }
        SpecifierErrorKind::NoOperator => {
            format!("specifier {input} does not begin with a comparison operator")
        }
        SpecifierErrorKind::TooFewNumbers => {
            format!("specifier {input} has one release number, but ~= needs at least two")
        }
        SpecifierErrorKind::TooLong if !has_source => format!(
            "specifiers {input} are too long: expected at most {} bytes",
            SpecifierSet::MAX_LENGTH
        ),
        SpecifierErrorKind::NumberTooBig | SpecifierErrorKind::TooLong => {
            format!("specifier {input} has a version that is out of range")
        }
        SpecifierErrorKind::Version => format!("specifier {input} has an invalid version"),
        SpecifierErrorKind::Wildcard => {
            format!("specifier {input} has a wildcard where it is not allowed")
        }
    }
}

/// The category of a [`SpecifierError`]. Alphabetical; a new kind is a minor release.
///
/// All kinds but those of [`is_limit`](Self::is_limit) are errors of Python's `packaging`, too.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{SpecifierErrorKind, SpecifierSet};
///
/// let kind = |text| SpecifierSet::parse(text).err().map(|error| error.kind());
/// assert_eq!(kind(">=99999999999999999999"), Some(SpecifierErrorKind::NumberTooBig));
/// assert!(SpecifierErrorKind::NumberTooBig.is_limit());
/// assert_eq!(kind("~=99999999999999999999"), Some(SpecifierErrorKind::TooFewNumbers));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SpecifierErrorKind {
    /// The text after `===` has white space, `;` or `)`.
    ArbitraryText,
    /// A local version follows an operator other than `==` and `!=`.
    LocalPart,
    /// A specifier does not begin with a comparison operator.
    NoOperator,
    /// The specifier is valid, but a number is beyond the limit of
    /// [`VersionErrorKind::NumberTooBig`](crate::VersionErrorKind::NumberTooBig); see the source.
    NumberTooBig,
    /// `~=` is followed by a single release number.
    TooFewNumbers,
    /// The set has more than [`SpecifierSet::MAX_LENGTH`] bytes and was not read, or the specifier is
    /// valid and its version has more than [`Version::MAX_LENGTH`](crate::Version::MAX_LENGTH).
    TooLong,
    /// The text after the operator is not a PEP 440 version; see the source.
    Version,
    /// `.*` follows an operator other than `==` and `!=`, or more than release numbers.
    Wildcard,
}

impl SpecifierErrorKind {
    /// Returns whether this is a limit of this crate, and the specifier is valid for others.
    pub fn is_limit(self) -> bool {
        matches!(self, Self::NumberTooBig | Self::TooLong)
    }
}
