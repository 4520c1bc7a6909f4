//! The parts that a bump increments.

use std::fmt;

/// A part of a version that [`bump`](crate::bump()) increments. Prints its name.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Bump, BumpPart};
///
/// assert_eq!("rc=2".parse::<Bump>()?, Bump::Part(BumpPart::Rc, Some(2)));
/// assert_eq!("micro".parse::<Bump>()?, Bump::Part(BumpPart::Patch, None));
/// assert_eq!(BumpPart::Patch.to_string(), "patch");
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BumpPart {
    /// The number of the alpha.
    Alpha,
    /// The number of the beta.
    Beta,
    /// The number of the development release.
    Dev,
    /// The first release number.
    Major,
    /// The second release number.
    Minor,
    /// The third release number; `micro` in calendar versioning.
    Patch,
    /// The number of the post-release.
    Post,
    /// The number of the release candidate.
    Rc,
    /// Not a number: removes everything after the release numbers.
    Stable,
}

impl BumpPart {
    /// Returns the name: `patch`, not its other name `micro`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Dev => "dev",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::Post => "post",
            Self::Rc => "rc",
            Self::Stable => "stable",
        }
    }

    pub(super) fn find(name: &str) -> Option<Self> {
        Some(match name {
            "alpha" | "a" => Self::Alpha,
            "beta" | "b" => Self::Beta,
            "dev" => Self::Dev,
            "major" => Self::Major,
            "minor" => Self::Minor,
            "patch" | "micro" => Self::Patch,
            "post" => Self::Post,
            "rc" => Self::Rc,
            "stable" => Self::Stable,
            _ => return None,
        })
    }
}

impl fmt::Display for BumpPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
