//! The file names of wheels and sdists.

mod comparison;
mod error;
mod kind;
mod variant;

use std::{fmt, str::FromStr};

use pypi_versioning::Version;

use crate::ProjectName;
pub(crate) use error::parts_text;
pub use error::{FilenameError, FilenameErrorKind};
pub use kind::Kind;
use variant::variant;

/// The file name of a wheel or sdist, parsed.
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
/// [Binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention)
/// and [Source distribution format](https://packaging.python.org/en/latest/specifications/source-distribution-format/#source-distribution-file-name)
/// (PEP 625), 2026-08.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Filename {
    text: String,
    kind: Kind,
    name: ProjectName,
    version: Version,
    /// The parts of the stem: name, version, and the build and compatibility tags of a wheel.
    parts: Vec<String>,
    /// The last part of the stem of a variant wheel.
    variant: Option<String>,
}

impl Filename {
    /// Parses a file name without a folder.
    ///
    /// # Errors
    ///
    /// If it is not the name of a wheel or sdist; [`FilenameErrorKind`] says why.
    pub fn parse(filename: &str) -> Result<Self, FilenameError> {
        let error = |kind, part: &str| FilenameError::new(kind, filename, part);
        let (kind, stem) = if let Some(stem) = filename.strip_suffix(".whl") {
            (Kind::Wheel, stem)
        } else if let Some(stem) = filename.strip_suffix(".tar.gz") {
            (Kind::Sdist, stem)
        } else {
            return Err(error(FilenameErrorKind::Extension, ""));
        };
        if let Some(odd) = stem.chars().find(|c| !is_filename_char(*c)) {
            return Err(error(FilenameErrorKind::Character, &odd.to_string()));
        }
        let mut parts: Vec<&str> = match kind {
            Kind::Wheel => stem.split('-').collect(),
            Kind::Sdist => stem
                .rsplit_once('-')
                .map_or_else(Vec::new, |(name, version)| vec![name, version]),
        };
        let is_complete = kind == Kind::Sdist || (5..=7).contains(&parts.len());
        let [name, version, tags @ ..] = parts.as_slice() else {
            return Err(error(FilenameErrorKind::Parts, stem));
        };
        if !is_complete {
            return Err(error(FilenameErrorKind::Parts, stem));
        }
        if kind == Kind::Wheel && name.contains("__") {
            // The standard escapes each run of separators with one underscore.
            return Err(error(FilenameErrorKind::Name, name));
        }
        let parsed = ProjectName::parse(name).map_err(|_| error(FilenameErrorKind::Name, name))?;
        let version =
            Version::parse(version).map_err(|_| error(FilenameErrorKind::Version, version))?;
        let variant = variant(tags).map_err(|(kind, part)| error(kind, part.unwrap_or(stem)))?;
        if variant.is_some() {
            parts.pop();
        }
        Ok(Self {
            kind,
            name: parsed,
            version,
            text: filename.to_owned(),
            parts: parts.into_iter().map(str::to_owned).collect(),
            variant: variant.map(str::to_owned),
        })
    }

