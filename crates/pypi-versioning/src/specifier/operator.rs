//! Comparison operators.

use std::fmt;

/// The comparison operator of a [`Specifier`](crate::Specifier). Prints as written: `>=`.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Operator, SpecifierSet};
///
/// let set: SpecifierSet = "~=1.4, !=1.4.2".parse()?;
/// let operators: Vec<Operator> = set.iter().map(|specifier| specifier.operator()).collect();
/// assert_eq!(operators, [Operator::Compatible, Operator::NotEqual]);
/// assert_eq!(operators[0].to_string(), "~=");
/// # Ok::<(), pypi_versioning::SpecifierError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "PEP 440 has these eight")]
pub enum Operator {
    /// `===`: the version has this text.
    ArbitraryEqual,
    /// `~=`: at least this version, and equal in all release numbers but the last.
    Compatible,
    /// `==`: equal, or in the range of a wildcard.
    Equal,
    /// `>`: higher.
    Greater,
    /// `>=`: at least this version.
    GreaterEqual,
    /// `<`: lower.
    Less,
    /// `<=`: at most this version.
    LessEqual,
    /// `!=`: not equal, or not in the range of a wildcard.
    NotEqual,
}

impl Operator {
    /// Returns the operator as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ArbitraryEqual => "===",
            Self::Compatible => "~=",
            Self::Equal => "==",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::NotEqual => "!=",
        }
    }

    /// Splits the operator off the beginning of a specifier.
    pub(super) fn split(clause: &str) -> Option<(Self, &str)> {
        [
            Self::ArbitraryEqual, // before `==`, its prefix
            Self::Compatible,
            Self::Equal,
            Self::NotEqual,
            Self::LessEqual,
            Self::GreaterEqual,
            Self::Less,
            Self::Greater,
        ]
        .into_iter()
        .find_map(|operator| Some((operator, clause.strip_prefix(operator.as_str())?)))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
