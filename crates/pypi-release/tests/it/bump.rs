//! `bump`.

use std::path::Path;

use pypi_local_index::LocalIndex;
use tempfile::TempDir;

use crate::command::{DIST, Ran, command, publish_to, pypi_release, run, text};
use crate::version::{git, read, write};

const BEFORE: &str = "# x\n[project]\nname = 'demo'\nversion = '1.2.3'  # by hand\n";

#[test]
fn only_the_value_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "pyproject.toml", BEFORE);
    let file = folder.path().join("pyproject.toml");
    let bump = |arguments: &[&str]| {
        pypi_release(&[&["bump", "--config", text(&file)], arguments].concat())
    };
    assert_eq!(bump(&["minor", "rc", "--dry-run"]).stdout, "1.3.0rc1\n");
    assert_eq!(read(folder.path(), "pyproject.toml"), BEFORE);

    let json = bump(&["minor", "rc", "--json"]).json();
    assert_eq!(
        (&json["old"], &json["new"]),
        (&"1.2.3".into(), &"1.3.0rc1".into())
    );
    assert_eq!(
        read(folder.path(), "pyproject.toml"),
        BEFORE.replace("1.2.3", "1.3.0rc1")
    );

    let lower = bump(&["alpha"]);
    assert_eq!((lower.exit, lower.stdout.as_str()), (1, ""));
    assert!(
        lower.stderr.contains("is not higher than 1.3.0rc1"),
        "{}",
        lower.stderr
    );
    assert_eq!(bump(&["huge"]).exit, 2);
}

#[test]
fn a_dynamic_version_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\ndynamic = ['version']\n",
    );
    let ran = pypi_release(&["bump", "minor", "--root", text(folder.path())]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains("tag the commit instead"),
        "{}",
        ran.stderr
    );
}

const LOCK: &str = "version = 1\n\n[[package]]\nname = \"demo\"\nversion = \"1.2.3\" # x\n\
                    source = { editable = \".\" }\n\n[[package]]\nname = \"six\"\nversion = \"1.2.3\"\n\
                    source = { registry = \"https://pypi.org/simple\" }\n";

const INIT: &str = "import x\n__version__ = \"1.2.3\"\nOLDEST = \"1.2.3\"\n";

/// A repository with a project, its lock file and a module with the version.
pub(crate) fn repository(settings: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    git(path, &["init", "--quiet", "--initial-branch=main"]);
    git(path, &["config", "user.name", "a"]);
    git(path, &["config", "user.email", "a@example.org"]);
    write(path, "pyproject.toml", &format!("{BEFORE}{settings}"));
    write(path, "uv.lock", LOCK);
    write(path, "demo.py", INIT);
    git(path, &["add", "--all"]);
    git(path, &["commit", "--quiet", "--message", "one"]);
    folder
}

pub(crate) const FILES: &str = "[tool.pypi-release.bump]\n\
                     files = [{ path = 'demo.py', search = '__version__ = \"{version}\"' }]\n";

pub(crate) fn bump(folder: &Path, arguments: &[&str]) -> Ran {
    let bump = ["bump", "--root", text(folder)];
    run(command([&bump[..], arguments].concat()))
}

/// What git says.
#[expect(clippy::disallowed_methods, reason = "asks the test's own repository")]
pub(crate) fn ask(folder: &Path, arguments: &[&str]) -> String {
    let mut git = std::process::Command::new("git");
    let output = git.arg("-C").arg(folder).args(arguments).output();
    String::from_utf8(output.expect("git runs").stdout).expect("text")
}

/// All files and references.
pub(crate) fn state(folder: &Path) -> [String; 4] {
    let files = ["pyproject.toml", "uv.lock", "demo.py"].map(|name| read(folder, name));
    [
        files.concat(),
        ask(folder, &["status", "--porcelain"]),
        ask(folder, &["for-each-ref"]),
        ask(folder, &["log", "--oneline"]),
    ]
}

#[test]
fn every_file_with_the_version_changes_and_is_committed_and_tagged() {
    let folder = repository(FILES);
    let path = folder.path();
    let before = state(path);
    let dry = bump(path, &["minor", "--commit", "--tag", "--dry-run", "--json"]).json();
    assert_eq!(dry["files"].as_array().map(Vec::len), Some(3), "{dry}");
    assert_eq!(dry["written"], false);
    assert_eq!(state(path), before, "nothing is changed");

    let json = bump(path, &["minor", "--commit", "--tag", "--json"]).json();
    assert_eq!(
        (&json["tag"], &json["tagged"]),
        (&"v1.3.0".into(), &true.into())
    );
    assert_eq!(json["next"], serde_json::json!(["git push --follow-tags"]));
    assert_eq!(json["commit"], ask(path, &["rev-parse", "HEAD"]).trim());
    let lock = LOCK.replacen("1.2.3", "1.3.0", 1);
    assert_eq!(read(path, "uv.lock"), lock);
    assert_eq!(read(path, "demo.py"), INIT.replacen("1.2.3", "1.3.0", 1));
    assert_eq!(ask(path, &["status", "--porcelain"]), "");
    assert_eq!(ask(path, &["log", "-1", "--format=%s"]), "Release 1.3.0\n");
    let kind = [
        "for-each-ref",
        "--format=%(objecttype) %(subject)",
        "refs/tags/v1.3.0",
    ];
    assert_eq!(ask(path, &kind), "tag Release 1.3.0\n");
    assert_eq!(ask(path, &["describe"]), "v1.3.0\n");
}

