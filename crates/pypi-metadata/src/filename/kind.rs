//! The kinds of distributions.

use std::fmt;

/// The kind of a distribution.
#[expect(
    clippy::exhaustive_enums,
    reason = "indexes accept these two and no others"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// A source distribution, `.tar.gz`.
    Sdist,
    /// A built distribution, `.whl`.
    Wheel,
}

impl Kind {
    /// The form field `filetype`: `sdist` or `bdist_wheel`.
    pub fn filetype(self) -> &'static str {
        match self {
            Self::Sdist => "sdist",
            Self::Wheel => "bdist_wheel",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sdist => "sdist",
            Self::Wheel => "wheel",
        })
    }
}
