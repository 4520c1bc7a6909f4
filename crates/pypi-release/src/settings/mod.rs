//! What a project sets for this command: `[tool.pypi-release]` of `pyproject.toml`, or `pypi-release.toml` beside it.

mod document;
mod effective;
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
    self, Config, ConfigTable, PyProject, TagFilter, Unmapped, VersionFile,
};
use toml_edit::Item;

use crate::{
    failure::{Exit, Failure},
    files,
};
use document::{File, Set, get};
use value::Value;

pub(crate) use effective::Effective;
pub(crate) use projects::Project;
pub(crate) use tables::{Bump, Gate, GitHub, Notes, Release, Route, Verify, Webhook};
pub(crate) use value::{Edit, VERSION};

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

/// The maximum number of bytes of a file with settings.
const MAX_LENGTH: usize = 4 * 1024 * 1024;

impl Settings {
    /// Reads the settings of the project in `root`, or of the `pyproject.toml` that the user named.
    ///
    /// Only a file that the user named has to exist. All that is wrong with the settings is in the failure.
    pub(crate) fn read(root: &Path, config: Option<&Path>) -> Result<Self, Failure> {
        let path = config.map_or_else(|| root.join("pyproject.toml"), Path::to_owned);
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let text = match config {
            Some(path) => Some(files::read(path)?),
            None => files::read_if_present(&path)?,
        };
        let own_path = folder.join(OWN_FILE);
        let own = files::read_if_present(&own_path)?;
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
    fn new(config: Option<Config>) -> Self {
        match config {
            Some(Config {
                settings,
                tags,
                version_files,
                unmapped,
                table,
                ..
            }) => Self {
                settings,
                tags,
                version_files,
                unmapped,
                table: Some(table),
                is_one_of_several: false,
            },
            None => Self {
                settings: versioning::Settings::new(),
                tags: TagFilter::new(),
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
        let name = path.display().to_string();
        if text.len() > MAX_LENGTH {
            return Err(wrong(format!("{name} is too long: expected at most 4 MiB")));
        }
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
mod tests {
    use super::*;

    fn read(pyproject: Option<&str>, own: Option<&str>) -> Result<Values, String> {
        let file = |name, text| Some((Path::new(name), text?));
        values(file("pyproject.toml", pyproject), file(OWN_FILE, own))
            .map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn values_are_typed_and_know_their_lines() {
        let text = "[project]\nname = 'x'\n[tool.pypi-release]\nprojects = ['a/*']\n\
                    [tool.pypi-release.gate]\ncommands = [\n  'a',\n  'b',\n]\ntimeout = '5m'\n\
                    [[tool.pypi-release.bump.files]]\npath = 'x.py'\nsearch = 'v={version}'\n";
        let values = read(Some(text), None).unwrap();
        assert_eq!(values.texts("projects"), ["a/*"]);
        assert_eq!(Gate::new(&values).timeout, Duration::from_secs(300));
        assert_eq!(Gate::new(&values).commands, ["a", "b"]);
        let edit = Edit {
            path: "x.py".to_owned(),
            search: "v={version}".to_owned(),
        };
        assert_eq!(Bump::new(&values).files, [edit]);
        assert_eq!(Bump::new(&values).message, "Release {version}");
        let origin = |path| values.0.get(path).map(|(_, origin)| origin.as_str());
        assert_eq!(origin("gate.commands"), Some("pyproject.toml:6"));
        assert_eq!(origin("gate.timeout"), Some("pyproject.toml:10"));
        assert_eq!(origin("gate.after"), None);
    }

    #[test]
    fn wrong_settings_name_the_line_the_key_and_what_is_expected() {
        for (line, message) in [
            (
                "gate.aftr = []",
                "unknown key tool.pypi-release.gate.aftr: did you mean after?",
            ),
            (
                "gaet.after = []",
                "unknown key tool.pypi-release.gaet: did you mean gate?",
            ),
            (
                "'a\\nb' = 1",
                "unknown key \"tool.pypi-release.a\\\\nb\": expected one of projects, version, bump, route, gate, verify, notes, github, webhook, release",
            ),
            ("gate = 1", "tool.pypi-release.gate is not a table"),
            (
                "gate.after = 'ci.yml'",
                "tool.pypi-release.gate.after is a string, expected an array of strings",
            ),
            (
                "gate.after = [1]",
                "tool.pypi-release.gate.after contains an integer, expected an array of strings",
            ),
            (
                "gate.after = ['']",
                "tool.pypi-release.gate.after is \"\", expected a text that is not empty",
            ),
            (
                "gate.timeout = 'soon'",
                "tool.pypi-release.gate.timeout is \"soon\", expected a time from 1s to 24h, such as 90s, 15m or 1h",
            ),
            (
                "gate.timeout = 30",
                "tool.pypi-release.gate.timeout is an integer, expected a string",
            ),
            (
                "route.prereleases = 'both'",
                "tool.pypi-release.route.prereleases is \"both\", expected one of pypi, testpypi",
            ),
            (
                "route.repository = 'x'",
                "tool.pypi-release.route.repository is \"x\", expected OWNER/NAME",
            ),
            (
                "route.release-tags = 'v[0-9]'",
                "tool.pypi-release.route.release-tags is \"v[0-9]\", expected a pattern of tags with * and ?",
            ),
            (
                "github.assets = ['[ab].whl']",
                "tool.pypi-release.github.assets is \"[ab].whl\", expected a pattern of *, ? and **: classes and alternatives are not supported",
            ),
            (
                "github.draft-only = 'yes'",
                "tool.pypi-release.github.draft-only is a string, expected true or false",
            ),
            (
                "webhook.on = ['sucess']",
                "tool.pypi-release.webhook.on is \"sucess\", expected one of success, failure",
            ),
            (
                "webhook.url-env = 'A B'",
                "tool.pypi-release.webhook.url-env is \"A B\", expected the name of an environment variable",
            ),
            (
                "verify.dependencies-index = 'x'",
                "tool.pypi-release.verify.dependencies-index is \"x\", expected a URL such as https://pypi.org/simple/",
            ),
            (
                "notes.template = '../x'",
                "tool.pypi-release.notes.template is \"../x\", expected a path below the project, with /",
            ),
            (
                "bump.files = ['x']",
                "tool.pypi-release.bump.files contains a string, expected a table { path, search }",
            ),
            (
                "bump.files = [{ path = 'x' }]",
                "tool.pypi-release.bump.files has no search, expected a table { path, search }",
            ),
            (
                "bump.files = [{ path = 'x', search = 'v' }]",
                "tool.pypi-release.bump.files is \"v\", expected a text that contains {version} once",
            ),
            (
                "version.schema = 'x'",
                "unknown key tool.pypi-release.version.schema: did you mean scheme?",
            ),
            (
                "version.node-length = '9'",
                "tool.pypi-release.version.node-length is a string, expected an integer",
            ),
        ] {
            let text = format!("[project]\n[tool.pypi-release]\n{line}\n");
            let found = read(Some(&text), None).unwrap_err();
            assert_eq!(found, format!("pyproject.toml line 3: {message}"), "{line}");
        }
        let both = read(None, Some("a = 1\n\n[gate]\nb = 2\n")).unwrap_err();
        assert!(
            both.starts_with("pypi-release.toml line 1: unknown key a: "),
            "{both}"
        );
        assert!(
            both.contains("; pypi-release.toml line 4: unknown key gate.b: "),
            "{both}"
        );
        let broken = read(None, Some("[gate]\nafter = [\n")).unwrap_err();
        assert!(
            broken.starts_with("pypi-release.toml line 2 is not valid TOML: "),
            "{broken}"
        );
    }

    #[test]
    fn the_settings_are_in_one_file() {
        let error = read(Some("[tool.pypi-release]"), Some("")).unwrap_err();
        assert_eq!(
            error,
            "the settings are in pypi-release.toml and in [tool.pypi-release] of pyproject.toml: keep one of them"
        );
        assert!(read(Some("[tool.other]"), Some("gate.after = ['x']")).is_ok());
    }

    #[test]
    fn every_default_is_a_valid_value() {
        for key in keys::KEYS {
            assert_eq!(
                key.default.is_some(),
                value::default(key).is_some(),
                "{}",
                key.path
            );
        }
    }

    #[test]
    fn the_defaults_of_versions_are_those_of_the_library() {
        let keys = keys::KEYS.iter().filter(|key| key.table() == "version");
        let lines = keys.filter_map(|key| Some(format!("{} = {}\n", key.path, key.default?)));
        let config = Config::from_own_file(lines.collect::<String>());
        let config = config.unwrap().unwrap();
        assert_eq!(config.settings, versioning::Settings::new());
        assert_eq!(config.tags, TagFilter::new());
    }

    #[test]
    fn the_keys_of_versions_are_those_that_are_read() {
        let error = Config::from_own_file("[version]\n'' = 1").unwrap_err();
        let (_, known) = error
            .to_string()
            .split_once("one of ")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert_eq!(suggest::names("version").join(", "), known);
    }
}
