//! What a project sets for this command: `[tool.pypi-release]` of `pyproject.toml`, or `pypi-release.toml` beside it.

mod document;
mod effective;
pub(crate) mod indexes;
mod keys;
mod projects;
#[cfg(test)]
mod schema;
mod suggest;
mod tables;
mod value;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use pypi_trusted_upload::versioning::{
    self, Config, ConfigTable, Overrides, PyProject, TagFilter, Unmapped, VersionFile,
};
use toml_edit::Item;

use crate::{
    failure::{Exit, Failure},
    files,
};
use document::{File, Set, get};
use value::Value;

pub(crate) use effective::Effective;
#[cfg(test)]
pub(crate) use keys::STEPS;
pub(crate) use projects::Project;
pub(crate) use tables::{Bump, Gate, GitHub, Notes, Publish, Release, Route, Verify, Webhook};
pub(crate) use value::{Edit, NamedIndex, RESERVED, VERSION, is_repository, profiles};

/// The settings of a project: what its file says, and the defaults.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The folder of the project, which paths in the settings are relative to.
    pub(crate) folder: PathBuf,
    /// The `pyproject.toml`, if there is one.
    pub(crate) project: Option<PyProject>,
    pub(crate) version: Version,
    /// The folders of several projects, as patterns.
    pub(crate) projects: Vec<String>,
    pub(crate) bump: Bump,
    pub(crate) route: Route,
    pub(crate) gate: Gate,
    pub(crate) publish: Publish,
    pub(crate) verify: Verify,
    pub(crate) notes: Notes,
    pub(crate) github: GitHub,
    pub(crate) webhook: Webhook,
    pub(crate) release: Release,
    values: Values,
}

/// How versions are made, by our table or by that of another tool.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) settings: versioning::Settings,
    /// With the tag prefix, also of one of several projects.
    pub(crate) tags: TagFilter,
    /// The version outside of a repository, which the table of another tool may set.
    pub(crate) fallback: Option<versioning::Version>,
    pub(crate) version_files: Vec<VersionFile>,
    pub(crate) unmapped: Vec<Unmapped>,
    /// The table that was read.
    table: Option<ConfigTable>,
    /// Whether the tag prefix is that of one of several projects.
    is_one_of_several: bool,
}

