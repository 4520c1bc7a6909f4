//! `pyproject.toml`: edits, and the configuration of all tools.

use pypi_versioning::{Config, ConfigTable, ErrorKind, LocalScheme, PyProject, Scheme, Version};

fn with_version(text: &str, version: &str) -> Result<String, ErrorKind> {
    let version = Version::parse(version).expect("a version");
    let changed = PyProject::parse(text).and_then(|project| project.with_version(&version));
    changed.map_err(|error| error.kind())
}

#[test]
fn all_bytes_outside_of_the_value_are_kept() {
    for (before, after) in [
        (
            "[project]\nversion = \"1.0\"",
            "[project]\nversion = \"2.0rc1\"",
        ),
        (
            "[project]\r\nversion='1.0' # x\r\n\r\n",
            "[project]\r\nversion='2.0rc1' # x\r\n\r\n",
        ),
        ("project.version=\"1.0\"", "project.version=\"2.0rc1\""),
        (
            "project = {name='x',version = \"v1.0\" }",
            "project = {name='x',version = \"2.0rc1\" }",
        ),
        (
            "[tool.poetry]\n  version\t= \"1.0\"\n",
            "[tool.poetry]\n  version\t= \"2.0rc1\"\n",
        ),
        (
            "[project]\nversion = \"\"\"1.0\"\"\"",
            "[project]\nversion = \"2.0rc1\"",
        ),
        (
            "# é\n[tool.poetry]\nversion = '1.0'\n[project]\n# version = '0'\n\"version\" = '1.0.0'",
            "# é\n[tool.poetry]\nversion = '2.0rc1'\n[project]\n# version = '0'\n\"version\" = '2.0rc1'",
        ),
    ] {
        assert_eq!(with_version(before, "2.0rc1").as_deref(), Ok(after));
    }
}

#[test]
fn versions_that_cannot_be_edited_are_errors() {
    for (text, kind) in [
        ("", ErrorKind::NoVersion),
        ("[project]\nname = 'x'", ErrorKind::NoVersion),
        (
            "[project]\ndynamic = ['version']",
            ErrorKind::DynamicVersion,
        ),
        ("[project]\nversion = 1.0", ErrorKind::InvalidPyProject),
        ("[project]\nversion = 'one'", ErrorKind::InvalidVersion),
        ("[project]\nversion = ", ErrorKind::InvalidToml),
        (
            "[project]\nversion = '1'\n[tool.poetry]\nversion = '2'",
            ErrorKind::ConflictingVersions,
        ),
    ] {
        assert_eq!(with_version(text, "2.0"), Err(kind), "{text}");
    }
    let long = PyProject::parse("#".repeat(5_000_000)).expect_err("too long");
    assert_eq!(long.kind(), ErrorKind::TooLong);
    let deep = format!("x = {}", "[".repeat(100_000));
    assert_eq!(with_version(&deep, "2.0"), Err(ErrorKind::InvalidToml));
}

fn config(text: &str) -> Config {
    let project = PyProject::parse(text).expect("TOML");
    project.config().expect("values").expect("a table")
}

fn unmapped(config: &Config) -> Vec<&str> {
    config
        .unmapped
        .iter()
        .map(|unmapped| unmapped.key.as_str())
        .collect()
}

fn version(config: &Config, tag: &str) -> Option<String> {
    config
        .tags
        .parse_tag(tag)
        .map(|tag| tag.version.to_string())
}

