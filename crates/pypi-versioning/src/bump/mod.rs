//! Version bumps.

mod error;
mod part;

use std::{fmt, str::FromStr};

use crate::{Error, Pre, Version, VersionError, VersionErrorKind, VersionParts};

pub use part::BumpPart;

/// Returns the next version, like `uv version --bump`: the parts below the one that is incremented
/// are removed or set to zero, numbers of pre-, post- and development releases start at 1, and the
/// result is higher than `version`, or an error.
///
/// One of major, minor and patch can be combined with one of alpha, beta, rc and dev, in any order.
/// All other bumps have to be alone. A local part is removed, where uv keeps it: it belongs to
/// another version.
///
/// # Errors
///
/// - [`ErrorKind::InvalidBump`](crate::ErrorKind::InvalidBump) if the bumps cannot be combined, or
///   none is given.
/// - [`ErrorKind::NotHigher`](crate::ErrorKind::NotHigher) if the result is not higher: an index
///   would hide it, or have it already.
/// - [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) if the result would exceed the limits of
///   [`Version`].
///
/// # Examples
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
pub fn bump(version: &Version, bumps: &[Bump]) -> Result<Version, Error> {
    check_combination(bumps)?;
    // Release parts come first in any order, because they remove the others.
    let (release, others): (Vec<_>, Vec<_>) = bumps.iter().partition(|bump| bump.is_release());
    let mut bumped = version.public();
    for one in release.into_iter().chain(others) {
        bumped = apply(&bumped, one).map_err(|error| error::out_of_range(version, error))?;
    }
    if bumped <= *version {
        return Err(error::not_higher(version, &bumped, bumps));
    }
    Ok(bumped)
}

/// One step to a higher version: `minor`, `rc`, `post=5`, or the version itself, `2.0.0`.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Bump, BumpPart};
///
/// let bump: Bump = "post=5".parse()?;
/// assert_eq!(bump, Bump::Part(BumpPart::Post, Some(5)));
/// assert_eq!(bump.to_string(), "post=5");
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Bump {
    /// Increments a part, or sets it to the number.
    Part(BumpPart, Option<u64>),
    /// Sets the version.
    To(Version),
}

impl Bump {
    fn is_release(&self) -> bool {
        matches!(
            self,
            Self::Part(BumpPart::Major | BumpPart::Minor | BumpPart::Patch, _)
        )
    }

    fn must_be_alone(&self) -> bool {
        matches!(
            self,
            Self::To(_) | Self::Part(BumpPart::Post | BumpPart::Stable, _)
        )
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
    type Err = Error;

    /// Parses `minor`, `micro`, `rc`, `post=5` and the like, or a version.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || error::unknown(text);
        let (name, number) = match text.split_once('=') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let Some(part) = BumpPart::find(name) else {
            return Version::parse(text).map(Self::To).map_err(|_| unknown());
        };
        let number = match number {
            None => None,
            Some(number) if part != BumpPart::Stable && is_number(number) => {
                Some(number.parse().map_err(|_| unknown())?)
            }
            Some(_) => return Err(unknown()),
        };
        Ok(Self::Part(part, number))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_combination(bumps: &[Bump]) -> Result<(), Error> {
    let releases = bumps.iter().filter(|bump| bump.is_release()).count();
    let not_alone = bumps.iter().any(Bump::must_be_alone) && bumps.len() > 1;
    if bumps.is_empty() || not_alone || releases > 1 || bumps.len() - releases > 1 {
        return Err(error::combination(bumps));
    }
    Ok(())
}

fn apply(version: &Version, bump: &Bump) -> Result<Version, VersionError> {
    let (part, number) = match bump {
        Bump::To(version) => return Ok(version.clone()),
        Bump::Part(part, number) => (*part, *number),
    };
    let next = |current: u64| match number {
        Some(number) => Ok(number),
        None => current
            .checked_add(1)
            .ok_or_else(|| VersionError::new(VersionErrorKind::NumberTooBig, &version.to_string())),
    };
    let parts = version.to_parts();
    let stable = |parts: VersionParts| parts.pre(None).post(None).dev(None);
    let pre = |pre: Pre| {
        let current = version.pre().filter(|(phase, _)| *phase == pre);
        let number = next(current.map_or(0, |(_, number)| number))?;
        stable(version.to_parts()).pre(Some((pre, number))).build()
    };
    let release = |index: usize| {
        let mut numbers = version.release().to_vec();
        numbers.resize(numbers.len().max(index + 1), 0);
        if let [number, below @ ..] = numbers.get_mut(index..).unwrap_or_default() {
            *number = next(*number)?;
            below.fill(0);
        }
        stable(version.to_parts()).release(numbers).build()
    };
    match part {
        BumpPart::Major => release(0),
        BumpPart::Minor => release(1),
        BumpPart::Patch => release(2),
        BumpPart::Stable => stable(parts).build(),
        BumpPart::Alpha => pre(Pre::Alpha),
        BumpPart::Beta => pre(Pre::Beta),
        BumpPart::Rc => pre(Pre::Rc),
        BumpPart::Post => {
            let number = next(version.post().unwrap_or(0))?;
            parts.post(Some(number)).dev(None).build()
        }
        BumpPart::Dev => {
            let number = next(version.dev().unwrap_or(0))?;
            parts.dev(Some(number)).build()
        }
    }
}
