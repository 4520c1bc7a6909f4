mod error;

use std::{fmt, str::FromStr};

use crate::{Pre, Version, VersionError, VersionErrorKind, VersionParts};

pub use error::{BumpError, BumpErrorKind};

/// Counts a version up, as `uv version --bump` does: the parts below the one that is counted
/// are dropped, counters begin at 1, and the result is higher or an error.
///
/// At most one release part and one of [`Part::Alpha`], [`Part::Beta`], [`Part::Rc`] and
/// [`Part::Dev`] go together, in any order; all else stands alone. A local part is dropped,
/// where uv keeps it: it named another version.
///
/// ```
/// use pypi_versioning::{Version, bump};
///
/// let bumped = bump(&Version::parse("1.2.3")?, &["minor".parse()?, "rc".parse()?])?;
/// assert_eq!(bumped.to_string(), "1.3.0rc1");
/// assert_eq!(bump(&bumped, &["rc".parse()?])?.to_string(), "1.3.0rc2");
/// assert_eq!(bump(&bumped, &["stable".parse()?])?.to_string(), "1.3.0");
/// assert!(bump(&bumped, &["alpha".parse()?]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Each [`BumpErrorKind`](crate::BumpErrorKind) says when it occurs.
pub fn bump(version: &Version, bumps: &[Bump]) -> Result<Version, BumpError> {
    check_together(bumps)?;
    // Release parts come first, whatever the order: they drop the others.
    let (release, others): (Vec<_>, Vec<_>) = bumps.iter().partition(|bump| bump.is_release());
    let mut bumped = version.public();
    for one in release.into_iter().chain(others) {
        bumped = apply(&bumped, one).map_err(|error| BumpError::does_not_fit(version, error))?;
    }
    if bumped <= *version {
        return Err(BumpError::not_higher(version, &bumped, bumps));
    }
    Ok(bumped)
}

/// One way to count up: `minor`, `rc`, `post=5`, or the very version `2.0.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bump {
    /// Counts a part up by one, or to the number given.
    Part(Part, Option<u64>),
    /// Takes this version.
    To(Version),
}

/// The parts of a version that can be counted up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The first release number.
    Major,
    /// The second release number.
    Minor,
    /// The third release number; `micro` in calendar versioning.
    Patch,
    /// No number: drops what makes it a pre-release.
    Stable,
    /// The alpha number.
    Alpha,
    /// The beta number.
    Beta,
    /// The number of the release candidate.
    Rc,
    /// The number of the post-release.
    Post,
    /// The number of the development release.
    Dev,
}

impl Part {
    const ALL: [(&'static str, Self); 12] = [
        ("major", Self::Major),
        ("minor", Self::Minor),
        ("patch", Self::Patch),
        ("stable", Self::Stable),
        ("alpha", Self::Alpha),
        ("beta", Self::Beta),
        ("rc", Self::Rc),
        ("post", Self::Post),
        ("dev", Self::Dev),
        ("micro", Self::Patch),
        ("a", Self::Alpha),
        ("b", Self::Beta),
    ];

    /// Returns the name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, part)| *part == self);
        found.map_or("", |(name, _)| name)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Bump {
    fn is_release(&self) -> bool {
        matches!(self, Self::Part(Part::Major | Part::Minor | Part::Patch, _))
    }

    fn is_alone(&self) -> bool {
        matches!(self, Self::To(_) | Self::Part(Part::Post | Part::Stable, _))
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part, None) => part.fmt(f),
            Self::Part(part, Some(number)) => write!(f, "{part}={number}"),
            Self::To(version) => version.fmt(f),
        }
    }
}

impl FromStr for Bump {
    type Err = BumpError;

    /// Reads `minor`, `micro`, `rc`, `post=5` and the like, or a version.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, number) = match text.split_once('=') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let Some((_, part)) = Part::ALL.iter().find(|(known, _)| *known == name) else {
            return Version::parse(text)
                .map(Self::To)
                .map_err(|_| BumpError::unknown(text));
        };
        let number = match number {
            None => None,
            Some(number) if *part != Part::Stable && is_number(number) => {
                Some(number.parse().map_err(|_| BumpError::unknown(text))?)
            }
            Some(_) => return Err(BumpError::unknown(text)),
        };
        Ok(Self::Part(*part, number))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_together(bumps: &[Bump]) -> Result<(), BumpError> {
    let releases = bumps.iter().filter(|bump| bump.is_release()).count();
    let alone = bumps.iter().any(Bump::is_alone) && bumps.len() > 1;
    if bumps.is_empty() || alone || releases > 1 || bumps.len() - releases > 1 {
        return Err(BumpError::combination(bumps));
    }
    Ok(())
}

fn apply(version: &Version, bump: &Bump) -> Result<Version, VersionError> {
    let (part, number) = match bump {
        Bump::To(version) => return Ok(version.clone()),
        Bump::Part(part, number) => (*part, *number),
    };
    let count = |before: u64| match number {
        Some(number) => Ok(number),
        None => before
            .checked_add(1)
            .ok_or_else(|| VersionError::new(VersionErrorKind::NumberTooBig, &version.to_string())),
    };
    let parts = version.to_parts();
    let stable = |parts: VersionParts| parts.pre(None).post(None).dev(None);
    let phase = |pre: Pre| {
        let before = version.pre().filter(|(phase, _)| *phase == pre);
        let number = count(before.map_or(0, |(_, number)| number))?;
        stable(version.to_parts()).pre(Some((pre, number))).build()
    };
    let release = |index: usize| {
        let mut numbers = version.release().to_vec();
        numbers.resize(numbers.len().max(index + 1), 0);
        if let [number, below @ ..] = numbers.get_mut(index..).unwrap_or_default() {
            *number = count(*number)?;
            below.fill(0);
        }
        stable(version.to_parts()).release(numbers).build()
    };
    match part {
        Part::Major => release(0),
        Part::Minor => release(1),
        Part::Patch => release(2),
        Part::Stable => stable(parts).build(),
        Part::Alpha => phase(Pre::Alpha),
        Part::Beta => phase(Pre::Beta),
        Part::Rc => phase(Pre::Rc),
        Part::Post => {
            let number = count(version.post().unwrap_or(0))?;
            parts.post(Some(number)).dev(None).build()
        }
        Part::Dev => {
            let number = count(version.dev().unwrap_or(0))?;
            parts.dev(Some(number)).build()
        }
    }
}
