//! The file names of wheels and sdists.

use std::fmt;

use pypi_versioning::Version;

use crate::{ProjectName, python_repr};

/// The file name of a distribution, taken apart.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Filename, Kind};
///
/// let wheel = Filename::parse("my_demo-1.0-cp312-abi3-win_amd64.whl")?;
/// assert_eq!(wheel.kind(), Kind::Wheel);
/// assert_eq!(wheel.name().normalized(), "my-demo");
/// assert_eq!(wheel.pyversion(), "cp312");
/// assert_eq!(Filename::parse("my_demo-1.0.tar.gz")?.kind(), Kind::Sdist);
/// # Ok::<(), pypi_metadata::FilenameError>(())
/// ```
///
/// # Source
///
/// Binary distribution format specification (wheels), PEP 625 (sdists).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Filename {
    text: String,
    kind: Kind,
    name: ProjectName,
    version: Version,
    /// The parts of the stem: name, version, and a wheel's build tag and compatibility tags.
    parts: Vec<String>,
}

/// What a distribution is.
#[expect(
    clippy::exhaustive_enums,
    reason = "indexes take these two and no other"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// A source distribution, `.tar.gz`.
    Sdist,
    /// A built distribution, `.whl`.
    Wheel,
}

/// A file name that is of no wheel and of no sdist. Prints what was expected.
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
    /// A wheel's build tag does not begin with a digit.
    Build,
    /// It holds a character that no distribution's name has: a slash, a quote, a blank, or one outside ASCII.
    Character,
    /// It ends in neither `.whl` nor `.tar.gz`.
    Extension,
    /// The part before the version is no project name.
    Name,
    /// A wheel's name has not five or six parts, or an sdist's not two.
    Parts,
    /// The part after the name is no PEP 440 version.
    Version,
}

impl Filename {
    /// Reads a file name, without any folder before it.
    ///
    /// # Errors
    ///
    /// [`FilenameErrorKind`] says what is wrong with it.
    pub fn parse(filename: &str) -> Result<Self, FilenameError> {
        let (kind, stem) = if let Some(stem) = filename.strip_suffix(".whl") {
            (Kind::Wheel, stem)
        } else if let Some(stem) = filename.strip_suffix(".tar.gz") {
            (Kind::Sdist, stem)
        } else {
            return Err(FilenameError::new(
                FilenameErrorKind::Extension,
                filename,
                "",
            ));
        };
        let error = |kind, part: &str| FilenameError::new(kind, filename, part);
        if let Some(odd) = stem.chars().find(|c| !is_filename_char(*c)) {
            return Err(error(FilenameErrorKind::Character, &odd.to_string()));
        }
        let parts = match kind {
            Kind::Wheel => wheel_parts(stem).map_err(|(kind, part)| error(kind, part))?,
            Kind::Sdist => {
                let parts = stem.rsplit_once('-');
                let (name, version) = parts.ok_or_else(|| error(FilenameErrorKind::Parts, stem))?;
                vec![name, version]
            }
        };
        let [name, version, ..] = parts.as_slice() else {
            return Err(error(FilenameErrorKind::Parts, stem));
        };
        Ok(Self {
            kind,
            name: ProjectName::parse(name).map_err(|_| error(FilenameErrorKind::Name, name))?,
            version: Version::parse(version)
                .map_err(|_| error(FilenameErrorKind::Version, version))?,
            text: filename.to_owned(),
            parts: parts.into_iter().map(str::to_owned).collect(),
        })
    }

    /// The whole name, such as `demo-1.0-py3-none-any.whl`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is of a wheel or of an sdist.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The project.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// The version, in its normal form whatever the spelling.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The form field `pyversion`: a wheel's Python tag, or `source`.
    pub fn pyversion(&self) -> &str {
        match self.kind {
            Kind::Sdist => "source",
            Kind::Wheel => self.parts.iter().rev().nth(2).map_or("", String::as_str),
        }
    }

    /// A wheel's platform tags, such as `any`, or `manylinux_2_17_x86_64` and `manylinux2014_x86_64`; none of an sdist.
    pub fn platform_tags(&self) -> impl Iterator<Item = &str> {
        self.tags(0)
    }

    /// A wheel's ABI tags, such as `none` or `abi3`; none of an sdist.
    pub fn abi_tags(&self) -> impl Iterator<Item = &str> {
        self.tags(1)
    }

