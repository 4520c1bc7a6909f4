//! `version`.

use std::{path::Path, process::Command};

use crate::command::{pypi_release, text};

#[expect(clippy::disallowed_methods, reason = "makes the test's own repository")]
fn git(root: &Path, arguments: &[&str]) {
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
    assert!(
        command.output().expect("git runs").status.success(),
        "git {arguments:?}"
    );
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
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("guess-next-dev"), "{}", ran.stderr);
}