#[test]
fn the_own_table_takes_precedence_and_is_strict() {
    let config = config(
        "[tool.pypi-release.version]\nscheme = 'semver'\nlocal-scheme = 'none'\nnode-length = 7\n\
         base = '0.0'\ntag-prefix = 'x-'\ntag-glob = 'x-v*'\ntag-dot-required = false\n\
         version-file = 'x/_version.py'\nversion-file-template = '{version}'\n\
         [tool.setuptools_scm]\nversion_scheme = 'only-version'",
    );
    assert_eq!(config.table, ConfigTable::Own);
    assert_eq!(config.settings.scheme, Scheme::Semver);
    assert_eq!(config.settings.local_scheme, LocalScheme::None);
    assert_eq!(
        config
            .settings
            .base
            .as_ref()
            .map(ToString::to_string)
            .as_deref(),
        Some("0.0")
    );
    assert_eq!(version(&config, "x-v1").as_deref(), Some("1"));
    assert_eq!(config.version_files[0].path, "x/_version.py");
    assert!(config.version_files[0].template.is_some());

    for (line, kind, message) in [
        (
            "schema = 'semver'",
            ErrorKind::InvalidPyProject,
            "unknown key",
        ),
        (
            "scheme = 'best'",
            ErrorKind::InvalidPyProject,
            "scheme in pyproject.toml is invalid",
        ),
        ("scheme = 1", ErrorKind::InvalidPyProject, "is not a string"),
        (
            "node-length = 3",
            ErrorKind::InvalidPyProject,
            "is not a number from 4 to 64",
        ),
        (
            "base = 'x'",
            ErrorKind::InvalidVersion,
            "base in pyproject.toml is invalid",
        ),
        (
            "version-file = '../x.py'",
            ErrorKind::InvalidPyProject,
            "inside the project",
        ),
        (
            "version-file = '/x.py'",
            ErrorKind::InvalidPyProject,
            "inside the project",
        ),
        (
            "version-file-template = '{version}'",
            ErrorKind::InvalidPyProject,
            "no version file",
        ),
        (
            "version-file-template = '{node}'",
            ErrorKind::InvalidPyProject,
            "version-file-template in pyproject.toml is invalid",
        ),
    ] {
        let text = format!("[tool.pypi-release.version]\n{line}");
        let error = PyProject::parse(text)
            .expect("TOML")
            .config()
            .expect_err(line);
        assert_eq!(error.kind(), kind, "{line}: {error}");
        assert!(error.to_string().contains(message), "{line}: {error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn setuptools_scm_is_mapped_and_other_keys_are_listed() {
    let config = config(
        "[tool.setuptools_scm]\nversion_scheme = 'semver-pep440-release-branch'\nroot = '..'\n\
         write_to = 'x/_version.py'\nfallback_version = '0.1'\ntag.prefix = 'x-'\n\
         tag.strict = false\ntag_regex = '.*'\nsearch_parent_directories = true\n\
         git_describe_command = 'echo v5.0.0-7-gabcdef0'",
    );
    assert_eq!(config.table, ConfigTable::SetuptoolsScm);
    assert_eq!(config.settings.scheme, Scheme::ReleaseBranchSemver);
    assert_eq!(config.settings.local_scheme, LocalScheme::NodeAndDate);
    assert_eq!(config.fallback_version, config.settings.base);
    assert!(config.fallback_version.is_some());
    assert_eq!(version(&config, "x-v1").as_deref(), Some("1"));
    assert_eq!(config.version_files[0].path, "x/_version.py");
    let keys = ["root", "tag_regex", "git_describe_command"];
    let keys = keys.map(|key| format!("tool.setuptools_scm.{key}"));
    assert_eq!(unmapped(&config), keys);
}

#[test]
fn schemes_that_are_functions_are_listed() {
    let config = config(
        "[tool.vcs-versioning]\nversion_scheme = 'my.module:scheme'\n\
         local_scheme = 'no-local-version-strict'",
    );
    assert_eq!(config.table, ConfigTable::VcsVersioning);
    assert_eq!(config.settings.scheme, Scheme::GuessNextDev);
    assert_eq!(config.settings.local_scheme, LocalScheme::None);
    let keys = ["version_scheme", "local_scheme"];
    assert_eq!(
        unmapped(&config),
        keys.map(|key| format!("tool.vcs-versioning.{key}"))
    );
}

#[test]
fn hatch_vcs_is_mapped_with_its_hook() {
    let config = config(
        "[tool.hatch.version]\nsource = 'vcs'\nfallback-version = '0.1'\ntag-pattern = 'x'\n\
         raw-options = { local_scheme = 'dirty-tag', relative_to = 'x' }\n\
         [tool.hatch.build.hooks.vcs]\nversion-file = '_version.py'",
    );
    assert_eq!(config.table, ConfigTable::Hatch);
    assert_eq!(config.settings.local_scheme, LocalScheme::DirtyTag);
    assert_eq!(config.version_files[0].path, "_version.py");
    let keys = ["raw-options.relative_to", "tag-pattern"];
    assert_eq!(
        unmapped(&config),
        keys.map(|key| format!("tool.hatch.version.{key}"))
    );
    let path = PyProject::parse("[tool.hatch.version]\npath = 'x.py'").expect("TOML");
    assert_eq!(path.config().expect("values"), None);
}

#[test]
fn uv_dynamic_versioning_is_mapped() {
    let config = config(
        "[tool.uv-dynamic-versioning]\nvcs = 'git'\nbump = { enable = true, index = 1 }\n\
         metadata = false\npattern-prefix = 'x-'\ncommit-length = 7\nlatest-tag = true",
    );
    assert_eq!(config.table, ConfigTable::UvDynamicVersioning);
    assert_eq!(config.settings.scheme, Scheme::DunamaiBump);
    assert_eq!(config.settings.local_scheme, LocalScheme::None);
    assert_eq!(version(&config, "x-v1.0").as_deref(), Some("1.0"));
    assert_eq!(version(&config, "x-1.0"), None);
    let keys = ["bump.index", "latest-tag"];
    assert_eq!(
        unmapped(&config),
        keys.map(|key| format!("tool.uv-dynamic-versioning.{key}"))
    );
}

#[test]
fn a_project_without_tables_has_no_configuration() {
    let project = PyProject::parse("[project]\nname = 'x'\nversion = '1'").expect("TOML");
    assert_eq!(project.config().expect("values"), None);
    assert_eq!(project.name(), Some("x"));
}

#[test]
fn a_file_of_its_own_has_the_same_keys() {
    let config = Config::from_own_file("[version]\ntag-prefix = 'x-'").expect("values");
    let config = config.expect("a table");
    assert_eq!(config.table, ConfigTable::Own);
    assert_eq!(version(&config, "x-v1.0").as_deref(), Some("1.0"));
    assert_eq!(Config::from_own_file("[gate]").expect("values"), None);
    let error = Config::from_own_file("version.scheme = 1").expect_err("a number");
    assert_eq!(
        error.to_string(),
        "version.scheme in pypi-release.toml is not a string"
    );
}
