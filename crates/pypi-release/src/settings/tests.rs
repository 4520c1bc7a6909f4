//! What the files may say, and what is said about the rest.

use proptest::prelude::*;

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
fn the_first_problems_are_listed() {
    let lines = |count: u32| -> String { (0..count).map(|key| format!("a{key} = 1\n")).collect() };
    let message = read(None, Some(&lines(20))).unwrap_err();
    assert_eq!(message.matches("unknown key").count(), 20);
    assert!(!message.contains("and more"), "{message}");
    let message = read(None, Some(&lines(5_000))).unwrap_err();
    assert_eq!(message.matches("unknown key").count(), 20);
    assert!(message.ends_with("; and more"), "{message}");
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
            "unknown key \"tool.pypi-release.a\\\\nb\": expected one of projects, index, version, bump, route, gate, publish, verify, notes, github, webhook, release",
        ),
        ("gate = 1", "tool.pypi-release.gate is not a table"),
        (
            "index.corp.ulr = 'https://corp/'",
            "tool.pypi-release.index.corp has the key \"ulr\": did you mean url?",
        ),
        (
            "index.corp.profile = 'gitlab'",
            "tool.pypi-release.index.corp has no url, expected the URL that accepts uploads",
        ),
        (
            "index.corp = { url = 'https://corp/', profile = 'depvi' }",
            "tool.pypi-release.index.corp.profile is \"depvi\", expected one of the known profiles: did you mean devpi?",
        ),
        (
            "index.pypi.url = 'https://corp/'",
            "tool.pypi-release.index names an index pypi, expected another name: pypi, testpypi and local are known",
        ),
        (
            "index.'a b'.url = 'https://corp/'",
            "tool.pypi-release.index names an index \"a b\", expected letters, digits, - and _",
        ),
        (
            "index.corp.url = 1",
            "tool.pypi-release.index.corp.url is an integer, expected a string",
        ),
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
            "route.repository = '../x'",
            "tool.pypi-release.route.repository is \"../x\", expected OWNER/NAME",
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

proptest! {
    #[test]
    fn any_file_is_read_or_explained_on_one_line(
        table in "(gate|bump|version|x|)",
        key in "(after|files|scheme|timeout|'[\\PC]{0,9}'|[a-z.-]{1,8})",
        value in "([\\PC\\n]{0,20}|\\[('[\\PC]{0,9}',? ?){0,3}\\]|[0-9.-]{1,9}|\\{ path = 'a', search = '.{0,9}' \\})",
    ) {
        let text = format!("[{table}]\n{key} = {value}\n");
        if let Err(message) = read(None, Some(&text)) {
            prop_assert!(!message.contains(char::is_control), "{message:?}");
            prop_assert!(message.starts_with("pypi-release.toml line "), "{message:?}");
        }
    }
}
