//! The phases of a pre-release.

use std::fmt;

use pep440_rs::PrereleaseKind;

/// The phase of a pre-release, in order.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Pre, Version};
///
/// assert_eq!(Version::parse("1.0.beta-2")?.pre(), Some((Pre::Beta, 2)));
/// assert!(Pre::Beta < Pre::Rc);
/// # Ok::<(), pypi_versioning::VersionError>(())
/// ```
///
/// # Source
///
/// [PEP 440, "Pre-releases"](https://peps.python.org/pep-0440/#pre-releases)
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "PEP 440 has these three")]
pub enum Pre {
    /// `a`, an alpha release.
    Alpha,
    /// `b`, a beta release.
    Beta,
    /// `rc`, a release candidate.
    Rc,
}

impl Pre {
    pub(super) fn from_pep440(kind: PrereleaseKind) -> Self {
        match kind {
            PrereleaseKind::Alpha => Self::Alpha,
            PrereleaseKind::Beta => Self::Beta,
            PrereleaseKind::Rc => Self::Rc,
        }
    }

    pub(super) fn to_pep440(self) -> PrereleaseKind {
        match self {
            Self::Alpha => PrereleaseKind::Alpha,
            Self::Beta => PrereleaseKind::Beta,
            Self::Rc => PrereleaseKind::Rc,
        }
    }
}

impl fmt::Display for Pre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alpha => "a",
            Self::Beta => "b",
            Self::Rc => "rc",
        })
    }
}
