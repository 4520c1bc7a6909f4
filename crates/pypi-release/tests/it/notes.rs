//! `notes`.

use std::path::Path;

use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, command, run, text, write},
    version::git,
};

/// A history with a release, a merged branch, a squashed one, and text that means something in Markdown.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let commit = |message: &str| {
        git(
            root,
            &["commit", "--quiet", "--allow-empty", "--message", message],
        )
    };
    git(root, &["init", "--quiet", "--initial-branch", "main"]);
    git(
        root,
        &[
            "remote",
            "add",
            "origin",
            "https://x-access-token:ghs_secret@github.com/o/r.git",
        ],
    );
    write(
        &folder,
        "pyproject.toml",
        b"[project]\nname = \"Demo_X\"\ndynamic = [\"version\"]\n",
    );
    commit("feat: the beginning");
    git(root, &["tag", "v1.0.0"]);
    commit("fix(parser): accept <b>@octo*</b>");
    git(root, &["checkout", "--quiet", "-b", "topic"]);
    commit("wip");
    git(root, &["checkout", "--quiet", "main"]);
    git(
        root,
        &[
            "merge",
            "--quiet",
            "--no-ff",
            "topic",
            "-m",
            "Merge pull request #12 from o/topic\n\nA faster reader",
        ],
    );
    commit(
        "feat!: drop Python 3.8 (#13)\n\nCo-authored-by: Grace <7+grace@users.noreply.github.com>",
    );
    commit("Release 1.1.0");
    git(root, &["tag", "-a", "-m", "x", "v1.1.0"]);
    folder
}

fn notes(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = command(["notes", "--root", text(folder)]);
    command.args(arguments);
    let ran = run(command);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains("ghs_secret"), "{text}");
    }
    ran
}

#[test]
fn notes_come_from_the_commits_since_the_release_before() {
    let folder = repository();
    let notes_of = notes(folder.path(), &[]);
    assert_eq!(notes_of.exit, 0, "{}", notes_of.stderr);
    let shown = notes_of.stdout;
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines[..11],
        [
            "## Breaking changes",
            "",
            "- drop Python 3.8 ([#13](https://github.com/o/r/pull/13))",
            "",
            "## Fixes",
            "",
            lines[6],
            "",
            "## Changes",
            "",
            "- A faster reader ([#12](https://github.com/o/r/pull/12))",
        ],
        "{shown}"
    );
    assert!(
        lines[6].starts_with("- **parser:** accept \\<b\\>`@octo`\\*\\</b\\> ([`"),
        "{shown}"
    );
    for part in [
        "pip install Demo_X==1.1.0",
        "uv pip install Demo_X==1.1.0",
        "<https://pypi.org/project/demo-x/1.1.0/>",
        "[Grace](https://github.com/grace)",
        "**All changes:** <https://github.com/o/r/compare/v1.0.0...v1.1.0>",
    ] {
        assert!(shown.contains(part), "{part:?} in {shown}");
    }
    assert!(
        !shown.contains("wip") && !shown.contains("Release 1.1.0"),
        "{shown}"
    );
    let json = notes(folder.path(), &["--json"]).json();
    assert_eq!(
        (&json["version"], &json["previous_tag"]),
        (&"1.1.0".into(), &"v1.0.0".into())
    );
    assert_eq!(json["markdown"].as_str(), Some(shown.as_str()));
}

#[test]
fn the_first_release_lists_everything() {
    let folder = repository();
    let first = notes(folder.path(), &["--tag", "v1.0.0", "--index", "testpypi"]).stdout;
    assert!(
        first.starts_with("The first release.\n\n## Features\n\n- the beginning"),
        "{first}"
    );
    assert!(
        first.contains("pip install --index-url https://test.pypi.org/simple/ Demo_X==1.0.0"),
        "{first}"
    );
    assert!(!first.contains("All changes"), "{first}");
}

#[test]
fn the_changelog_gets_a_section_once() {
    let folder = repository();
    let path = write(
        &folder,
        "CHANGELOG.md",
        b"# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-01\n\n- first\n",
    );
    let changelog = || read(&path);
    let arguments = ["--changelog", text(&path)];
    assert_eq!(notes(folder.path(), &arguments).exit, 0);
    let once = changelog();
    assert!(
        once.contains("## [1.1.0] - 2026-01-01\n\n### Changed\n\n- **Breaking:** drop Python 3.8"),
        "{once}"
    );
    assert!(
        once.ends_with("## [1.0.0] - 2026-01-01\n\n- first\n"),
        "{once}"
    );
    assert_eq!(notes(folder.path(), &arguments).exit, 0);
    assert_eq!(changelog(), once);

    let written = notes(folder.path(), &["--handwritten", "--tag", "v1.0.0"]).stdout;
    assert!(
        written.starts_with("- first\n\n## Installation"),
        "{written}"
    );
    write(&folder, "CHANGELOG.md", b"# Changelog\n");
    let missing = notes(folder.path(), &["--handwritten"]);
    assert!(
        missing.exit == 1 && missing.stderr.contains("no section of version 1.1.0"),
        "{}",
        missing.stderr
    );
}

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

#[test]
fn a_template_is_strict_and_escapes() {
    let folder = repository();
    let template = |source: &str| {
        let path = write(&folder, "notes.j2", source.as_bytes());
        notes(folder.path(), &["--template", text(&path), DIST[0]])
    };
    let own = template(
        "{{ version }}: {% for file in files %}{{ file.name|code }} {{ file.sha256|length }}{% endfor %}\n",
    );
    assert_eq!(
        own.stdout, "1.1.0: `upload_demo-1.0.0-py3-none-any.whl` 64\n",
        "{}",
        own.stderr
    );
    let wrong = template("a\n{{ nothing }}\n");
    assert_eq!((wrong.exit, wrong.stdout.as_str()), (1, ""));
    assert!(
        wrong.stderr.contains("line 2") && wrong.stderr.contains("undefined"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_hostile_message_is_no_command_of_the_ci() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    for message in [
        "::error::x",
        "##vso[task.complete]",
        "a\u{1b}[31m\u{202e}b",
        "<script>alert(1)</script>",
    ] {
        git(
            root,
            &["commit", "--quiet", "--allow-empty", "--message", message],
        );
    }
    let shown = notes(root, &["--version", "1.0"]);
    assert_eq!(shown.exit, 0, "{}", shown.stderr);
    for line in shown.stdout.lines() {
        assert!(
            !line.trim_start().starts_with("::") && !line.starts_with("##v"),
            "{line:?}"
        );
        assert!(
            !line.contains(char::is_control)
                && !line.contains('\u{202e}')
                && !line.replace("\\<", "").contains('<'),
            "{line:?}"
        );
    }
    let no_git = tempfile::tempdir().expect("a folder");
    let ran = notes(no_git.path(), &["--json"]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.json()["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("git repository"))
    );
}