    /// A wheel's Python tags, such as `py3` or `cp312`; none of an sdist.
    pub fn python_tags(&self) -> impl Iterator<Item = &str> {
        self.tags(2)
    }

    fn tags(&self, from_end: usize) -> impl Iterator<Item = &str> {
        let parts = matches!(self.kind, Kind::Wheel).then_some(self.parts.as_slice());
        let part = parts.unwrap_or_default().iter().rev().nth(from_end);
        part.into_iter().flat_map(|part| part.split('.'))
    }

    /// The part before the version, exactly as spelled.
    pub(crate) fn name_part(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    /// A wheel's folder of metadata, which is named by the literal parts of the file name.
    pub(crate) fn dist_info(&self) -> String {
        let version = self.parts.get(1).map_or("", String::as_str);
        format!("{}-{version}.dist-info", self.name_part())
    }
}

fn is_filename_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!')
}

fn wheel_parts(stem: &str) -> Result<Vec<&str>, (FilenameErrorKind, &str)> {
    let parts: Vec<&str> = stem.split('-').collect();
    match parts.as_slice() {
        [_, _, _, _, _] => Ok(parts),
        [_, _, build, _, _, _] if build.starts_with(|c: char| c.is_ascii_digit()) => Ok(parts),
        [_, _, build, _, _, _] => Err((FilenameErrorKind::Build, build)),
        _ => Err((FilenameErrorKind::Parts, stem)),
    }
}

impl fmt::Display for Filename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
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

impl FilenameError {
    fn new(kind: FilenameErrorKind, filename: &str, part: &str) -> Self {
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

    /// The sentence with which PyPI refuses such a wheel; for a file of another extension it has more than one.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/legacy.py` with `packaging` 26.2.
    pub fn index_text(&self) -> Option<String> {
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
        match self.kind {
            FilenameErrorKind::Build => {
                write!(f, "the build tag {:?} of the file name does not begin with a digit", self.part)
            }
            FilenameErrorKind::Character => {
                write!(f, "the file name holds {:?}, which no wheel and no sdist has in its name", self.part)
            }
            FilenameErrorKind::Extension => {
                f.write_str("is neither a wheel (.whl) nor an sdist (.tar.gz): give files that a build backend made")
            }
            FilenameErrorKind::Name => write!(f, "{:?} in the file name is no project name", self.part),
            FilenameErrorKind::Parts => f.write_str(
                "the file name is not NAME-VERSION.tar.gz or NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl: build the distribution again, do not rename it",
            ),
            FilenameErrorKind::Version => {
                write!(f, "{:?} in the file name is no PEP 440 version", self.part)
            }
        }
    }
}

impl std::error::Error for FilenameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_wheel() {
        let wheel = Filename::parse("my_demo-1.0-2b-py2.py3-none-any.whl").expect("a wheel");
        assert_eq!(wheel.pyversion(), "py2.py3");
        assert_eq!(wheel.dist_info(), "my_demo-1.0.dist-info");
        assert_eq!(wheel.kind().filetype(), "bdist_wheel");
    }

    #[test]
    fn an_sdist_of_before_pep_625_is_one_too() {
        let sdist = Filename::parse("My-Demo-1.0rc1.tar.gz").expect("an sdist");
        assert_eq!(sdist.name_part(), "My-Demo");
        assert_eq!(
            (sdist.version().to_string().as_str(), sdist.pyversion()),
            ("1.0rc1", "source")
        );
    }

    #[test]
    fn what_is_wrong_has_a_kind() {
        for (filename, kind) in [
            ("README.md", FilenameErrorKind::Extension),
            ("demo-1.0.zip", FilenameErrorKind::Extension),
            ("", FilenameErrorKind::Extension),
            (".whl", FilenameErrorKind::Parts),
            ("demo-1.0-py3-none.whl", FilenameErrorKind::Parts),
            ("demo-1.0-b1-py3-none-any.whl", FilenameErrorKind::Build),
            ("demo-one-py3-none-any.whl", FilenameErrorKind::Version),
            ("demo-1.0-py3-none-a\"b.whl", FilenameErrorKind::Character),
            ("../demo-1.0.tar.gz", FilenameErrorKind::Character),
            ("_-1.0-py3-none-any.whl", FilenameErrorKind::Name),
            ("demo.tar.gz", FilenameErrorKind::Parts),
        ] {
            let error = Filename::parse(filename).expect_err(filename);
            assert_eq!(error.kind(), kind, "{filename}");
        }
    }
}