/// The value of each key that is set, and where: `pyproject.toml:12`.
#[derive(Clone, Debug, Default)]
struct Values(BTreeMap<&'static str, (Value, String)>);

/// The name of the file of its own.
const OWN_FILE: &str = "pypi-release.toml";

/// The table of `pyproject.toml`.
const TABLE: &str = "tool.pypi-release";

/// What precedes the number in a tag that this command makes: the prefix of the project and a `v`.
///
/// A prefix may contain the `v`, as in `demo-v` and `release_v`, but not in `dev`.
pub(crate) fn tag_start(prefix: &str) -> String {
    let before_v = prefix.strip_suffix('v');
    match before_v.is_some_and(|before| !before.ends_with(char::is_alphanumeric)) {
        true => prefix.to_owned(),
        false => format!("{prefix}v"),
    }
}

impl Settings {
    /// Reads the settings of the project in `root`, or of the `pyproject.toml` that the user named.
    ///
    /// Only the folder, and a file that the user named, have to exist. All that is wrong with the settings is in the failure.
    pub(crate) fn read(root: &Path, config: Option<&Path>) -> Result<Self, Failure> {
        if config.is_none() && !root.is_dir() {
            let message = format!("{} is not a folder: name the project", shown(root));
            return Err(wrong(message));
        }
        let path = config.map_or_else(|| root.join("pyproject.toml"), Path::to_owned);
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let text = match config {
            Some(path) => Some(files::toml(path)?),
            None => files::toml_if_present(&path)?,
        };
        let own_path = folder.join(OWN_FILE);
        let own = files::toml_if_present(&own_path)?;
        let values = values(
            text.as_deref().map(|text| (path.as_path(), text)),
            own.as_deref().map(|text| (own_path.as_path(), text)),
        )?;
        let project = text.map(PyProject::parse).transpose()?;
        let mut config = own.map(Config::from_own_file).transpose()?.flatten();
        if let (None, Some(project)) = (&config, &project) {
            config = project.config()?;
        }
        let mut version = Version::new(config);
        if version.tags.prefix.is_empty() && !values.0.contains_key("version.tag-prefix") {
            let name = project.as_ref().and_then(PyProject::name);
            if let Some(prefix) = projects::default_tag_prefix(&folder, name)? {
                version.tags.prefix = prefix;
                version.is_one_of_several = true;
            }
        }
        Ok(Self {
            folder,
            project,
            version,
            projects: values.texts("projects"),
            bump: Bump::new(&values),
            route: Route::new(&values),
            gate: Gate::new(&values),
            publish: Publish::new(&values),
            verify: Verify::new(&values),
            notes: Notes::new(&values),
            github: GitHub::new(&values),
            webhook: Webhook::new(&values),
            release: Release::new(&values),
            values,
        })
    }
}

impl Version {
    /// The same with the keys that a variable sets, which only apply to setuptools-scm.
    pub(crate) fn overridden(
        &self,
        project: Option<&PyProject>,
        overrides: &Overrides,
    ) -> Result<Self, Failure> {
        if self.table == Some(ConfigTable::Own) {
            let message = format!(
                "variable {} changes the configuration of setuptools-scm, but versions are made as {TABLE}.version \
                 says: set its keys there, or unset the variable",
                overrides.variable()
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        let config = match project {
            Some(project) => project.config_with(overrides)?,
            None => PyProject::parse("")?.config_with(overrides)?,
        };
        let mut version = Self::new(Some(config));
        if self.is_one_of_several && version.tags.prefix.is_empty() {
            version.tags.prefix.clone_from(&self.tags.prefix);
            version.is_one_of_several = true;
        }
        Ok(version)
    }

    fn new(config: Option<Config>) -> Self {
        match config {
            Some(Config {
                settings,
                tags,
                fallback_version,
                version_files,
                unmapped,
                table,
                ..
            }) => Self {
                settings,
                tags,
                fallback: fallback_version,
                version_files,
                unmapped,
                table: Some(table),
                is_one_of_several: false,
            },
            None => Self {
                settings: versioning::Settings::new(),
                tags: TagFilter::new(),
                fallback: None,
                version_files: Vec::new(),
                unmapped: Vec::new(),
                table: None,
                is_one_of_several: false,
            },
        }
    }
}

/// The values of one of the two files.
fn values(project: Option<(&Path, &str)>, own: Option<(&Path, &str)>) -> Result<Values, Failure> {
    let mut values = Values::default();
    let mut has_table = false;
    for (path, text, table) in project
        .map(|(path, text)| (path, text, TABLE))
        .into_iter()
        .chain(own.map(|(path, text)| (path, text, "")))
    {
        let name = shown(path);
        let file = File {
            name: &name,
            prefix: match table {
                "" => "",
                _ => "tool.pypi-release.",
            },
            text,
        };
        let document = file.parse().map_err(wrong)?;
        let item = match table {
            "" => Some(document.as_item()),
            table => get(document.as_item(), table),
        };
        let Some(item) = item else {
            continue;
        };
        if has_table {
            let message = format!(
                "the settings are in {name} and in [{TABLE}] of pyproject.toml: keep one of them"
            );
            return Err(wrong(message));
        }
        has_table = true;
        values = read(&file, item)?;
    }
    Ok(values)
}

fn read(file: &File<'_>, item: &Item) -> Result<Values, Failure> {
    let table = item
        .as_table_like()
        .ok_or_else(|| wrong(format!("{}: {TABLE} is not a table", file.name)))?;
    let sets = file
        .read(table)
        .map_err(|problems| wrong(problems.join("; ")))?;
    let values = sets.into_iter().map(|Set { key, value, line }| {
        let origin = format!("{}:{line}", file.name);
        (key.path, (value, origin))
    });
    Ok(Values(values.collect()))
}

/// A path for people: without the dot of the current folder.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

fn wrong(message: String) -> Failure {
    Failure::new(Exit::Refused, message)
}

impl Values {
    /// The value that is set, or else the default.
    fn get(&self, path: &str) -> Option<Value> {
        match self.0.get(path) {
            Some((value, _)) => Some(value.clone()),
            None => value::default(keys::find(path)?),
        }
    }

    fn flag(&self, path: &str) -> bool {
        self.get(path) == Some(Value::Flag(true))
    }

    fn text(&self, path: &str) -> Option<String> {
        match self.get(path) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn optional_texts(&self, path: &str) -> Option<Vec<String>> {
        match self.get(path) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    /// The time of a key with a default.
    fn time(&self, path: &str) -> Duration {
        match self.get(path) {
            Some(Value::Time(time)) => time,
            _ => Duration::ZERO,
        }
    }

    fn texts(&self, path: &str) -> Vec<String> {
        self.optional_texts(path).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
