//! One specifier of a set.

use std::{borrow::Cow, fmt};

use super::{
    error::{SpecifierError, SpecifierErrorKind},
    operator::Operator,
};
use crate::{
    Version, VersionErrorKind,
    text::{is_python_space, trim_python},
};

/// One specifier of a [`SpecifierSet`](crate::SpecifierSet), such as `>=3.9`.
///
/// [`Display`](fmt::Display) prints the operator and the version as written, without white space.
/// Two specifiers are equal if they print the same text.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Operator, SpecifierSet, Version};
///
/// let set: SpecifierSet = ">= 3.09, !=3.9.*".parse()?;
/// let specifiers: Vec<_> = set.iter().collect();
/// assert_eq!(specifiers[0].operator(), Operator::GreaterEqual);
/// assert_eq!(specifiers[0].version_text(), "3.09");
/// assert_eq!(specifiers[0].version(), Some(&Version::parse("3.9")?));
/// assert_eq!(specifiers[1].version_text(), "3.9.*");
/// assert!(specifiers[1].has_wildcard());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Specifier {
    operator: Operator,
    version_text: String,
    version: Option<Version>,
    has_wildcard: bool,
}

impl Specifier {
    pub(super) fn parse(clause: &str) -> Result<Self, SpecifierError> {
        let fail = |kind| SpecifierError::new(kind, clause);
        let (operator, text) =
            Operator::split(clause).ok_or_else(|| fail(SpecifierErrorKind::NoOperator))?;
        let text = trim_python(text);
        if operator == Operator::ArbitraryEqual {
            if text.contains(|c| is_python_space(c) || matches!(c, ';' | ')')) {
                return Err(fail(SpecifierErrorKind::ArbitraryText));
            }
            return Ok(Self {
                operator,
                version_text: text.to_owned(),
                version: Version::parse(text).ok(),
                has_wildcard: false,
            });
        }
        let (stem, has_wildcard) = match text.strip_suffix(".*") {
            Some(stem) => (stem, true),
            None => (text, false),
        };
        let rules = |version: &Version| check(operator, stem, has_wildcard, version);
        let version = Version::parse(stem).map_err(|error| {
            // The grammar comes first: a limit of `Version` is the error only if nothing else is wrong.
            let kind = match (Version::with_zeros(stem).as_ref().map(rules), error.kind()) {
                (None, _) => SpecifierErrorKind::Version,
                (Some(Err(kind)), _) => return fail(kind),
                (Some(Ok(())), VersionErrorKind::TooLong) => SpecifierErrorKind::TooLong,
                (Some(Ok(())), _) => SpecifierErrorKind::NumberTooBig,
            };
            fail(kind).with_source(error)
        })?;
        rules(&version).map_err(fail)?;
        Ok(Self {
            operator,
            version_text: text.to_owned(),
            version: Some(version),
            has_wildcard,
        })
    }

    /// Returns the comparison operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Returns the version as written, with its wildcard: `3.9.*`.
    pub fn version_text(&self) -> &str {
        &self.version_text
    }

    /// Returns the version, without its wildcard: `3.9` for `3.9.*`.
    ///
    /// `None` only after [`Operator::ArbitraryEqual`], which allows text that is not a version.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Returns whether the version ends in the wildcard `.*`, which `==` and `!=` allow.
    pub fn has_wildcard(&self) -> bool {
        self.has_wildcard
    }

    pub(super) fn contains(&self, candidate: &Version) -> bool {
        let Some(version) = &self.version else {
            return self.is_text_of(candidate);
        };
        match self.operator {
            Operator::ArbitraryEqual => self.is_text_of(candidate),
            Operator::Compatible => {
                let prefix = version.release().split_last();
                let prefix = prefix.map_or(&[][..], |(_, prefix)| prefix);
                candidate >= version && has_prefix(candidate, version.epoch(), prefix)
            }
            Operator::Equal => self.equals(candidate, version),
            Operator::Greater => is_after(candidate, version),
            Operator::GreaterEqual => candidate >= version,
            Operator::Less => is_before(candidate, version),
            Operator::LessEqual => *without_local(candidate) <= *version,
            Operator::NotEqual => !self.equals(candidate, version),
        }
    }

    /// Returns whether the specifier asks for a pre-release explicitly.
    pub(super) fn names_prerelease(&self) -> bool {
        let version = self.version.as_ref();
        self.operator != Operator::NotEqual && version.is_some_and(Version::is_prerelease)
    }

    fn is_text_of(&self, candidate: &Version) -> bool {
        candidate.to_string() == self.version_text.to_lowercase()
    }

    /// The local part of the candidate counts only if the specifier has one.
    fn equals(&self, candidate: &Version, version: &Version) -> bool {
        if self.has_wildcard {
            has_prefix(candidate, version.epoch(), version.release())
        } else if version.has_local() {
            candidate == version
        } else {
            *without_local(candidate) == *version
        }
    }
}

impl fmt::Display for Specifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.operator, self.version_text)
    }
}

/// Checks which versions the operator allows.
fn check(
    operator: Operator,
    stem: &str,
    has_wildcard: bool,
    version: &Version,
) -> Result<(), SpecifierErrorKind> {
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let is_release = || !version.has_local() && *version == version.base();
    if has_wildcard && !(is_equality && is_release() && trim_python(stem) == stem) {
        return Err(SpecifierErrorKind::Wildcard);
    }
    if version.has_local() && !is_equality {
        return Err(SpecifierErrorKind::LocalPart);
    }
    if operator == Operator::Compatible && version.release().len() < 2 {
        return Err(SpecifierErrorKind::TooFewNumbers);
    }
    Ok(())
}

fn without_local(version: &Version) -> Cow<'_, Version> {
    if version.has_local() {
        Cow::Owned(version.public())
    } else {
        Cow::Borrowed(version)
    }
}

/// `>V` excludes the local versions of V, and its post-releases unless V is one itself. If V is a
/// pre-release, the post-releases of the final release are higher than V and included.
fn is_after(candidate: &Version, version: &Version) -> bool {
    if candidate <= version || *without_local(candidate) <= *version {
        return false;
    }
    let is_own_post = || {
        candidate.is_post()
            && candidate.epoch() == version.epoch()
            && has_prefix(candidate, version.epoch(), version.release())
            && has_prefix(version, candidate.epoch(), candidate.release())
            && candidate.pre() == version.pre()
    };
    version.is_dev() || version.is_post() || !is_own_post()
}

/// `<V` excludes the versions that lead up to V (its pre-releases, or the development releases of
/// a post-release), unless V is a pre-release itself.
fn is_before(candidate: &Version, version: &Version) -> bool {
    if candidate >= version {
        return false;
    }
    version.is_prerelease()
        || *candidate.as_pep440() < version.as_pep440().clone().with_dev(Some(0))
}

/// Compares release numbers. Missing numbers of the candidate count as zero.
fn has_prefix(candidate: &Version, epoch: u64, prefix: &[u64]) -> bool {
    let padded = candidate.release().iter().chain(std::iter::repeat(&0));
    candidate.epoch() == epoch && padded.zip(prefix).all(|(number, wanted)| number == wanted)
}
