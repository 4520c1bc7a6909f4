use std::fmt;

use pep440_rs::PrereleaseKind;

/// The phases before a final release, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "PEP 440 has these three")]
pub enum Pre {
    /// `a`.
    Alpha,
    /// `b`.
    Beta,
    /// `rc`, a release candidate.
    Rc,
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

impl From<Pre> for PrereleaseKind {
    fn from(pre: Pre) -> Self {
        match pre {
            Pre::Alpha => Self::Alpha,
            Pre::Beta => Self::Beta,
            Pre::Rc => Self::Rc,
        }
    }
}

impl From<PrereleaseKind> for Pre {
    fn from(kind: PrereleaseKind) -> Self {
        match kind {
            PrereleaseKind::Alpha => Self::Alpha,
            PrereleaseKind::Beta => Self::Beta,
            PrereleaseKind::Rc => Self::Rc,
        }
    }
}