    /// The name of the sdist of a release, or of its wheel with these `tags`: the Python, ABI and platform tag, after
    /// the build tag if there is one, and before the variant label if there is one.
    ///
    /// The name and version are written in the normalized form that PyPI requires.
    ///
    /// # Errors
    ///
    /// If `tags` are not those of a wheel: [`FilenameErrorKind::Parts`], [`Build`](FilenameErrorKind::Build),
    /// [`Character`](FilenameErrorKind::Character) or [`Variant`](FilenameErrorKind::Variant).
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Filename, ProjectName, Version};
    ///
    /// let (name, version) = (ProjectName::parse("My.Demo")?, Version::parse("1.0-rc.1")?);
    /// assert_eq!(Filename::build(&name, &version, None)?.as_str(), "my_demo-1.0rc1.tar.gz");
    /// let wheel = Filename::build(&name, &version, Some("1-py3-none-any"))?;
    /// assert_eq!(wheel.as_str(), "my_demo-1.0rc1-1-py3-none-any.whl");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(
        name: &ProjectName,
        version: &Version,
        tags: Option<&str>,
    ) -> Result<Self, FilenameError> {
        let stem = format!("{}-{version}", name.filename_part());
        Self::parse(&match tags {
            Some(tags) => format!("{stem}-{tags}.whl"),
            None => format!("{stem}.tar.gz"),
        })
    }

    /// The whole name, such as `demo-1.0-py3-none-any.whl`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names a wheel or an sdist.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The project.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// The version, normalized whatever its spelling in the name.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The form field `pyversion`: the Python tag of a wheel, or `source`.
    pub fn pyversion(&self) -> &str {
        match self.kind {
            Kind::Sdist => "source",
            Kind::Wheel => self.parts.iter().rev().nth(2).map_or("", String::as_str),
        }
    }

    /// The build tag of a wheel, such as `1` or `2b`.
    pub fn build_tag(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [_, _, build, _, _, _] => Some(build),
            _ => None,
        }
    }

    /// The variant label of a wheel, such as `x86_64_v3` or `null`: the part after the platform tag. PyPI rejects such a
    /// name, so [`check`](crate::Distribution::check) returns an error for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Filename;
    ///
    /// let wheel = Filename::parse("demo-1.0-cp313-cp313-win_amd64-x86_64_v3.whl")?;
    /// assert_eq!(wheel.variant(), Some("x86_64_v3"));
    /// assert_eq!(wheel.tags().collect::<Vec<_>>(), ["cp313-cp313-win_amd64"]);
    /// assert_eq!(Filename::parse("demo-1.0-1-py3-none-any.whl")?.variant(), None);
    /// # Ok::<(), pypi_metadata::FilenameError>(())
    /// ```
    ///
    /// # Source
    ///
    /// [PEP 825](https://peps.python.org/pep-0825/#variant-label), draft of 2026-08-22.
    pub fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }

    /// Every compatibility tag of a wheel; a compressed set such as `py2.py3-none-any` is expanded. An sdist has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Filename;
    ///
    /// let wheel = Filename::parse("demo-1.0-py2.py3-none-any.whl")?;
    /// assert_eq!(wheel.tags().collect::<Vec<_>>(), ["py2-none-any", "py3-none-any"]);
    /// # Ok::<(), pypi_metadata::FilenameError>(())
    /// ```
    pub fn tags(&self) -> impl Iterator<Item = String> {
        self.python_tags().flat_map(move |python| {
            self.abi_tags().flat_map(move |abi| {
                let platforms = self.platform_tags();
                platforms.map(move |platform| format!("{python}-{abi}-{platform}"))
            })
        })
    }

    /// The platform tags of a wheel, such as `any`, or `manylinux_2_17_x86_64` and `manylinux2014_x86_64`.
    pub fn platform_tags(&self) -> impl Iterator<Item = &str> {
        self.tag_set(0)
    }

    /// The ABI tags of a wheel, such as `none` or `abi3`.
    pub fn abi_tags(&self) -> impl Iterator<Item = &str> {
        self.tag_set(1)
    }

    /// The Python tags of a wheel, such as `py3` or `cp312`.
    pub fn python_tags(&self) -> impl Iterator<Item = &str> {
        self.tag_set(2)
    }

    fn tag_set(&self, from_end: usize) -> impl Iterator<Item = &str> {
        let parts = matches!(self.kind, Kind::Wheel).then_some(self.parts.as_slice());
        let part = parts.unwrap_or_default().iter().rev().nth(from_end);
        part.into_iter().flat_map(|part| part.split('.'))
    }

    /// The project of an sdist if its version has a hyphen, as that of `demo-1.0-1.tar.gz` may be `1.0-1`, which is
    /// `1.0.post1`.
    pub(crate) fn name_before_hyphens(&self) -> Option<ProjectName> {
        let (rest, _) = self.text.rsplit_once('-')?;
        let (name, _) = rest.rsplit_once('-')?;
        ProjectName::parse(name)
            .ok()
            .filter(|_| self.kind == Kind::Sdist)
    }

    /// The part before the version, exactly as spelled.
    pub(crate) fn name_part(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    /// The metadata folder of a wheel, which is named after the literal parts of the file name.
    pub(crate) fn dist_info(&self) -> String {
        let version = self.parts.get(1).map_or("", String::as_str);
        format!("{}-{version}.dist-info", self.name_part())
    }
}

