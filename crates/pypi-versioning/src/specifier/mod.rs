//! PEP 440 version specifiers.

mod clause;
mod error;
mod operator;

use std::{fmt, slice, str::FromStr};

use crate::{Version, text::trim_python};

pub use clause::Specifier;
pub use error::{SpecifierError, SpecifierErrorKind};
pub use operator::Operator;

/// A set of version specifiers, as in `Requires-Python`: `>=3.9,<4`.
///
/// A set contains a version if each of its specifiers does, so the empty set contains every
/// version. The answers are those of Python's `packaging` 26.3.
///
/// [`Display`](fmt::Display) prints the specifiers as written, joined by commas. Two sets are equal
/// if they print the same text; sets that contain the same versions may differ.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Prereleases, SpecifierSet, Version};
///
/// let set: SpecifierSet = ">=1.0, !=1.3.*, <2".parse()?;
/// let contains = |text| Ok::<_, pypi_versioning::VersionError>(
///     set.contains(&Version::parse(text)?, Prereleases::Default),
/// );
/// assert!(contains("1.2.5")?);
/// assert!(!contains("1.3.1")?);
/// assert!(!contains("2.0rc1")?); // `<2` excludes the pre-releases of 2
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// [Version specifiers](https://packaging.python.org/en/latest/specifications/version-specifiers/)
/// (the living text of PEP 440), read 2026-11-21
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct SpecifierSet(Vec<Specifier>);

impl SpecifierSet {
    /// The maximum number of bytes of a set.
    pub const MAX_LENGTH: usize = 4096;

    /// Parses specifiers separated by commas. Empty ones are skipped.
    ///
    /// # Errors
    ///
    /// See [`SpecifierErrorKind`]. The error is that of the first specifier that is not valid, or of
    /// the first beyond the limits of this crate if all are valid.
    pub fn parse(text: &str) -> Result<Self, SpecifierError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(SpecifierError::new(SpecifierErrorKind::TooLong, text));
        }
        let clauses = text.split(',').map(trim_python);
        let (mut specifiers, mut beyond_limit) = (Vec::new(), None);
        for clause in clauses.filter(|clause| !clause.is_empty()) {
            match Specifier::parse(clause) {
                Ok(specifier) => specifiers.push(specifier),
                Err(error) if error.kind().is_limit() => {
                    beyond_limit.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        beyond_limit.map_or(Ok(Self(specifiers)), Err)
    }

    /// Returns whether the set contains a version.
    ///
    /// [`Prereleases::Default`] is the same as [`Prereleases::Allow`] here, because a single version
    /// has no alternatives. The difference matters to [`filter`](Self::filter).
    pub fn contains(&self, version: &Version, prereleases: Prereleases) -> bool {
        let is_denied = prereleases == Prereleases::Deny && version.is_prerelease();
        !is_denied && self.iter().all(|specifier| specifier.contains(version))
    }

    /// Returns the items whose version the set contains, in the order given.
    ///
    /// With [`Prereleases::Default`], pre-releases are returned only if a specifier other than `!=`
    /// names one, or if the set contains no other version.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_versioning::{Prereleases, SpecifierSet, Version};
    ///
    /// struct Release { version: Version }
    /// let mut releases = Vec::new();
    /// for text in ["1.0", "1.1rc1", "2.0"] {
    ///     releases.push(Release { version: Version::parse(text)? });
    /// }
    /// let set = SpecifierSet::parse("<2")?;
    /// let found = set.filter(&releases, |release| &release.version, Prereleases::Default);
    /// assert_eq!(found.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn filter<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        version: impl Fn(&T) -> &Version,
        prereleases: Prereleases,
    ) -> Vec<T> {
        let items = items.into_iter();
        let mut found: Vec<T> = items
            .filter(|item| self.contains(version(item), prereleases))
            .collect();
        let is_final = |item: &T| !version(item).is_prerelease();
        if prereleases == Prereleases::Default
            && found.iter().any(is_final)
            && !self.iter().any(Specifier::names_prerelease)
        {
            found.retain(is_final);
        }
        found
    }

    /// Returns the specifiers, in the order written.
    pub fn iter(&self) -> slice::Iter<'_, Specifier> {
        self.0.iter()
    }

    /// Returns whether the set has no specifiers and contains every version.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for SpecifierSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, specifier) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{specifier}")?;
        }
        Ok(())
    }
}

impl FromStr for SpecifierSet {
    type Err = SpecifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'a> IntoIterator for &'a SpecifierSet {
    type Item = &'a Specifier;
    type IntoIter = slice::Iter<'a, Specifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// What to do with alphas, betas, release candidates and development releases.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Prereleases, SpecifierSet, Version};
///
/// let (set, version) = (SpecifierSet::parse(">=1")?, Version::parse("1.1rc1")?);
/// assert!(set.contains(&version, Prereleases::Allow));
/// assert!(!set.contains(&version, Prereleases::Deny));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Prereleases {
    /// Treat them like any other version.
    Allow,
    /// Accept them only if nothing else matches: the rule of PEP 440.
    #[default]
    Default,
    /// Never accept them.
    Deny,
}
