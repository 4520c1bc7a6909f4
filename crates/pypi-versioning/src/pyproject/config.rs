use crate::{Settings, TagFilter, VersionTemplate};

/// How a project wants its versions made, as its `pyproject.toml` says.
///
/// ```
/// use pypi_versioning::{ConfigTable, PyProject, Scheme};
///
/// let text = "[tool.setuptools_scm]\nversion_scheme = 'post-release'\nparentdir_prefix_version = 'x-'";
/// let project = PyProject::parse(text)?;
/// let config = project.config()?.ok_or("no configuration")?;
/// assert_eq!(config.table, ConfigTable::SetuptoolsScm);
/// assert_eq!(config.settings.scheme(), Scheme::PostRelease);
/// assert_eq!(config.unmapped[0].key, "tool.setuptools_scm.parentdir_prefix_version");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Where it was found.
    pub table: ConfigTable,
    /// How versions are made.
    pub settings: Settings,
    /// Which tags count.
    pub tags: TagFilter,
    /// The files that are to say the version.
    pub version_files: Vec<VersionFile>,
    /// What is configured and has no counterpart here: nothing of it is guessed.
    pub unmapped: Vec<Unmapped>,
}

/// The tables that configure versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigTable {
    /// `[tool.pypi-release.version]`.
    Own,
    /// `[tool.setuptools_scm]`.
    SetuptoolsScm,
    /// `[tool.vcs-versioning]`.
    VcsVersioning,
    /// `[tool.hatch.version]` with `source = "vcs"`.
    Hatch,
    /// `[tool.uv-dynamic-versioning]`.
    UvDynamicVersioning,
}

impl ConfigTable {
    pub(super) const ALL: [Self; 5] = [
        Self::Own,
        Self::SetuptoolsScm,
        Self::VcsVersioning,
        Self::Hatch,
        Self::UvDynamicVersioning,
    ];

    /// Returns the name of the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "tool.pypi-release.version",
            Self::SetuptoolsScm => "tool.setuptools_scm",
            Self::VcsVersioning => "tool.vcs-versioning",
            Self::Hatch => "tool.hatch.version",
            Self::UvDynamicVersioning => "tool.uv-dynamic-versioning",
        }
    }
}

/// A file that is to say the version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionFile {
    /// Where it is, relative to the `pyproject.toml`, with `/`.
    pub path: String,
    /// Its text, none for the one that belongs to the end of its name.
    pub template: Option<VersionTemplate>,
}

/// A key of another tool that has no counterpart here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unmapped {
    /// The key with all tables it is in.
    pub key: String,
    /// What to do about it.
    pub remedy: &'static str,
}