fn is_filename_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!')
}

impl FromStr for Filename {
    type Err = FilenameError;

    fn from_str(text: &str) -> Result<Self, FilenameError> {
        Self::parse(text)
    }
}

impl fmt::Display for Filename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_wheel() {
        let wheel = Filename::parse("my_demo-1.0-2b-py2.py3-none-any.whl").expect("a wheel");
        assert_eq!(wheel.pyversion(), "py2.py3");
        assert_eq!(wheel.build_tag(), Some("2b"));
        assert_eq!(wheel.dist_info(), "my_demo-1.0.dist-info");
        assert_eq!(wheel.kind().filetype(), "bdist_wheel");
    }

    #[test]
    fn a_variant_label_is_the_part_after_the_tags() {
        for (filename, build, variant) in [
            ("demo-1.0-cp313-abi3-any-v3", None, Some("v3")),
            ("demo-1.0-1a-cp313-abi3-any-null", Some("1a"), Some("null")),
            ("demo-1.0-1-cp313-abi3-any", Some("1"), None),
            ("demo-1.0-py3-none-any-cp3.1_", None, Some("cp3.1_")),
            ("demo-1.0-brython3-none-any-v3", None, Some("v3")),
        ] {
            let wheel = Filename::parse(&format!("{filename}.whl")).expect(filename);
            assert_eq!((wheel.build_tag(), wheel.variant()), (build, variant));
            assert_eq!(wheel.platform_tags().collect::<Vec<_>>(), ["any"]);
            assert_eq!(wheel.dist_info(), "demo-1.0.dist-info");
        }
    }

    #[test]
    fn an_sdist_name_older_than_pep_625_is_parsed() {
        let sdist = Filename::parse("My-Demo-1.0rc1.tar.gz").expect("an sdist");
        assert_eq!(sdist.name_part(), "My-Demo");
        assert_eq!(
            (sdist.version().to_string().as_str(), sdist.pyversion()),
            ("1.0rc1", "source")
        );
        assert_eq!((sdist.build_tag(), sdist.tags().next()), (None, None));
    }

    #[test]
    fn compressed_tags_are_expanded() {
        let wheel = "demo-1.0-cp39.cp310-abi3-win32.win_amd64.whl";
        let wheel = Filename::parse(wheel).expect("a wheel");
        assert_eq!(
            wheel.tags().collect::<Vec<_>>(),
            [
                "cp39-abi3-win32",
                "cp39-abi3-win_amd64",
                "cp310-abi3-win32",
                "cp310-abi3-win_amd64"
            ]
        );
    }

    #[test]
    fn tags_that_are_not_a_wheels_cannot_be_built() {
        let name = ProjectName::parse("demo").expect("a name");
        let version = Version::parse("1.0").expect("a version");
        for (tags, kind) in [
            ("py3-none", FilenameErrorKind::Parts),
            ("b1-py3-none-any", FilenameErrorKind::Build),
            ("py3-none-a/b", FilenameErrorKind::Character),
        ] {
            let error = Filename::build(&name, &version, Some(tags)).expect_err(tags);
            assert_eq!(error.kind(), kind, "{tags}");
        }
    }

    #[test]
    fn each_error_has_its_kind() {
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
            ("demo__x-1.0-py3-none-any.whl", FilenameErrorKind::Name),
            ("demo.tar.gz", FilenameErrorKind::Parts),
            ("demo-1.0-cp313-abi3-any-V3.whl", FilenameErrorKind::Variant),
            ("demo-1.0-cp313-abi3-any-.whl", FilenameErrorKind::Variant),
            (
                "demo-1.0-1-cp313-abi3-any-a+b.whl",
                FilenameErrorKind::Variant,
            ),
            ("demo-1.0-1-313-abi3-any-v3.whl", FilenameErrorKind::Parts),
            ("demo-1.0-cp313-abi3-any-a-b.whl", FilenameErrorKind::Parts),
        ] {
            let error = Filename::parse(filename).expect_err(filename);
            assert_eq!(error.kind(), kind, "{filename}");
        }
    }
}
