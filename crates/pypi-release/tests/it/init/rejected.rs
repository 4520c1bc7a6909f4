//! What `init` does not write.

use super::{WORKFLOW, checkout, init, workflow};
use crate::version::{git, write};

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let says = |arguments: &[&str], text: &str| {
        let ran = init(folder.path(), arguments);
        assert!(
            ran.exit != 0 && ran.stderr.contains(text),
            "{text}: {}",
            ran.stderr
        );
    };
    says(&["github"], "is not in a git checkout");
    git(folder.path(), &["init", "--quiet"]);
    says(&["github"], "pyproject.toml");
    write(folder.path(), "pyproject.toml", "[project]\n");
    says(&["github"], "has no project.name");
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\nname = 'demo'\nversion = '1.0'\n",
    );
    says(&["github"], "or give --repository");
    says(&["github", "--repository", "demo"], "expected OWNER/NAME");
    says(
        &["github", "--repository", "o/r", "--file", "../x.yml"],
        "expected a name such as release.yml",
    );
}

#[test]
fn names_of_others_are_not_run() {
    let folder = checkout("main");
    let branch = "a';id${{github.token}}";
    let ran = init(folder.path(), &["github", "--default-branch", branch]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains("cannot be written to a workflow"),
        "{}",
        ran.stderr
    );
    let text = workflow(
        folder.path(),
        &["github", "--default-branch", "a';id;\"$(id)"],
    );
    assert!(
        text.contains(r#"--default-branch 'a'\\'';id;\"$(id)' --github-output"#),
        "{text}"
    );
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\nname = 'x\"; id'\nversion = '1'\n",
    );
    assert_eq!(init(folder.path(), &["github", "--force"]).exit, 1);
}

#[test]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a test's own folder")]
fn nothing_is_written_through_a_link() {
    let folder = checkout("main");
    let outside = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), folder.path().join(".github")).expect("a link");
    let ran = init(folder.path(), &["github"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("symbolic link"), "{}", ran.stderr);
    assert_eq!(
        std::fs::read_dir(outside.path()).expect("a folder").count(),
        0
    );
}

#[test]
fn a_remote_that_names_no_repository_is_not_written() {
    for url in [
        "https://github.com/../..",
        "https://github.com/o/r?x#y",
        "https://github.com/o/\"; rm",
        "https://github.com/o//r",
        "https://github.com/g/o/r",
    ] {
        let folder = checkout("main");
        git(folder.path(), &["remote", "set-url", "origin", url]);
        let ran = init(folder.path(), &["github", "--json"]);
        assert_eq!(ran.exit, 2, "{url}");
        assert!(ran.stderr.contains("expected OWNER/NAME"), "{}", ran.stderr);
        assert!(!folder.path().join(WORKFLOW).exists(), "{url}");
        for key in ["files", "actions", "publishers", "notes"] {
            assert!(ran.json().get(key).is_some(), "{key}");
        }
    }
}
