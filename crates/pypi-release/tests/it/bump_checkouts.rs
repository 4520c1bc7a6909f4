//! `bump` in checkouts and with settings that nobody expects.

use std::fs;

use crate::bump::{FILES, ask, bump, executable, repository, state};
use crate::command::{command, run, text};
use crate::version::{git, read, write};

#[test]
fn a_file_with_two_spellings_is_edited_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = "[project]\nname = 'demo'\nversion = '1.2.3'\ndescription = 'demo 1.2.3 beta'\n\
                  [tool.pypi-release.bump]\nfiles = [{ path = 'pyproject.toml', search = 'demo {version} beta' }]\n";
    write(folder.path(), "pyproject.toml", before);
    let mut command = command(["bump", "minor", "--json", "--config", "pyproject.toml"]);
    command.current_dir(folder.path());
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["files"], serde_json::json!(["pyproject.toml"]));
    let after = read(folder.path(), "pyproject.toml");
    assert_eq!(after, before.replace("1.2.3", "1.3.0"));
}

#[test]
#[cfg(unix)]
fn a_folder_that_looks_like_a_repository_runs_no_program() {
    let folder = repository("");
    let evil = folder.path().join("evil");
    git(folder.path(), &["init", "--quiet", "--bare", "evil"]);
    let victim = folder.path().join("victim");
    let config = format!(
        "[core]\nrepositoryformatversion = 0\nbare = false\nworktree = {}\nfsmonitor = \"touch {}; false\"\n",
        text(&evil.join("work")),
        text(&victim)
    );
    write(&evil, "config", &config);
    fs::create_dir(evil.join("work")).expect("a folder");
    write(
        &evil,
        "pyproject.toml",
        "[project]\nname = 'x'\nversion = '1.0'\n",
    );
    let ran = bump(&evil, &["patch", "--commit"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("safe.bareRepository"), "{}", ran.stderr);
    assert!(!victim.exists());
    for service in ["github", "gitlab"] {
        let ran = run(command(["init", service, "--root", text(&evil)]));
        assert!(
            ran.stderr.contains("is not in a git checkout"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_file_that_git_does_not_track_is_refused() {
    let folder = repository(FILES);
    let path = folder.path();
    git(path, &["rm", "--quiet", "--cached", "pyproject.toml"]);
    git(path, &["commit", "--quiet", "--message", "two"]);
    let before = state(path);
    let ran = bump(path, &["minor", "--commit", "--tag"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("git does not track "), "{}", ran.stderr);
    assert_eq!(state(path), before);

    // A library need not commit its lock file.
    git(path, &["add", "pyproject.toml"]);
    git(path, &["rm", "--quiet", "--cached", "uv.lock"]);
    git(path, &["commit", "--quiet", "--message", "three"]);
    assert_eq!(bump(path, &["minor", "--commit", "--tag"]).exit, 0);
    let changed = ask(path, &["show", "--format=", "--name-only"]);
    assert_eq!(changed, "demo.py\npyproject.toml\n");
}

#[test]
fn names_of_files_are_not_patterns() {
    let folder = repository("");
    let path = folder.path();
    for name in ["[p]", "p"] {
        fs::create_dir(path.join(name)).expect("a folder");
        write(
            &path.join(name),
            "pyproject.toml",
            "[project]\nname = 'p'\nversion = '1.0'\n",
        );
    }
    git(path, &["add", "--all"]);
    git(path, &["commit", "--quiet", "--message", "two"]);
    assert_eq!(bump(&path.join("[p]"), &["minor", "--commit"]).exit, 0);
    let changed = ask(path, &["show", "--format=", "--name-only"]);
    assert_eq!(changed, "[p]/pyproject.toml\n");
}

#[test]
#[cfg(unix)]
fn what_a_hook_adds_is_committed_and_undone_too() {
    let folder = repository("");
    let path = folder.path();
    let hook = "#!/bin/sh\necho '# formatted' >> pyproject.toml\necho x > new\ngit add new pyproject.toml\n";
    write(path, ".git/hooks/pre-commit", hook);
    executable(&path.join(".git/hooks/pre-commit"));
    let before = state(path);
    git(path, &["config", "tag.gpgSign", "true"]);
    git(path, &["config", "gpg.program", "/nowhere/gpg"]);
    assert_eq!(bump(path, &["minor", "--commit", "--tag"]).exit, 1);
    assert_eq!(state(path), before);
    assert_eq!(ask(path, &["status", "--porcelain"]), "");

    git(path, &["config", "tag.gpgSign", "false"]);
    let ran = bump(path, &["minor", "--commit", "--tag"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let changed = ask(path, &["show", "--format=", "--name-only"]);
    assert_eq!(changed, "new\npyproject.toml\nuv.lock\n");
    assert_eq!(ask(path, &["status", "--porcelain"]), "");
}

#[test]
#[cfg(unix)]
fn a_commit_that_cannot_be_undone_is_named_and_keeps_its_files() {
    let folder = repository("");
    let path = folder.path();
    // `git reset --keep` fails if a file of the commit has changes.
    let hook = "#!/bin/sh\necho '# later' >> pyproject.toml\n";
    write(path, ".git/hooks/post-commit", hook);
    executable(&path.join(".git/hooks/post-commit"));
    git(path, &["config", "tag.gpgSign", "true"]);
    git(path, &["config", "gpg.program", "/nowhere/gpg"]);
    let ran = bump(path, &["minor", "--commit", "--tag"]);
    assert_eq!(ran.exit, 1);
    let commit = ask(path, &["rev-parse", "HEAD"]);
    let message = format!("the commit {} remains: tag it, or undo it", commit.trim());
    assert!(ran.stderr.contains(&message), "{}", ran.stderr);
    assert_eq!(ask(path, &["status", "--porcelain", "uv.lock"]), "");
    assert!(read(path, "pyproject.toml").ends_with("# later\n"));
}

#[test]
fn the_v_of_a_tag_prefix_is_not_repeated() {
    for (prefix, tag) in [
        ("release_v", "release_v1.2.4"),
        ("demo/v", "demo/v1.2.4"),
        ("dev", "devv1.2.4"),
    ] {
        let settings = format!("[tool.pypi-release.version]\ntag-prefix = '{prefix}'\n");
        let folder = repository(&settings);
        let json = bump(folder.path(), &["patch", "--json"]).json();
        assert_eq!(json["tag"], tag);
    }
}
