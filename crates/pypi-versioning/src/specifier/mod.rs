mod error;

use std::{borrow::Cow, fmt, str::FromStr};

use crate::{
    Version,
    text::{is_python_space, trim_python},
};

pub use error::{SpecifierError, SpecifierErrorKind};

/// A set of version specifiers, as in `Requires-Python`: `>=3.9,<4`.
///
/// A version is contained when every specifier of the set says so; the empty set contains all
/// versions. The answers are those of Python's `packaging` 26.3, which follows the letter of
/// the specification where the containment of pep440_rs does not.
///
/// [`Display`](fmt::Display) writes the specifiers as they were given, joined by commas.
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
/// assert!(!contains("2.0rc1")?); // `<2` leaves out what comes before 2 itself
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SpecifierSet(Vec<Specifier>);

impl SpecifierSet {
    /// The most bytes a set may have as written.
    pub const MAX_LENGTH: usize = 4096;

    /// Parses specifiers separated by commas; empty ones are passed over.
    ///
    /// # Errors
    ///
    /// Each [`SpecifierErrorKind`] says when it occurs.
    pub fn parse(text: &str) -> Result<Self, SpecifierError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(SpecifierError::new(SpecifierErrorKind::TooLong, text));
        }
        let clauses = text.split(',').map(trim_python);
        let clauses = clauses.filter(|clause| !clause.is_empty());
        clauses
            .map(Specifier::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Tells whether the set contains a version.
    ///
    /// A single version has no alternatives, so [`Prereleases::Default`] lets pre-releases in
    /// here; it makes a difference for [`Self::filter`].
    #[must_use]
    pub fn contains(&self, version: &Version, prereleases: Prereleases) -> bool {
        let hidden = prereleases == Prereleases::Deny && version.is_prerelease();
        !hidden && self.0.iter().all(|specifier| specifier.contains(version))
    }

    /// Returns the versions the set contains, in the order given.
    ///
    /// With [`Prereleases::Default`], pre-releases are returned only when a specifier other than
    /// `!=` names one, or when no other version is contained.
    pub fn filter<'a>(
        &self,
        versions: impl IntoIterator<Item = &'a Version>,
        prereleases: Prereleases,
    ) -> Vec<&'a Version> {
        let contained = versions
            .into_iter()
            .filter(|version| self.contains(version, prereleases));
        let mut found: Vec<_> = contained.collect();
        let named = || self.0.iter().any(Specifier::names_prerelease);
        if prereleases == Prereleases::Default
            && found.iter().any(|version| !version.is_prerelease())
            && !named()
        {
            found.retain(|version| !version.is_prerelease());
        }
        found
    }

    /// Tells whether there is no specifier, so that every version is contained.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for SpecifierSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, specifier) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let (operator, text) = (specifier.operator.text(), &specifier.text);
            write!(f, "{comma}{operator}{text}")?;
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

/// What becomes of alphas, betas, release candidates and development releases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prereleases {
    /// They are taken where nothing else is: the rule of PEP 440.
    #[default]
    Default,
    /// They are versions like any other.
    Allow,
    /// They are never taken.
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Specifier {
    operator: Operator,
    /// What follows the operator, as written.
    text: String,
    /// The version in the text, without `.*`; none for arbitrary text after `===`.
    version: Option<Version>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operator {
    Arbitrary,
    Compatible,
    Equal,
    EqualPrefix,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    NotEqual,
    NotEqualPrefix,
}

impl Operator {
    fn split(clause: &str) -> Option<(Self, &str)> {
        [
            Self::Arbitrary, // before `==`, which it begins with
            Self::Compatible,
            Self::Equal,
            Self::NotEqual,
            Self::LessEqual,
            Self::GreaterEqual,
            Self::Less,
            Self::Greater,
        ]
        .into_iter()
        .find_map(|operator| Some((operator, clause.strip_prefix(operator.text())?)))
    }

    fn text(self) -> &'static str {
        match self {
            Self::Arbitrary => "===",
            Self::Compatible => "~=",
            Self::Equal | Self::EqualPrefix => "==",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::NotEqual | Self::NotEqualPrefix => "!=",
        }
    }
}