#[test]
fn without_a_commit_the_next_steps_are_printed() {
    let folder = repository("[tool.pypi-release.bump]\nmessage = \"It's {version}\"\n");
    let path = folder.path();
    let ran = bump(path, &["minor"]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (0, "1.3.0\n"));
    let (root, message) = (text(path), "'It'\\''s 1.3.0'");
    assert_eq!(
        ran.stderr,
        format!(
            "next: git commit --message {message} -- {root}/pyproject.toml {root}/uv.lock\n\
             next: git tag --annotate --message {message} v1.3.0\n\
             next: git push --follow-tags\n"
        )
    );
    assert_eq!(bump(path, &["minor", "--tag"]).exit, 2);
}

#[test]
fn what_would_leave_a_release_half_made_is_refused_before_anything_changes() {
    let both = ["minor", "--commit", "--tag"];
    let refused = |folder: &TempDir, message: &str| {
        let before = state(folder.path());
        let ran = bump(folder.path(), &both);
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{message}");
        assert!(ran.stderr.contains(message), "{message}: {}", ran.stderr);
        assert_eq!(state(folder.path()), before, "{message}");
    };

    let dirty = repository("");
    write(dirty.path(), "demo.py", "changed");
    refused(&dirty, "the working tree has uncommitted changes (demo.py)");

    let tagged = repository("");
    git(tagged.path(), &["tag", "v1.3.0"]);
    refused(&tagged, "the tag v1.3.0 exists (");

    let detached = repository("");
    git(detached.path(), &["checkout", "--quiet", "--detach"]);
    refused(&detached, "HEAD is not a branch");

    let semantic = repository("[tool.pypi-release.bump]\nsemantic = true\n");
    let ran = bump(semantic.path(), &["rc=1", "minor"]);
    assert!(
        ran.stderr
            .contains("1.3.0rc1 is not a version of the form x.y.z"),
        "{}",
        ran.stderr
    );

    let twice = FILES.replace("__version__ = \"{version}\"", "{version}");
    let twice = repository(&twice);
    refused(&twice, "/demo.py contains \"1.2.3\" 2 times, expected once");

    let other = repository("[tool.pypi-release.version]\ntag-glob = 'release-*'\n");
    refused(
        &other,
        "the tag v1.3.0 would not name version 1.3.0 of this project",
    );

    let broken = repository("");
    write(broken.path(), "uv.lock", "[[package]");
    git(
        broken.path(),
        &["commit", "--quiet", "--all", "--message", "two"],
    );
    refused(&broken, "/uv.lock is not valid TOML: ");
}

#[test]
fn a_commit_or_a_tag_that_fails_leaves_everything_as_it_was() {
    let folder = repository(FILES);
    let path = folder.path();
    let hook = path.join(".git/hooks/pre-commit");
    write(
        path,
        ".git/hooks/pre-commit",
        "#!/bin/sh\necho no release on Fridays\nexit 1\n",
    );
    executable(&hook);
    let before = state(path);
    let ran = bump(path, &["minor", "--commit", "--tag"]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains("no release on Fridays"),
        "{}",
        ran.stderr
    );
    assert_eq!(state(path), before);

    std::fs::remove_file(&hook).expect("removed");
    git(path, &["config", "tag.gpgSign", "true"]);
    git(path, &["config", "gpg.program", "/nowhere/gpg"]);
    let ran = bump(path, &["minor", "--commit", "--tag"]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("git tag failed"), "{}", ran.stderr);
    assert_eq!(state(path), before, "the commit is undone");
}

pub(crate) fn executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, permissions).expect("its permissions");
    }
}

