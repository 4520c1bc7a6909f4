use toml_edit::{Item, TableLike};

use super::foreign;
use super::{PyProject, PyProjectError};
use crate::settings::Settings;
use crate::tag::TagFilter;
use crate::version::Version;
use crate::version_file::VersionTemplate;

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
    const ALL: [Self; 5] = [
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

impl PyProject {
    /// Reads the first table that configures versions, none where there is none.
    ///
    /// `[tool.pypi-release.version]` comes first; it has the keys `scheme`, `local-scheme`,
    /// `node-length`, `base`, `tag-prefix`, `tag-glob`, `tag-dot-required`, `version-file` and
    /// `version-file-template`. Those of other tools are mapped where they mean the same, and
    /// listed in [`Config::unmapped`] where not.
    ///
    /// # Errors
    ///
    /// Says [`PyProjectErrorKind::UnknownKey`](crate::PyProjectErrorKind::UnknownKey) for the
    /// own table, and the kinds of wrong values for all.
    pub fn config(&self) -> Result<Option<Config>, PyProjectError> {
        for table in ConfigTable::ALL {
            let Some(item) = self.get(table.name()) else {
                continue;
            };
            let Some(values) = item.as_table_like() else {
                return Err(PyProjectError::wrong_type(table.name(), "a table"));
            };
            let mut reader = Reader::new(table);
            match table {
                ConfigTable::Own => reader.own(values)?,
                ConfigTable::SetuptoolsScm | ConfigTable::VcsVersioning => {
                    foreign::setuptools_scm(&mut reader, table.name(), values)?;
                }
                ConfigTable::Hatch => {
                    if values.get("source").and_then(Item::as_str) != Some("vcs") {
                        continue;
                    }
                    let hook = self
                        .get("tool.hatch.build.hooks.vcs")
                        .and_then(Item::as_table_like);
                    foreign::hatch(&mut reader, values, hook)?;
                }
                ConfigTable::UvDynamicVersioning => foreign::uv(&mut reader, values)?,
            }
            return reader.finish().map(Some);
        }
        Ok(None)
    }
}

/// Collects what tables say.
pub(super) struct Reader {
    pub(super) config: Config,
    file: Option<String>,
    template: Option<VersionTemplate>,
}

impl Reader {
    fn new(table: ConfigTable) -> Self {
        let config = Config {
            table,
            settings: Settings::new(),
            tags: TagFilter::new(),
            version_files: Vec::new(),
            unmapped: Vec::new(),
        };
        Self {
            config,
            file: None,
            template: None,
        }
    }

    fn finish(mut self) -> Result<Config, PyProjectError> {
        match (self.file, self.template) {
            (Some(path), template) => self
                .config
                .version_files
                .push(VersionFile { path, template }),
            (None, Some(_)) => {
                let reason = "a template is set and no file to write: set the file too";
                return Err(PyProjectError::value(self.config.table.name(), &reason));
            }
            (None, None) => {}
        }
        Ok(self.config)
    }

    fn own(&mut self, values: &dyn TableLike) -> Result<(), PyProjectError> {
        const KEYS: &str = "scheme, local-scheme, node-length, base, tag-prefix, tag-glob, \
                            tag-dot-required, version-file, version-file-template";
        for (name, item) in values.iter() {
            let key = &format!("{}.{name}", ConfigTable::Own.name());
            match name {
                "scheme" => self.scheme(key, text(key, item)?)?,
                "local-scheme" => self.local_scheme(key, text(key, item)?)?,
                "node-length" => self.node_length(key, item)?,
                "base" => self.base(key, item)?,
                "tag-prefix" => self.tags(|tags| Ok(tags.with_prefix(text(key, item)?)))?,
                "tag-glob" => self.tags(|tags| Ok(tags.with_glob(text(key, item)?)))?,
                "tag-dot-required" => {
                    self.tags(|tags| Ok(tags.with_dot_required(flag(key, item)?)))?;
                }
                "version-file" => self.version_file(key, item)?,
                "version-file-template" => self.template(key, item)?,
                _ => return Err(PyProjectError::unknown_key(key, KEYS)),
            }
        }
        Ok(())
    }

    pub(super) fn scheme(&mut self, key: &str, name: &str) -> Result<(), PyProjectError> {
        let scheme = name
            .parse()
            .map_err(|error| PyProjectError::value(key, &error))?;
        self.config.settings.scheme = scheme;
        Ok(())
    }

    pub(super) fn local_scheme(&mut self, key: &str, name: &str) -> Result<(), PyProjectError> {
        let scheme = name
            .parse()
            .map_err(|error| PyProjectError::value(key, &error))?;
        self.config.settings.local_scheme = scheme;
        Ok(())
    }

    pub(super) fn node_length(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let number = item
            .as_integer()
            .and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| (4..=64).contains(number));
        let number =
            number.ok_or_else(|| PyProjectError::wrong_type(key, "a number from 4 to 64"))?;
        self.config.settings.node_length = number;
        Ok(())
    }

    pub(super) fn base(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let text = text(key, item)?;
        let base =
            Version::parse(text).map_err(|error| PyProjectError::version(key, text, error))?;
        self.config.settings.base = Some(base);
        Ok(())
    }

    pub(super) fn tags(
        &mut self,
        change: impl FnOnce(TagFilter) -> Result<TagFilter, PyProjectError>,
    ) -> Result<(), PyProjectError> {
        self.config.tags = change(std::mem::take(&mut self.config.tags))?;
        Ok(())
    }

    pub(super) fn version_file(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let path = text(key, item)?;
        // A project's file is in the project, whoever wrote the table.
        let leaves = path.split(['/', '\\']).any(|part| part == "..");
        if path.is_empty() || leaves || path.starts_with(['/', '\\']) || path.contains(':') {
            let reason = "the file is not inside the project: give a path relative to it";
            return Err(PyProjectError::value(key, &reason));
        }
        self.file = Some(path.to_owned());
        Ok(())
    }

    pub(super) fn template(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let template = VersionTemplate::parse(text(key, item)?);
        self.template = Some(template.map_err(|error| PyProjectError::value(key, &error))?);
        Ok(())
    }

    pub(super) fn unmapped(&mut self, key: &str, remedy: &'static str) {
        self.config.unmapped.push(Unmapped {
            key: key.to_owned(),
            remedy,
        });
    }
}

pub(super) fn text<'a>(key: &str, item: &'a Item) -> Result<&'a str, PyProjectError> {
    item.as_str()
        .ok_or_else(|| PyProjectError::wrong_type(key, "a string"))
}

pub(super) fn flag(key: &str, item: &Item) -> Result<bool, PyProjectError> {
    item.as_bool()
        .ok_or_else(|| PyProjectError::wrong_type(key, "true or false"))
}
