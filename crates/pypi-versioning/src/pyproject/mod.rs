mod config;
mod error;
mod foreign;
mod reader;

use std::ops::Range;

use toml_edit::{Document, Item};

use reader::Reader;

use crate::Version;

pub use config::{Config, ConfigTable, Unmapped, VersionFile};
pub use error::{PyProjectError, PyProjectErrorKind};

/// The most bytes a `pyproject.toml` may have.
const MAX_LENGTH: usize = 4 * 1024 * 1024;

/// A `pyproject.toml`, to read and to change.
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
    /// Says [`PyProjectErrorKind::Syntax`] for what is no TOML and
    /// [`PyProjectErrorKind::TooLong`] for more than 4 MiB.
    pub fn parse(text: impl Into<String>) -> Result<Self, PyProjectError> {
        let text = text.into();
        if text.len() > MAX_LENGTH {
            return Err(PyProjectError::too_long());
        }
        Document::parse(text)
            .map(Self)
            .map_err(|error| PyProjectError::syntax(&error))
    }

    /// Returns `project.name`, or `tool.poetry.name` where there is none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let name = self
            .get("project.name")
            .or_else(|| self.get("tool.poetry.name"));
        name?.as_str()
    }

    /// Returns `project.version`, or `tool.poetry.version` where there is none.
    ///
    /// # Errors
    ///
    /// Says [`PyProjectErrorKind::Dynamic`] where the version comes from somewhere else,
    /// [`PyProjectErrorKind::NoVersion`] where there is none, [`PyProjectErrorKind::Version`]
    /// where it is no PEP 440 version, and [`PyProjectErrorKind::Conflict`] where both tables
    /// have different ones.
    pub fn version(&self) -> Result<Version, PyProjectError> {
        let mut versions = self.version_items()?.into_iter().map(|(key, item)| {
            let text = item
                .as_str()
                .ok_or_else(|| PyProjectError::wrong_type(key, "a string"))?;
            Version::parse(text).map_err(|error| PyProjectError::version(key, text, error))
        });
        let first = versions
            .next()
            .unwrap_or_else(|| Err(PyProjectError::no_version()))?;
        for other in versions {
            let other = other?;
            if other != first {
                return Err(PyProjectError::conflict(&first, &other));
            }
        }
        Ok(first)
    }

    /// Returns the text with another version, every byte outside of the value as it was.
    ///
    /// # Errors
    ///
    /// As [`Self::version`].
    pub fn with_version(&self, version: &Version) -> Result<String, PyProjectError> {
        self.version()?;
        let mut places: Vec<(&str, Range<usize>)> = Vec::new();
        for (key, item) in self.version_items()? {
            places.push((
                key,
                item.span()
                    .ok_or_else(|| PyProjectError::wrong_type(key, "a string"))?,
            ));
        }
        // From the end on, so that the places before stay where they are.
        places.sort_by_key(|(_, place)| std::cmp::Reverse(place.start));
        let mut text = self.0.raw().to_owned();
        for (key, place) in places {
            let quote = match text.get(place.clone()) {
                Some(value) if value.starts_with('\'') => '\'',
                Some(_) => '"',
                None => return Err(PyProjectError::wrong_type(key, "a string")),
            };
            text.replace_range(place, &format!("{quote}{version}{quote}"));
        }
        Ok(text)
    }

    fn version_items(&self) -> Result<Vec<(&'static str, &Item)>, PyProjectError> {
        let keys = ["project.version", "tool.poetry.version"];
        let items = keys
            .into_iter()
            .filter_map(|key| Some((key, self.get(key)?)));
        let items: Vec<_> = items.collect();
        let dynamic = self.get("project.dynamic").and_then(Item::as_array);
        let is_dynamic =
            dynamic.is_some_and(|names| names.iter().any(|name| name.as_str() == Some("version")));
        match items.as_slice() {
            [] if is_dynamic => Err(PyProjectError::dynamic()),
            [] => Err(PyProjectError::no_version()),
            _ => Ok(items),
        }
    }

    /// Follows a path of keys through tables of any notation.
    fn get(&self, path: &str) -> Option<&Item> {
        let mut item = self.0.as_item();
        for key in path.split('.') {
            item = item.as_table_like()?.get(key)?;
        }
        Some(item)
    }
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
