//! `route`.

use std::path::Path;

use crate::command::{Ran, command, pypi_release, run, text};
use crate::version::{after_a_tag, git, read, write};

pub(crate) fn head(folder: &Path) -> String {
    let json = pypi_release(&["version", "--root", text(folder), "--json"]).json();
    json["facts"]["node"].as_str().expect("a commit").to_owned()
}

fn route(folder: &Path, name: &str, arguments: &[&str]) -> Ran {
    let mut route = command(["route", "--root", text(folder)]);
    route.args(arguments).envs([
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_REF", name),
        ("GITHUB_SHA", &head(folder)),
        ("GITHUB_OUTPUT", text(&folder.join("output"))),
    ]);
    run(route)
}

#[test]
fn the_default_branch_goes_to_testpypi_and_a_tag_to_pypi() {
    let folder = after_a_tag();
    let main = route(folder.path(), "refs/heads/main", &["--github-output"]);
    assert_eq!(
        (main.exit, main.stdout.as_str()),
        (0, "testpypi 0.5.10.dev1\n")
    );
    assert_eq!(
        read(folder.path(), "output"),
        "index=testpypi\npublish=true\nversion=0.5.10.dev1\ncode=development-to-testpypi\n"
    );
    let moved = route(folder.path(), "refs/tags/v0.5.9", &[]);
    assert_eq!((moved.exit, moved.stdout.as_str()), (1, "none\n"));
    assert!(
        moved.stderr.starts_with("pypi-release: tag-not-on-head: "),
        "{}",
        moved.stderr
    );

    git(folder.path(), &["checkout", "--quiet", "v0.5.9"]);
    let json = route(folder.path(), "refs/tags/v0.5.9", &["--json"]).json();
    assert_eq!(
        (&json["index"], &json["version"]),
        (&"pypi".into(), &"0.5.9".into())
    );
    assert_eq!(json["code"], "release-to-pypi");
}

#[test]
fn a_prefix_is_one_of_release_tags_too() {
    let folder = after_a_tag();
    git(folder.path(), &["tag", "client-v2.0"]);
    let arguments = ["--tag-prefix", "client-"];
    let ran = route(folder.path(), "refs/tags/client-v2.0", &arguments);
    assert_eq!((ran.exit, ran.stdout.as_str()), (0, "pypi 2.0\n"));
    let other = route(folder.path(), "refs/tags/v0.5.9", &arguments);
    assert_eq!((other.exit, other.stdout.as_str()), (0, "none\n"));
}

#[test]
fn a_prefix_may_contain_the_v() {
    let folder = after_a_tag();
    git(folder.path(), &["tag", "client-v2.0"]);
    let settings = "[project]\nname = 'x'\n[tool.pypi-release.version]\ntag-prefix = 'client-v'\n";
    write(folder.path(), "pyproject.toml", settings);
    git(folder.path(), &["add", "pyproject.toml"]);
    git(folder.path(), &["commit", "--quiet", "-m", "settings"]);
    git(folder.path(), &["tag", "client-v2.1"]);
    let ran = route(folder.path(), "refs/tags/client-v2.1", &[]);
    assert_eq!(
        (ran.exit, ran.stdout.as_str()),
        (0, "pypi 2.1\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn outside_of_ci_there_is_no_event() {
    let folder = after_a_tag();
    let ran = pypi_release(&["route", "--root", text(folder.path())]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("GITHUB_ACTIONS"), "{}", ran.stderr);
}

#[test]
fn the_project_sets_the_defaults() {
    let folder = after_a_tag();
    write(
        folder.path(),
        "pypi-release.toml",
        "[route]\ndefault-branch = 'trunk'\nrelease-tags = 'r*'\n[version]\ntag-prefix = 'r'\n",
    );
    git(folder.path(), &["tag", "r2.0"]);
    let tag = route(folder.path(), "refs/tags/r2.0", &[]);
    assert_eq!((tag.exit, tag.stdout.as_str()), (0, "pypi 2.0\n"));
    let main = route(folder.path(), "refs/heads/main", &[]);
    assert_eq!((main.exit, main.stdout.as_str()), (0, "none\n"));
    let given = route(folder.path(), "refs/tags/r2.0", &["--release-tags", "v*"]);
    assert_eq!((given.exit, given.stdout.as_str()), (0, "none\n"));

    write(
        folder.path(),
        "pypi-release.toml",
        "[route]\nbranch = 'x'\n",
    );
    let wrong = pypi_release(&["route", "--root", text(folder.path())]);
    assert_eq!((wrong.exit, wrong.stdout.as_str()), (1, ""));
    assert!(
        wrong.stderr.ends_with(
            "pypi-release.toml line 2: unknown key route.branch: expected one of \
             default-branch, repository, release-tags, prereleases\n"
        ),
        "{}",
        wrong.stderr
    );
}
