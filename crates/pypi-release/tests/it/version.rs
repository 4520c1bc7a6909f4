//! `version`.

use std::{path::Path, process::Command};

use crate::command::{command, pypi_release, run, text};

#[expect(clippy::disallowed_methods, reason = "makes the test's own repository")]
pub(crate) fn git(root: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(arguments);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.org"),
        ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.org"),
        ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
    ] {
        command.env(name, value);
    }
    let output = command.output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.trim_end().to_owned()
}

#[test]
fn a_checkout_has_a_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, root) = (folder.path(), text(folder.path()));
    git(path, &["init", "--quiet"]);
    git(
        path,
        &["commit", "--quiet", "--allow-empty", "--message", "one"],
    );
    let untagged = pypi_release(&["version", "--root", root]);
    assert_eq!((untagged.exit, untagged.stdout.as_str()), (1, ""));
    assert!(
        untagged.stderr.contains("git fetch --tags"),
        "{}",
        untagged.stderr
    );

    git(path, &["tag", "v0.5.9"]);
    assert_eq!(pypi_release(&["version", "--root", root]).stdout, "0.5.9\n");
    git(
        path,
        &["commit", "--quiet", "--allow-empty", "--message", "two"],
    );
    let json = pypi_release(&["version", "--root", root, "--json"]).json();
    assert_eq!(json["public"], "0.5.10.dev1");
    let full = json["full"].as_str().expect("text");
    let node = json["facts"]["node"].as_str().expect("text");
    assert_eq!(full, format!("0.5.10.dev1+g{}", &node[..9]));
    assert_eq!(
        (&json["facts"]["distance"], &json["scheme"]),
        (&1.into(), &"guess-next-dev".into())
    );
    assert_eq!(
        pypi_release(&["version", "--root", root, "--public"]).stdout,
        "0.5.10.dev1\n"
    );
    let local = ["version", "--root", root, "--local", "no-local-version"];
    assert_eq!(pypi_release(&local).stdout, "0.5.10.dev1\n");
}

#[test]
fn a_base_stands_in_for_a_tag() {
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["init", "--quiet"]);
    git(
        folder.path(),
        &["commit", "--quiet", "--allow-empty", "--message", "one"],
    );
    let ran = pypi_release(&[
        "version",
        "--root",
        text(folder.path()),
        "--base",
        "0.0",
        "--public",
    ]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (0, "0.1.dev1\n"));
    assert!(
        ran.stderr.starts_with("warning: no version tag was found"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_scheme_that_does_not_exist_names_those_that_do() {
    let ran = pypi_release(&["version", "--scheme", "guess"]);
    assert_eq!(ran.exit, 2, "wrong usage");
    assert!(ran.stderr.contains("guess-next-dev"), "{}", ran.stderr);
}

/// A repository with one commit, tagged v0.5.9, and one after it.
pub(crate) fn after_a_tag() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    for arguments in [
        &["commit", "--quiet", "--allow-empty", "--message", "one"][..],
        &["tag", "v0.5.9"],
        &["commit", "--quiet", "--allow-empty", "--message", "two"],
    ] {
        git(folder.path(), arguments);
    }
    folder
}

#[expect(clippy::disallowed_methods, reason = "the test's own files")]
pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("written");
}

#[expect(clippy::disallowed_methods, reason = "the test's own files")]
pub(crate) fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("a file")
}

#[test]
fn pyproject_configures_and_arguments_go_first() {
    let folder = after_a_tag();
    let root = text(folder.path());
    write(
        folder.path(),
        "pyproject.toml",
        "[tool.pypi-release.version]\nscheme = 'release-branch-semver'\nnode-length = 7\nversion-file = 'version.txt'\n",
    );
    let full = pypi_release(&["version", "--root", root]).stdout;
    assert!(full.starts_with("0.6.0.dev1+g"), "{full}");
    assert_eq!(full.trim_end().len(), "0.6.0.dev1+g1a2b3c4".len());
    let given = [
        "version",
        "--root",
        root,
        "--scheme",
        "no-guess-dev",
        "--public",
    ];
    assert_eq!(pypi_release(&given).stdout, "0.5.9.post1.dev1\n");

    let written = pypi_release(&["version", "--root", root, "--write", "--json"]).json();
    assert_eq!(written["written"], serde_json::json!(["version.txt"]));
    assert_eq!(read(folder.path(), "version.txt"), full.trim_end());
    let again = pypi_release(&["version", "--root", root, "--write", "--json"]).json();
    assert_eq!(again["written"], serde_json::json!([]));
}

