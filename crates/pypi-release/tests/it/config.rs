//! `config`, `completions` and `man`.

use std::path::Path;

use crate::command::{pypi_release, text};
use crate::version::{read, write};

#[test]
fn values_are_shown_with_their_sources() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, root) = (folder.path(), text(folder.path()));
    write(
        path,
        "pyproject.toml",
        "[project]\nname = 'x'\n[tool.pypi-release.gate]\ntimeout = '5m'\n\
         [tool.setuptools_scm]\nversion_scheme = 'only-version'\n",
    );
    let shown = pypi_release(&["config", "--show", "--root", root]).stdout;
    let json = pypi_release(&["config", "--json", "--root", root]).json();
    for (key, value, source) in [
        (
            "gate.timeout",
            "\"300s\"",
            &format!("{root}/pyproject.toml:4")[..],
        ),
        ("version.scheme", "\"only-version\"", "tool.setuptools_scm"),
        ("bump.semantic", "false", "default"),
        ("route.repository", "(not set)", "default"),
    ] {
        let words = |line: &str| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let expected = words(&format!("{key} {value} {source}"));
        assert!(
            shown.lines().any(|line| words(line) == expected),
            "{key}: {shown}"
        );
        let settings = json["settings"].as_array().expect("settings");
        let found = settings.iter().find(|one| one["key"] == key).expect(key);
        assert_eq!(found["source"], source, "{key}");
    }
    assert_eq!(json["projects"], serde_json::json!([]));
}

#[test]
fn several_projects_are_shown_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, root) = (folder.path(), text(folder.path()));
    for (name, requires) in [("cli", "core"), ("core", "requests")] {
        std::fs::create_dir(path.join(name)).expect("a folder");
        let text = format!("[project]\nname = '{name}'\ndependencies = ['{requires}']\n");
        write(&path.join(name), "pyproject.toml", &text);
    }
    std::fs::create_dir(path.join(".git")).expect("a folder");
    write(path, "pypi-release.toml", "projects = ['cli', 'core']\n");
    let json = pypi_release(&["config", "--json", "--root", root]).json();
    assert_eq!(json["projects"][0]["name"], "core");
    assert_eq!(json["projects"][1]["tag_prefix"], "cli-");
    assert_eq!(json["projects"][1]["requires"], serde_json::json!(["core"]));
}

#[test]
fn wrong_settings_stop_every_verb_that_reads_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = text(folder.path());
    let settings = "[project]\nname = 'x'\nversion = '1'\n[tool.pypi-release]\ngate.aftr = 1\n";
    write(folder.path(), "pyproject.toml", settings);
    let message = format!(
        "pypi-release: {root}/pyproject.toml line 5: unknown key tool.pypi-release.gate.aftr: did you mean after?\n"
    );
    for verb in ["config", "version", "route"] {
        let ran = pypi_release(&[verb, "--root", root]);
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{verb}");
        assert_eq!(ran.stderr, message, "{verb}");
    }
}

#[test]
fn a_project_that_does_not_exist_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("typo");
    for verb in [
        &["config"][..],
        &["bump", "minor"],
        &["verify", "demo==1.0"],
    ] {
        let ran = pypi_release(&[verb, &["--root", text(&root)]].concat());
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{verb:?}");
        let message = format!("{} is not a folder", text(&root));
        assert!(ran.stderr.contains(&message), "{verb:?}: {}", ran.stderr);
    }
}

#[test]
fn each_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = pypi_release(&["completions", shell]);
        assert_eq!(ran.exit, 0, "{shell}");
        assert!(ran.stdout.contains("local-index"), "{shell}");
    }
    assert_eq!(pypi_release(&["completions", "tcsh"]).exit, 2);
}

#[test]
fn each_verb_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = pypi_release(&["man", "--out", text(folder.path())]);
    assert_eq!(
        (ran.exit, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "", "")
    );
    let page = read(folder.path(), "pypi-release-publish.1");
    assert!(page.contains(".TH pypi-release-publish 1"), "{page}");
    assert!(
        page.contains("SHA256SUMS") || page.contains("\\-\\-json"),
        "{page}"
    );
    assert!(!folder.path().join("pypi-release-help.1").exists());
    assert!(folder.path().join("pypi-release-attest-sign.1").exists());
    let json = pypi_release(&["man", "--json", "--out", text(folder.path())]).json();
    let files = json["files"].as_array().expect("files");
    assert_eq!((&json["success"], files.len() > 10), (&true.into(), true));
    assert_eq!(
        pypi_release(&["man"]).stdout,
        read(folder.path(), "pypi-release.1")
    );
}

#[test]
fn the_hooks_of_pre_commit_are_verbs_that_exist() {
    let hooks = read(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        "../../.pre-commit-hooks.yaml",
    );
    let entries = hooks
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: pypi-release "));
    let verbs: Vec<&str> = entries.collect();
    assert_eq!(verbs, ["check", "config"]);
    for verb in verbs {
        assert_eq!(pypi_release(&[verb, "--help"]).exit, 0, "{verb}");
    }
}
