//! Versions and their configuration in `pyproject.toml`.

mod config;
mod error;
mod foreign;
mod reader;
mod variables;

use std::{cmp::Reverse, ops::Range, str::FromStr};

use toml_edit::{Document, Item};

use crate::{Error, Version};

use reader::Reader;

pub use config::{Config, ConfigTable, Unmapped, VersionFile};
pub use variables::{Overrides, PretendedFacts};

/// The maximum number of bytes of a `pyproject.toml`.
const MAX_LENGTH: usize = 4 * 1024 * 1024;

/// A `pyproject.toml`, to read its version and to edit it.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{PyProject, Version};
///
/// let project = PyProject::parse("[project]\nname = 'x'\nversion = '1.0' # stable\n")?;
/// assert_eq!(project.version()?.to_string(), "1.0");
/// let changed = project.with_version(&Version::parse("1.1")?)?;
/// assert_eq!(changed, "[project]\nname = 'x'\nversion = '1.1' # stable\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PyProject(Document<String>);

impl PyProject {
    /// Parses the text of a file.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidToml`](crate::ErrorKind::InvalidToml) if the text is not TOML.
    /// - [`ErrorKind::TooLong`](crate::ErrorKind::TooLong) if it has more than 4 MiB.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.len() > MAX_LENGTH {
            return Err(error::too_long());
        }
        Document::parse(text)
            .map(Self)
            .map_err(|error| error::syntax(&error))
    }

    /// Returns `project.name`, or else `tool.poetry.name`.
    pub fn name(&self) -> Option<&str> {
        let name = self
            .get("project.name")
            .or_else(|| self.get("tool.poetry.name"));
        name?.as_str()
    }

    /// Returns `project.version`, or else `tool.poetry.version`.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::ConflictingVersions`] if both are set and differ.
    /// - [`ErrorKind::DynamicVersion`] if `project.dynamic` lists `version`.
    /// - [`ErrorKind::InvalidPyProject`] if the version is not a string.
    /// - [`ErrorKind::InvalidVersion`] if it is not a PEP 440 version.
    /// - [`ErrorKind::NoVersion`] if neither is set.
    ///
    /// [`ErrorKind::ConflictingVersions`]: crate::ErrorKind::ConflictingVersions
    /// [`ErrorKind::DynamicVersion`]: crate::ErrorKind::DynamicVersion
    /// [`ErrorKind::InvalidPyProject`]: crate::ErrorKind::InvalidPyProject
    /// [`ErrorKind::InvalidVersion`]: crate::ErrorKind::InvalidVersion
    /// [`ErrorKind::NoVersion`]: crate::ErrorKind::NoVersion
    pub fn version(&self) -> Result<Version, Error> {
        let mut versions = self.version_items()?.into_iter().map(|(key, item)| {
            let text = item
                .as_str()
                .ok_or_else(|| error::wrong_type(key, "a string"))?;
            Version::parse(text).map_err(|error| error::version(key, error))
        });
        let first = versions
            .next()
            .unwrap_or_else(|| Err(error::no_version()))?;
        for other in versions {
            let other = other?;
            if other != first {
                return Err(error::conflict(&first, &other));
            }
        }
        Ok(first)
    }

    /// Returns the text with another version. All bytes outside of the value are kept.
    ///
    /// # Errors
    ///
    /// See [`Self::version`].
    pub fn with_version(&self, version: &Version) -> Result<String, Error> {
        self.version()?;
        let mut places: Vec<(&str, Range<usize>)> = Vec::new();
        for (key, item) in self.version_items()? {
            places.push((
                key,
                item.span()
                    .ok_or_else(|| error::wrong_type(key, "a string"))?,
            ));
        }
        // From the end to the beginning, so that earlier ranges stay valid.
        places.sort_by_key(|(_, place)| Reverse(place.start));
        let mut text = self.0.raw().to_owned();
        for (key, place) in places {
            let quote = match text.get(place.clone()) {
                Some(value) if value.starts_with('\'') => '\'',
                Some(_) => '"',
                None => return Err(error::wrong_type(key, "a string")),
            };
            text.replace_range(place, &format!("{quote}{version}{quote}"));
        }
        Ok(text)
    }

    /// Returns the configuration of the first table that configures versions.
    ///
    /// `[tool.pypi-release.version]` comes first. It has the keys `scheme`, `local-scheme`,
    /// `node-length`, `base`, `tag-prefix`, `tag-glob`, `tag-dot-required`, `version-file` and
    /// `version-file-template`. The keys of other tools are mapped if they mean the same, and listed
    /// in [`Config::unmapped`] if not.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidPyProject`](crate::ErrorKind::InvalidPyProject) for a value that is not
    ///   valid, and for an unknown key of `[tool.pypi-release.version]`.
    /// - [`ErrorKind::InvalidVersion`](crate::ErrorKind::InvalidVersion) if the base version is not a
    ///   PEP 440 version.
    pub fn config(&self) -> Result<Option<Config>, Error> {
        self.config_and(None)
    }

    /// Returns the configuration of setuptools-scm with the keys that a variable sets in place of those
    /// in its table, which may be missing.
    ///
    /// # Errors
    ///
    /// - Those of [`Self::config`].
    /// - [`ErrorKind::InvalidVariable`](crate::ErrorKind::InvalidVariable) if the table of another tool
    ///   configures versions, because that tool does not read the variable.
    ///
    /// # Examples
    ///
    /// See [`Overrides`].
    pub fn config_with(&self, overrides: &Overrides) -> Result<Config, Error> {
        if let Some(config) = self.config_and(Some(overrides))? {
            return Ok(config);
        }
        let table = ConfigTable::SetuptoolsScm;
        let mut reader = Reader::new(table);
        foreign::setuptools_scm(&mut reader, table.name(), None, Some(overrides))?;
        reader.finish(table.name())
    }

    fn config_and(&self, overrides: Option<&Overrides>) -> Result<Option<Config>, Error> {
        for table in ConfigTable::ALL {
            let Some(item) = self.get(table.name()) else {
                continue;
            };
            let Some(values) = item.as_table_like() else {
                return Err(error::wrong_type(table.name(), "a table"));
            };
            let mut reader = Reader::new(table);
            match table {
                ConfigTable::Own => reader.own(table.name(), values)?,
                ConfigTable::SetuptoolsScm | ConfigTable::VcsVersioning => {
                    foreign::setuptools_scm(&mut reader, table.name(), Some(values), overrides)?;
                    return reader.finish(table.name()).map(Some);
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
            return match overrides {
                Some(overrides) => Err(error::not_overridden(overrides.variable(), table.name())),
                None => reader.finish(table.name()).map(Some),
            };
        }
        Ok(None)
    }

    fn version_items(&self) -> Result<Vec<(&'static str, &Item)>, Error> {
        let keys = ["project.version", "tool.poetry.version"];
        let items = keys
            .into_iter()
            .filter_map(|key| Some((key, self.get(key)?)));
        let items: Vec<_> = items.collect();
        let dynamic = self.get("project.dynamic").and_then(Item::as_array);
        let is_dynamic =
            dynamic.is_some_and(|names| names.iter().any(|name| name.as_str() == Some("version")));
        match items.as_slice() {
            [] if is_dynamic => Err(error::dynamic()),
            [] => Err(error::no_version()),
            _ => Ok(items),
        }
    }

    /// Looks up a dotted key in tables of any notation.
    fn get(&self, path: &str) -> Option<&Item> {
        let mut item = self.0.as_item();
        for key in path.split('.') {
            item = item.as_table_like()?.get(key)?;
        }
        Some(item)
    }
}

impl Config {
    /// Reads the text of `pypi-release.toml`, whose table `[version]` has the keys of
    /// `[tool.pypi-release.version]`. Returns `None` if there is no such table.
    ///
    /// # Errors
    ///
    /// See [`PyProject::config`] and [`PyProject::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_versioning::{Config, Scheme};
    ///
    /// let config = Config::from_own_file("[version]\nscheme = 'semver'")?.ok_or("no table")?;
    /// assert_eq!(config.settings.scheme, Scheme::Semver);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_own_file(text: impl Into<String>) -> Result<Option<Self>, Error> {
        const TABLE: &str = "version";
        let file = PyProject::parse(text)?;
        let Some(item) = file.get(TABLE) else {
            return Ok(None);
        };
        let Some(values) = item.as_table_like() else {
            return Err(error::wrong_type(TABLE, "a table"));
        };
        let mut reader = Reader::new(ConfigTable::Own);
        reader.own(TABLE, values)?;
        reader.finish(TABLE).map(Some)
    }
}

impl FromStr for PyProject {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
