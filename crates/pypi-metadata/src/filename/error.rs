//! Why a file name is not that of a wheel or sdist.

use std::fmt;

use crate::python_repr;

/// A file name that is not that of a wheel or sdist.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Filename, FilenameErrorKind};
///
/// let error = Filename::parse("demo-1.0-py3-none.whl").unwrap_err();
/// assert_eq!(error.kind(), FilenameErrorKind::Parts);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FilenameError {
    kind: FilenameErrorKind,
    filename: String,
    part: String,
}

/// What is wrong with a file name. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FilenameErrorKind {
    /// The build tag of a wheel does not start with a digit.
    Build,
    /// The name has a character that no wheel or sdist has: a slash, a quote, a blank, or one outside ASCII.
    Character,
    /// The name ends in neither `.whl` nor `.tar.gz`.
    Extension,
    /// The part before the version is not a project name.
    Name,
    /// A wheel's name does not have five or six parts, or an sdist's two.
    Parts,
    /// The part after the name is not a PEP 440 version.
    Version,
}

impl FilenameError {
    pub(super) fn new(kind: FilenameErrorKind, filename: &str, part: &str) -> Self {
        Self {
            kind,
            filename: filename.to_owned(),
            part: part.to_owned(),
        }
    }

    /// The category, for `match`.
    pub fn kind(&self) -> FilenameErrorKind {
        self.kind
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self.kind {
            FilenameErrorKind::Extension => {
                Some("give wheels and sdists that a build backend made")
            }
            _ => Some("build the distribution again and do not rename it"),
        }
    }

    /// The sentence with which PyPI rejects a wheel of this name, if it parses the name at all.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/legacy.py` with `packaging` 26.2.
    pub(crate) fn index_text(&self) -> Option<String> {
        let stem = python_repr(self.filename.strip_suffix(".whl")?);
        Some(match self.kind {
            FilenameErrorKind::Build => format!("Invalid build number: {} in {stem}", self.part),
            FilenameErrorKind::Character | FilenameErrorKind::Extension => return None,
            FilenameErrorKind::Name => format!("Invalid project name: {stem}"),
            FilenameErrorKind::Parts => {
                format!("Invalid wheel filename (wrong number of parts): {stem}")
            }
            FilenameErrorKind::Version => {
                format!("Invalid wheel filename (invalid version): {stem}")
            }
        })
    }
}

impl fmt::Display for FilenameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = &self.part;
        match self.kind {
            FilenameErrorKind::Build => {
                write!(f, "the build tag {part:?} in the file name does not start with a digit")
            }
            FilenameErrorKind::Character => {
                write!(f, "the file name contains {part:?}, which is not allowed in the name of a wheel or sdist")
            }
            FilenameErrorKind::Extension => {
                f.write_str("the file name ends in neither .whl nor .tar.gz")
            }
            FilenameErrorKind::Name => {
                write!(f, "{part:?} in the file name is not a valid project name")
            }
            FilenameErrorKind::Parts => f.write_str(
                "the file name is not of the form NAME-VERSION.tar.gz or NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl",
            ),
            FilenameErrorKind::Version => {
                write!(f, "{part:?} in the file name is not a valid PEP 440 version")
            }
        }
    }
}

impl std::error::Error for FilenameError {}
