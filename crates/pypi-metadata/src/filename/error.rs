//! Why a file name is not that of a wheel or sdist.

use std::fmt;

use pypi_versioning::{Version, VersionErrorKind};

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
    /// A wheel's name does not have five or six parts (seven with a variant label), or an sdist's two.
    Parts,
    /// The variant label of a wheel has a character other than lower-case letters, digits, `_` and `.`.
    Variant,
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

    /// The sentence with which PyPI rejects a wheel of this name, if `packaging` cannot parse it either.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/legacy.py` with `packaging.utils.parse_wheel_filename` 26.2.
    pub(crate) fn index_text(&self) -> Option<String> {
        let stem = self.filename.strip_suffix(".whl")?;
        let quoted = python_repr(stem);
        let parts: Vec<&str> = stem.split('-').collect();
        let (name, version, build) = match parts.as_slice() {
            [name, version, _, _, _] => (name, version, None),
            [name, version, build, _, _, _] => (name, version, Some(build)),
            _ => return Some(parts_text(stem)),
        };
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        if name.contains("__") || !name.chars().all(is_name) {
            return Some(format!("Invalid project name: {quoted}"));
        }
        let version = Version::parse(version).err();
        if version.is_some_and(|error| error.kind() == VersionErrorKind::Invalid) {
            return Some(format!(
                "Invalid wheel filename (invalid version): {quoted}"
            ));
        }
        build
            .filter(|build| !build.starts_with(|c: char| c.is_numeric()))
            .map(|_| parts_text(stem))
    }
}

/// The sentence with which PyPI rejects the name of a wheel that has too few or too many parts, or of six parts a third that
/// is not a build tag. The name is given without its extension.
pub(crate) fn parts_text(stem: &str) -> String {
    let quoted = python_repr(stem);
    let parts: Vec<&str> = stem.split('-').collect();
    match parts.as_slice() {
        [_, _, build, _, _, _] => format!("Invalid build number: {build} in {quoted}"),
        _ => format!("Invalid wheel filename (wrong number of parts): {quoted}"),
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
            FilenameErrorKind::Variant => write!(
                f,
                "the variant label {part:?} in the file name is not made of lower-case letters, digits, '_' and '.' only"
            ),
            FilenameErrorKind::Version => {
                write!(f, "{part:?} in the file name is not a valid PEP 440 version")
            }
        }
    }
}

impl std::error::Error for FilenameError {}