#[test]
fn the_last_tag_of_a_dynamic_project_is_bumped() {
    for project in [
        "[project]\nname = 'demo'\ndynamic = ['version']\n",
        "[tool.poetry]\nname = 'demo'\nversion = '0.0.0'\n[tool.poetry-dynamic-versioning]\nenable = true\n",
    ] {
        let folder = repository("");
        let path = folder.path();
        write(path, "pyproject.toml", project);
        git(path, &["commit", "--quiet", "--all", "--message", "two"]);
        git(path, &["tag", "v0.4.0"]);
        let ran = bump(path, &["minor"]);
        assert_eq!(ran.exit, 1);
        assert!(
            ran.stderr.contains("tag the commit instead"),
            "{}",
            ran.stderr
        );
        let ran = bump(path, &["minor", "--tag"]);
        assert_eq!(
            (ran.exit, ran.stdout.as_str()),
            (0, "0.5.0\n"),
            "{}",
            ran.stderr
        );
        assert_eq!(ask(path, &["describe"]), "v0.5.0\n");
        assert_eq!(ask(path, &["status", "--porcelain"]), "");
    }
}

#[test]
fn a_poetry_project_and_one_of_several_are_bumped() {
    let folder = repository("");
    let path = folder.path();
    std::fs::create_dir_all(path.join("packages/other")).expect("folders");
    std::fs::create_dir_all(path.join("packages/demo")).expect("folders");
    let poetry = "[tool.poetry]\nname = \"Demo\"\nversion = \"1.2.3\"\n";
    write(path, "packages/demo/pyproject.toml", poetry);
    write(
        path,
        "packages/other/pyproject.toml",
        "[project]\nname = 'other'\n",
    );
    write(path, "uv.lock", &LOCK.replace("\".\"", "\"packages/demo\""));
    write(path, "pypi-release.toml", "projects = ['packages/*']\n");
    git(path, &["add", "--all"]);
    git(path, &["commit", "--quiet", "--message", "two"]);
    let ran = bump(&path.join("packages/demo"), &["patch", "--commit", "--tag"]);
    assert_eq!(
        (ran.exit, ran.stdout.as_str()),
        (0, "1.2.4\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        read(path, "packages/demo/pyproject.toml"),
        poetry.replace("1.2.3", "1.2.4")
    );
    assert!(read(path, "uv.lock").contains("version = \"1.2.4\" # x"));
    assert_eq!(ask(path, &["describe"]), "demo-v1.2.4\n");
}

#[test]
fn a_version_that_the_index_has_is_refused() {
    let index = LocalIndex::start().expect("an index");
    assert_eq!(publish_to(&index, &DIST).exit, 0);
    let folder = tempfile::tempdir().expect("a folder");
    let before = "[project]\nname = 'Upload.Demo'\nversion = '0.9.0'\n";
    write(folder.path(), "pyproject.toml", before);
    let (upload, simple) = (
        index.upload_url().to_string(),
        index.simple_url().to_string(),
    );
    let ask = ["--check-index", "--index", &upload, "--simple-url", &simple];
    let ran = bump(folder.path(), &[&["1.0.0"], &ask[..]].concat());
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr
            .contains("has Upload.Demo 1.0.0 already: bump to a higher version"),
        "{}",
        ran.stderr
    );
    assert_eq!(read(folder.path(), "pyproject.toml"), before);
    assert_eq!(
        bump(folder.path(), &[&["1.0.1"], &ask[..]].concat()).exit,
        0
    );

    drop(index);
    let ran = bump(folder.path(), &[&["1.0.2"], &ask[..]].concat());
    assert_eq!((ran.exit, ran.stdout.as_str()), (3, ""));
    assert!(
        ran.stderr.contains("has Upload.Demo 1.0.2 is unknown: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn documents_of_failures_have_the_same_keys() {
    let folder = repository("");
    let wrong = tempfile::tempdir().expect("a folder");
    write(wrong.path(), "pypi-release.toml", "x = 1\n");
    git(folder.path(), &["tag", "v1.2.2"]);
    for verb in [
        &["version"][..],
        &["bump", "patch", "--dry-run"],
        &["config"],
        &["route"],
    ] {
        let document = |root: &Path| {
            let mut command = command([verb, &["--json", "--root", text(root)]].concat());
            let head = crate::route::head(folder.path());
            command.envs([
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "push"),
                ("GITHUB_REF", "refs/heads/main"),
                ("GITHUB_SHA", &head),
            ]);
            run(command).json()
        };
        let (good, bad) = (document(folder.path()), document(wrong.path()));
        let keys = |document: &serde_json::Value| {
            let object = document.as_object().expect("an object");
            object.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(&good), keys(&bad), "{verb:?}");
        assert_eq!(
            (&good["success"], &good["error"]),
            (&true.into(), &serde_json::Value::Null),
            "{verb:?}"
        );
        assert_eq!(bad["success"], false, "{verb:?}");
        let message = bad["error"]["message"].as_str().expect("a message");
        assert!(message.contains("unknown key x"), "{verb:?}: {message}");
    }
}