#[test]
fn what_other_tools_configure_and_is_not_read_is_told() {
    let folder = after_a_tag();
    let table = "[tool.setuptools_scm]\nlocal_scheme = 'no-local-version'\ntag_regex = '.*'\n";
    write(folder.path(), "pyproject.toml", table);
    let ran = pypi_release(&["version", "--root", text(folder.path())]);
    assert_eq!(ran.stdout, "0.5.10.dev1\n");
    let warning = "warning: tool.setuptools_scm.tag_regex is not read: ";
    assert!(ran.stderr.starts_with(warning), "{}", ran.stderr);
}

#[test]
fn outputs_are_written_for_github_and_gitlab() {
    let folder = after_a_tag();
    write(folder.path(), "github", "before=1\n");
    let arguments = ["version", "--root", text(folder.path()), "--local", "none"];
    let mut version = command(arguments);
    version.args(["--github-output", "--dotenv"]);
    version.arg(folder.path().join("dotenv"));
    version.env("GITHUB_OUTPUT", folder.path().join("github"));
    assert_eq!(run(version).exit, 0);
    assert_eq!(
        read(folder.path(), "github"),
        "before=1\nversion=0.5.10.dev1\nfull_version=0.5.10.dev1\n"
    );
    assert_eq!(
        read(folder.path(), "dotenv"),
        "PYPI_RELEASE_VERSION=0.5.10.dev1\nPYPI_RELEASE_FULL_VERSION=0.5.10.dev1\n"
    );
    let ran = pypi_release(&[&arguments[..], &["--github-output"]].concat());
    assert_eq!(ran.exit, 2, "wrong usage");
    assert!(
        ran.stderr.contains("GITHUB_OUTPUT is not set"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_fallback_version_is_used_outside_of_a_repository_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = text(folder.path());
    let table = "[tool.setuptools_scm]\nfallback_version = '0.7'\n";
    write(folder.path(), "pyproject.toml", table);
    let ran = pypi_release(&["version", "--root", root]);
    assert_eq!(ran.stdout, "0.7\n");
    assert!(
        ran.stderr.contains("the version is the fallback version"),
        "{}",
        ran.stderr
    );
    let archival = "node: $Format:%H$\n";
    write(folder.path(), ".git_archival.txt", archival);
    write(folder.path(), "PKG-INFO", "Version: UNKNOWN\n");
    let json = pypi_release(&["version", "--root", root, "--json"]).json();
    assert_eq!(
        (&json["full"], &json["source"]),
        (&"0.7".into(), &"fallback".into())
    );
    write(folder.path(), "PKG-INFO", "Version: one\n");
    let ran = pypi_release(&["version", "--root", root]);
    assert_eq!(ran.exit, 1, "an sdist with an invalid version is damaged");

    write(folder.path(), "pyproject.toml", "");
    write(folder.path(), "PKG-INFO", "");
    let ran = pypi_release(&["version", "--root", root]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));

    let folder = after_a_tag();
    write(folder.path(), "pyproject.toml", table);
    let ran = pypi_release(&["version", "--root", text(folder.path()), "--public"]);
    assert_eq!(
        ran.stdout, "0.5.10.dev1\n",
        "the tag counts in a repository"
    );
}

#[test]
fn variables_of_setuptools_scm_set_facts_and_keys_or_are_refused() {
    let folder = after_a_tag();
    let root = text(folder.path());
    let with = |verb: &str, name: &str, value: &str| {
        let mut ran = command([verb, "--root", root]);
        ran.env(name, value);
        ran.env("GITHUB_ACTIONS", "true");
        ran.env("GITHUB_EVENT_NAME", "push");
        ran.env("GITHUB_REF", "refs/heads/main");
        run(ran)
    };
    let metadata = "SETUPTOOLS_SCM_PRETEND_METADATA_FOR_DEMO";
    let project = "[project]\nname = 'demo'\n[tool.setuptools_scm]\nversion_file = '_version.py'\n";
    write(folder.path(), "pyproject.toml", project);
    let ran = with("version", metadata, "{distance = 4, node = 'g1337beef'}");
    assert_eq!(ran.stdout, "0.5.10.dev4+g1337beef\n");
    let warning = format!("warning: variable {metadata} sets facts of the checkout");
    assert!(ran.stderr.contains(&warning), "{}", ran.stderr);
    for value in ["{distance = 4", "{distance = '4'}", "{nodes = 'abcd'}"] {
        let ran = with("version", metadata, value);
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{value}");
        assert!(ran.stderr.contains(metadata), "{}", ran.stderr);
    }
    let ran = with("route", metadata, "{distance = 4}");
    assert_eq!(ran.exit, 1, "facts of git decide");
    assert!(ran.stderr.contains("only those of git"), "{}", ran.stderr);

    let mut both = command(["version", "--write", "--root", root]);
    both.env("SETUPTOOLS_SCM_PRETEND_VERSION", "1.2.3");
    both.env(metadata, "{node = 'g1337beef', distance = 4}");
    assert_eq!(run(both).stdout, "1.2.3\n");
    let module = read(folder.path(), "_version.py");
    assert!(module.contains("commit_id = 'g1337beef'"), "{module}");
    let mut both = command(["version", "--root", root]);
    both.env("SETUPTOOLS_SCM_PRETEND_VERSION", "1.2.3");
    both.env(metadata, "{tag = 'v2.0'}");
    assert_eq!(run(both).exit, 1, "which of them is the version?");

    let overrides = "SETUPTOOLS_SCM_OVERRIDES_FOR_DEMO";
    let value = "{version_scheme = 'no-guess-dev', local_scheme = 'no-local-version', root = '..'}";
    let ran = with("version", overrides, value);
    assert_eq!(ran.stdout, "0.5.9.post1.dev1\n");
    let warning = format!("warning: {overrides}.root is not read");
    assert!(ran.stderr.contains(&warning), "{}", ran.stderr);
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\nname = 'demo'\n",
    );
    assert_eq!(
        with("version", overrides, value).stdout,
        "0.5.9.post1.dev1\n"
    );
    for table in ["pypi-release.version", "uv-dynamic-versioning"] {
        let text = format!("[project]\nname = 'demo'\n[tool.{table}]\n");
        write(folder.path(), "pyproject.toml", &text);
        let ran = with("version", overrides, value);
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{table}");
        assert!(ran.stderr.contains(overrides), "{}", ran.stderr);
    }
}

