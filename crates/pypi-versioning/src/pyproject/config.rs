//! What `pyproject.toml` configures.

use std::fmt;

use crate::{Settings, TagFilter, Version, VersionTemplate};

/// How a project wants its versions made, according to its `pyproject.toml`.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{ConfigTable, PyProject, Scheme};
///
/// let text = "[tool.setuptools_scm]\nversion_scheme = 'post-release'\nparentdir_prefix_version = 'x-'";
/// let project = PyProject::parse(text)?;
/// let config = project.config()?.ok_or("no configuration")?;
/// assert_eq!(config.table, ConfigTable::SetuptoolsScm);
/// assert_eq!(config.settings.scheme, Scheme::PostRelease);
/// assert_eq!(config.unmapped[0].key, "tool.setuptools_scm.parentdir_prefix_version");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// The table that was read.
    pub table: ConfigTable,
    /// How versions are made.
    pub settings: Settings,
    /// Which tags name versions.
    pub tags: TagFilter,
    /// The version outside of a repository, as in `fallback_version` of setuptools-scm, where neither
    /// an archive nor an sdist states one. Our own table does not have it.
    pub fallback_version: Option<Version>,
    /// The files to write the version to.
    pub version_files: Vec<VersionFile>,
    /// The keys without an equivalent in this crate.
    pub unmapped: Vec<Unmapped>,
}

/// The tables that configure versions, in order of precedence. Prints the name of the table.
///
/// # Examples
///
/// See [`Config`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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

impl fmt::Display for ConfigTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A file to write the version to.
///
/// # Examples
///
/// ```
/// use pypi_versioning::PyProject;
///
/// let text = "[tool.setuptools_scm]\nversion_file = 'src/demo/_version.py'";
/// let config = PyProject::parse(text)?.config()?.ok_or("no configuration")?;
/// assert_eq!(config.version_files[0].path, "src/demo/_version.py");
/// assert!(config.version_files[0].template.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct VersionFile {
    /// The path relative to `pyproject.toml`, with `/`.
    pub path: String,
    /// The template; if not set, the default one for the extension of the file.
    pub template: Option<VersionTemplate>,
}

/// A key of another tool without an equivalent in this crate. Prints one line.
///
/// # Examples
///
/// ```
/// use pypi_versioning::PyProject;
///
/// let text = "[tool.setuptools_scm]\nroot = '..'";
/// let config = PyProject::parse(text)?.config()?.ok_or("no configuration")?;
/// assert_eq!(
///     config.unmapped[0].to_string(),
///     "tool.setuptools_scm.root is not read: pass the folder to the command"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Unmapped {
    /// The key with all its tables.
    pub key: String,
    /// What to do about it.
    pub help: &'static str,
}

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not read: {}", self.key.escape_debug(), self.help)
    }
}
