//! The commits of versions, of real checkouts.

use std::{path::Path, process::Command};

use pypi_versioning::{ErrorKind, GitCommand, History, HistoryRange, TagFilter, Version};
use tempfile::TempDir;

#[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
fn git(root: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(args);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "old name"),
        ("GIT_AUTHOR_EMAIL", "old@example.org"),
        ("GIT_COMMITTER_NAME", "c"),
        ("GIT_COMMITTER_EMAIL", "c@example.org"),
    ] {
        command.env(name, value);
    }
    let output = command.output().expect("git runs");
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
fn commit(root: &Path, file: &str, message: &str) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, message).expect("a file");
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "-m", message]);
}

/// 1.0.0, two commits in two folders, 1.1.0rc1, a commit, 1.1.0.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    git(
        root,
        &["commit", "--quiet", "--allow-empty", "-m", "without files"],
    );
    git(root, &["tag", "v1.0.0"]);
    commit(
        root,
        ".mailmap",
        "New Name <new@example.org> <old@example.org>\n",
    );
    commit(root, "one/file", "in one");
    commit(root, "two/file", "in two\n\nwith a body");
    git(root, &["tag", "-a", "-m", "x", "v1.1.0rc1"]);
    commit(root, "one/other", "last");
    git(root, &["tag", "-a", "-m", "x", "v1.1.0"]);
    git(root, &["tag", "unrelated"]);
    folder
}

fn subjects(history: &History) -> Vec<&str> {
    history
        .commits
        .iter()
        .map(|commit| commit.subject())
        .collect()
}

fn previous(history: &History) -> Option<&str> {
    history.previous.as_ref().map(|tag| tag.name.as_str())
}

#[test]
fn a_version_has_the_commits_since_the_release_before() {
    let folder = repository();
    let history = |range: HistoryRange| {
        GitCommand::new(folder.path())
            .history(&range)
            .expect("a history")
    };
    let latest = history(HistoryRange::new());
    assert_eq!(
        latest.tag.as_ref().map(|tag| tag.name.as_str()),
        Some("v1.1.0")
    );
    assert_eq!(
        (previous(&latest), latest.is_truncated, latest.is_shallow),
        (Some("v1.0.0"), false, false)
    );
    let mapped = "New Name <new@example.org> <old@example.org>";
    assert_eq!(subjects(&latest), ["last", "in two", "in one", mapped]);
    let first = &latest.commits[1];
    assert_eq!(first.message, "in two\n\nwith a body\n");
    assert_eq!(
        (
            first.author.name.as_str(),
            first.recorded_author.name.as_str()
        ),
        ("New Name", "old name")
    );
    assert_eq!(first.parents, [latest.commits[2].id.as_str()]);

    let candidate = history(HistoryRange::new().until("v1.1.0rc1"));
    assert_eq!(
        (previous(&candidate), candidate.commits.len()),
        (Some("v1.0.0"), 3)
    );
    let since = history(HistoryRange::new().since("v1.1.0rc1"));
    assert_eq!(subjects(&since), ["last"]);
    let next = history(HistoryRange::new().version(Version::parse("1.2.0").expect("a version")));
    assert_eq!((previous(&next), next.commits.len()), (Some("v1.1.0"), 0));
    let short = history(HistoryRange::new().max_commits(2));
    assert_eq!(
        (subjects(&short), short.is_truncated),
        (vec!["last", "in two"], true)
    );
    let none = history(HistoryRange::new().tags(TagFilter::new().prefix("other-")));
    assert_eq!((previous(&none), none.commits.len()), (None, 5));

    let one = GitCommand::new(folder.path().join("one"));
    let one = one
        .history(&HistoryRange::new().in_folder(true))
        .expect("a history");
    assert_eq!(subjects(&one), ["last", "in one"]);
}

#[test]
fn what_is_missing_is_an_error() {
    let folder = repository();
    let command = GitCommand::new(folder.path());
    let kind = |range: HistoryRange| command.history(&range).expect_err("an error").kind();
    assert_eq!(
        kind(HistoryRange::new().until("v9.0")),
        ErrorKind::GitFailed
    );
    assert_eq!(
        kind(HistoryRange::new().since("v9.0")),
        ErrorKind::GitFailed
    );
    assert_eq!(
        kind(HistoryRange::new().until("--output=x")),
        ErrorKind::GitFailed
    );
    assert_eq!(
        kind(HistoryRange::new().until("v1.0.0..v1.1.0")),
        ErrorKind::GitFailed
    );

    let empty = tempfile::tempdir().expect("a folder");
    let command = GitCommand::new(empty.path());
    let error = |error: Option<pypi_versioning::Error>| error.map(|error| error.kind());
    assert_eq!(
        error(command.history(&HistoryRange::new()).err()),
        Some(ErrorKind::NotRepository)
    );
    assert_eq!(
        error(command.remote_url("origin").err()),
        Some(ErrorKind::NotRepository)
    );
    git(empty.path(), &["init", "--quiet"]);
    assert_eq!(
        error(command.history(&HistoryRange::new()).err()),
        Some(ErrorKind::NoCommit)
    );
    assert_eq!(command.remote_url("origin").expect("no remote"), None);
    git(
        empty.path(),
        &[
            "remote",
            "add",
            "origin",
            "https://x:secret@example.org/o/r",
        ],
    );
    assert_eq!(
        command.remote_url("origin").expect("a remote").as_deref(),
        Some("https://example.org/o/r")
    );
}