impl Specifier {
    fn parse(clause: &str) -> Result<Self, SpecifierError> {
        let fail = |kind| SpecifierError::new(kind, clause);
        let Some((operator, text)) = Operator::split(clause) else {
            return Err(fail(SpecifierErrorKind::NoOperator));
        };
        let text = trim_python(text);
        if operator == Operator::Arbitrary {
            return match text.contains(|c| is_python_space(c) || matches!(c, ';' | ')')) {
                true => Err(fail(SpecifierErrorKind::ArbitraryText)),
                false => Ok(Self {
                    operator,
                    text: text.to_owned(),
                    version: Version::parse(text).ok(),
                }),
            };
        }
        let (operator, stem) = match (operator, text.strip_suffix(".*")) {
            (_, None) => (operator, text),
            (Operator::Equal, Some(stem)) => (Operator::EqualPrefix, stem),
            (Operator::NotEqual, Some(stem)) => (Operator::NotEqualPrefix, stem),
            (_, Some(_)) => return Err(fail(SpecifierErrorKind::Wildcard)),
        };
        let version =
            Version::parse(stem).map_err(|error| SpecifierError::version(clause, error))?;
        check(operator, stem, &version).map_err(fail)?;
        Ok(Self {
            operator,
            text: text.to_owned(),
            version: Some(version),
        })
    }

    fn contains(&self, candidate: &Version) -> bool {
        let Some(version) = &self.version else {
            return self.is_text_of(candidate);
        };
        match self.operator {
            Operator::Arbitrary => self.is_text_of(candidate),
            Operator::Compatible => {
                let prefix = version
                    .release()
                    .split_last()
                    .map_or(&[][..], |(_, prefix)| prefix);
                candidate >= version && has_prefix(candidate, version.epoch(), prefix)
            }
            Operator::Equal => equals(candidate, version),
            Operator::EqualPrefix => has_prefix(candidate, version.epoch(), version.release()),
            Operator::Greater => is_after(candidate, version),
            Operator::GreaterEqual => candidate >= version,
            Operator::Less => is_before(candidate, version),
            Operator::LessEqual => *without_local(candidate) <= *version,
            Operator::NotEqual => !equals(candidate, version),
            Operator::NotEqualPrefix => !has_prefix(candidate, version.epoch(), version.release()),
        }
    }

    fn is_text_of(&self, candidate: &Version) -> bool {
        candidate.to_string() == self.text.to_lowercase()
    }

    /// Tells whether the specifier asks for a pre-release by name.
    fn names_prerelease(&self) -> bool {
        let excludes = matches!(self.operator, Operator::NotEqual | Operator::NotEqualPrefix);
        !excludes && self.version.as_ref().is_some_and(Version::is_prerelease)
    }
}

fn check(operator: Operator, stem: &str, version: &Version) -> Result<(), SpecifierErrorKind> {
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let prefix = matches!(operator, Operator::EqualPrefix | Operator::NotEqualPrefix);
    if prefix && (version.public() != version.base() || trim_python(stem) != stem) {
        return Err(SpecifierErrorKind::Wildcard);
    }
    if version.has_local() && !equality {
        return Err(if prefix {
            SpecifierErrorKind::Wildcard
        } else {
            SpecifierErrorKind::LocalPart
        });
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

/// A local part matters only when the specifier has one.
fn equals(candidate: &Version, version: &Version) -> bool {
    if version.has_local() {
        candidate == version
    } else {
        *without_local(candidate) == *version
    }
}

/// `>V` leaves out the local versions of V, and its post-releases unless V is one; those of
/// the final release come after a V that is a pre-release, and are in.
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

/// `<V` leaves out what leads up to V (its pre-releases, or the development releases of a
/// post-release), unless V is a pre-release itself.
fn is_before(candidate: &Version, version: &Version) -> bool {
    if candidate >= version {
        return false;
    }
    version.is_prerelease()
        || *candidate.as_pep440() < version.as_pep440().clone().with_dev(Some(0))
}

/// Compares release numbers, missing ones of the candidate counting as zero.
fn has_prefix(candidate: &Version, epoch: u64, prefix: &[u64]) -> bool {
    let padded = candidate.release().iter().chain(std::iter::repeat(&0));
    candidate.epoch() == epoch && padded.zip(prefix).all(|(number, wanted)| number == wanted)
}