#[test]
fn archives_and_the_environment_stand_in_for_git() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = text(folder.path());
    let outside = pypi_release(&["version", "--root", root]);
    assert_eq!(outside.exit, 1);
    assert!(
        outside.stderr.contains("is not in a git repository"),
        "{}",
        outside.stderr
    );

    write(
        folder.path(),
        "PKG-INFO",
        "Metadata-Version: 2.4\nVersion: 1.0rc1\n",
    );
    let json = pypi_release(&["version", "--root", root, "--json"]).json();
    assert_eq!(
        (&json["full"], &json["source"]),
        (&"1.0rc1".into(), &"sdist".into())
    );

    let archival = format!("node: {}\ndescribe-name: v1.2-3-gabc\n", "a".repeat(40));
    write(folder.path(), ".git_archival.txt", &archival);
    let json = pypi_release(&["version", "--root", root, "--json"]).json();
    assert_eq!(
        (&json["public"], &json["source"]),
        (&"1.3.dev3".into(), &"archive".into())
    );

    write(
        folder.path(),
        ".git_archival.txt",
        "node: $Format:%H$\ndescribe-name: $Format:%(describe:tags=true)$\n",
    );
    let json = pypi_release(&["version", "--root", root, "--json"]).json();
    assert_eq!(
        (&json["public"], &json["source"]),
        (&"1.0rc1".into(), &"sdist".into()),
        "an sdist of a checkout contains the file as it is in the repository"
    );
    write(
        folder.path(),
        ".git_archival.txt",
        "describe-name: v1.2-3-gabcd\n",
    );
    let json = pypi_release(&["version", "--root", root, "--json"]).json();
    assert_eq!(
        (&json["full"], &json["source"]),
        (&"1.3.dev3+gabcd".into(), &"archive".into())
    );

    let mut pretended = command(["version", "--root", root]);
    pretended.env("SETUPTOOLS_SCM_PRETEND_VERSION", "v3.2.1");
    assert_eq!(run(pretended).stdout, "3.2.1\n");
}
