//! `github-release`.

use std::process::Command;

use pypi_local_index::LocalIndex;
use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, command, publish_to, pypi_release, run, text, write},
    fake_github::{COMMIT, FakeGitHub, TOKEN},
    version::git,
};

/// `github-release` of `tests/dist` as the job of the tag v1.0.0.
fn github_release(fake: &FakeGitHub, arguments: &[&str]) -> Command {
    let mut command = command(["github-release"]);
    command.args(arguments).envs([
        ("GITHUB_API_URL", fake.url()),
        ("GITHUB_TOKEN", TOKEN),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_REF", "refs/tags/v1.0.0"),
        ("GITHUB_SHA", COMMIT),
    ]);
    command
}

/// A folder that is not a checkout, with notes and another asset.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder, "notes.md", b"The notes.\n");
    write(&folder, "extra.bin", b"more");
    folder
}

fn ran(fake: &FakeGitHub, folder: &TempDir, arguments: &[&str]) -> Ran {
    let notes = folder.path().join("notes.md");
    let mut command = github_release(fake, &DIST);
    command
        .args(["--root", text(folder.path()), "--notes", text(&notes)])
        .args(arguments);
    let ran = run(command);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(TOKEN), "{text}");
    }
    ran
}

#[test]
fn a_release_has_the_files_that_the_index_has() {
    let (fake, folder, index) = (
        FakeGitHub::start(),
        folder(),
        LocalIndex::start().expect("an index"),
    );
    fake.state().immutable = true;
    let urls = [
        "--index",
        index.upload_url().as_str(),
        "--simple-url",
        index.simple_url().as_str(),
    ];

    let early = ran(&fake, &folder, &urls);
    assert_eq!(early.exit, 1);
    assert!(
        early.stderr.contains("publish it first") && early.stderr.contains("--even-if-unpublished"),
        "{}",
        early.stderr
    );
    assert_eq!(fake.log(), Vec::<String>::new(), "GitHub was not asked");

    assert_eq!(publish_to(&index, &DIST).exit, 0);
    let json = ran(&fake, &folder, &[&urls[..], &["--json"]].concat()).json();
    assert_eq!(
        (json["state"].as_str(), json["changed"].as_bool()),
        (Some("published"), Some(true))
    );
    let names: Vec<&str> = json["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .filter_map(|asset| asset["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "upload_demo-1.0.0-py3-none-any.whl",
            "upload_demo-1.0.0.tar.gz",
            "SHA256SUMS"
        ]
    );

    let writes = fake.writes();
    let again = ran(&fake, &folder, &urls);
    assert!(
        again.stdout.contains("is published, nothing to do"),
        "{}",
        again.stdout
    );
    assert_eq!(fake.writes(), writes);
}

#[test]
fn a_draft_is_published_later() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    let extra = folder.path().join("extra.bin");
    let asset = ["--asset", text(&extra)];
    let draft = ran(
        &fake,
        &folder,
        &[&asset[..], &["--draft-only", "--json"]].concat(),
    )
    .json();
    assert_eq!(draft["state"], "draft");
    assert_eq!(draft["assets"].as_array().map(Vec::len), Some(4));
    let missing = ran(&fake, &folder, &["--publish", "--even-if-unpublished"]);
    assert!(
        missing.exit == 1 && missing.stderr.contains("SHA256SUMS"),
        "{}",
        missing.stderr
    );
    let published = ran(
        &fake,
        &folder,
        &[&asset[..], &["--publish", "--even-if-unpublished"]].concat(),
    );
    assert_eq!(published.exit, 0, "{}", published.stderr);
    assert!(!fake.state().releases[0].draft);
}

#[test]
fn the_folder_of_distributions_may_have_attestations_and_digests() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    let bundle = write(
        &folder,
        "upload_demo-1.0.0.tar.gz.publish.attestation",
        b"{}",
    );
    let [output, summary] = ["output", "summary"].map(|name| write(&folder, name, b""));
    let notes = folder.path().join("notes.md");
    let mut command = github_release(&fake, &DIST);
    command.args([
        "--root",
        text(folder.path()),
        "--notes",
        text(&notes),
        "--even-if-unpublished",
        "--github-output",
    ]);
    command.arg(&bundle).env("GITHUB_OUTPUT", &output);
    command.env("GITHUB_STEP_SUMMARY", &summary);
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stdout
            .contains("upload_demo-1.0.0.tar.gz.publish.attestation"),
        "{}",
        ran.stdout
    );
    let sums = write(
        &folder,
        "SHA256SUMS",
        format!("{}  upload_demo-1.0.0.tar.gz\n", "0".repeat(64)).as_bytes(),
    );
    let wrong = self::ran(&fake, &folder, &[text(&sums), "--even-if-unpublished"]);
    assert!(
        wrong.exit == 1
            && wrong
                .stderr
                .contains("SHA256SUMS: upload_demo-1.0.0.tar.gz has sha256"),
        "{}",
        wrong.stderr
    );
    let written = read(&output);
    assert!(
        written.contains("release_state=published\n") && written.contains("release_changed=true\n"),
        "{written}"
    );
    let summary = read(&summary);
    assert!(
        summary.starts_with("### GitHub release v1.0.0: published\n\n<http"),
        "{summary}"
    );
    assert!(summary.contains("| SHA256SUMS | "), "{summary}");
    assert!(summary.contains("` | uploaded |\n"), "{summary}");
}

#[test]
fn a_draft_is_all_that_the_settings_ask_for() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    write(
        &folder,
        "pypi-release.toml",
        b"[github]\nassets = [\"*.bin\"]\ndraft-only = true\n",
    );
    let draft = ran(&fake, &folder, &["--json"]).json();
    assert_eq!(
        (draft["state"].as_str(), draft["success"].as_bool()),
        (Some("draft"), Some(true))
    );
    let assets = draft["assets"].as_array().expect("assets");
    assert!(
        assets.iter().any(|asset| asset["name"] == "extra.bin"),
        "{assets:?}"
    );
    assert_eq!(
        ran(&fake, &folder, &["--publish", "--even-if-unpublished"]).exit,
        0
    );
}

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

#[test]
fn a_checkout_knows_the_tag_the_commit_and_the_notes() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    let root = folder.path();
    let commit = |message: &str| {
        git(
            root,
            &["commit", "--quiet", "--allow-empty", "--message", message],
        )
    };
    git(root, &["init", "--quiet"]);
    git(root, &["remote", "add", "origin", "git@github.com:o/r.git"]);
    commit("feat: first");
    git(root, &["tag", "v0.9.0"]);
    commit("fix: thank @octocat (#3)");
    git(root, &["tag", "-a", "-m", "x", "v1.0.0"]);
    let run_in = |arguments: &[&str]| {
        let mut command = command([
            "github-release",
            "--root",
            text(root),
            "--even-if-unpublished",
            "--json",
        ]);
        command.args(DIST).args(arguments);
        command.envs([("GITHUB_API_URL", fake.url()), ("GITHUB_TOKEN", TOKEN)]);
        run(command)
    };
    let wrong = run_in(&[]);
    assert_eq!(wrong.exit, 1);
    let message = wrong.json()["error"]["message"]
        .as_str()
        .expect("a message")
        .to_owned();
    assert!(
        message.contains("release the commit of the tag"),
        "{message}"
    );
    let json = pypi_release(&["version", "--root", text(root), "--json"]).json();
    let head = json["facts"]["node"].as_str().expect("a commit").to_owned();
    fake.state().tags.insert("v1.0.0".to_owned(), head);
    assert_eq!(run_in(&[]).json()["state"], "published");
    let body = fake.state().releases[0].body.clone();
    for part in [
        "- thank `@octocat` ([#3](https://github.com/o/r/pull/3))",
        "pip install upload-demo==1.0.0",
        "| `upload_demo-1.0.0.tar.gz` | `",
        "compare/v0.9.0...v1.0.0",
    ] {
        assert!(body.contains(part), "{part:?} in {body}");
    }
    assert!(
        !body.contains("first") && !body.contains("SHA256SUMS"),
        "{body}"
    );
}

#[test]
fn instructions_are_appended() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    fake.state().add("v1.0.0", false, "By hand.");
    let appended = ran(&fake, &folder, &["--append-install"]);
    assert_eq!(appended.exit, 0, "{}", appended.stderr);
    let body = fake.state().releases[0].body.clone();
    assert!(
        body.starts_with("By hand.")
            && body.contains("pip install upload-demo==1.0.0")
            && body.contains("uv pip install"),
        "{body}"
    );
    assert_eq!(fake.writes().len(), 1);
    ran(&fake, &folder, &["--append-install"]);
    assert_eq!(fake.writes().len(), 1);
}

#[test]
fn a_process_that_was_killed_is_continued() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    let notes = folder.path().join("notes.md");
    // The second asset arrives, and the process never hears of it.
    fake.fault(&serde_json::json!({ "method": "POST", "path": "/assets", "kind": "hang", "skip": 1, "done": true }));
    let mut command = github_release(&fake, &DIST);
    command.args([
        "--root",
        text(folder.path()),
        "--notes",
        text(&notes),
        "--even-if-unpublished",
    ]);
    let mut child = command.spawn().expect("it runs");
    fake.wait_until(|state| {
        state
            .log
            .iter()
            .filter(|line| line.starts_with("POST ") && line.ends_with("/assets"))
            .count()
            == 2
    });
    child.kill().expect("killed");
    child.wait().expect("ended");
    let again = ran(&fake, &folder, &["--even-if-unpublished", "--json"]);
    assert_eq!(again.exit, 0, "{}", again.stderr);
    let outcomes: Vec<String> = again.json()["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .map(|asset| asset["outcome"].to_string())
        .collect();
    assert_eq!(
        outcomes,
        ["\"already_present\"", "\"already_present\"", "\"uploaded\""]
    );
    assert_eq!(fake.state().releases.len(), 1);
}

#[test]
fn the_token_comes_from_a_variable_and_never_appears() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    let with = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = github_release(&fake, &DIST);
        let (root, notes) = (folder.path(), folder.path().join("notes.md"));
        command.args(["--root", text(root), "--notes", text(&notes)]);
        command.arg("--even-if-unpublished").args(arguments);
        command
            .env_remove("GITHUB_TOKEN")
            .envs(variables.iter().copied());
        let ran = run(command);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains("ghs_"), "{text}");
        }
        ran
    };
    let none = with(&[], &[]);
    assert!(
        none.exit == 1 && none.stderr.contains("contents: write"),
        "{}",
        none.stderr
    );
    assert_eq!(with(&["--token-env", "X"], &[]).exit, 1);
    assert_eq!(with(&["--token-env", "ghs_abc!"], &[]).exit, 2);
    let wrong = with(&["-v"], &[("GH_TOKEN", "ghs_wrong0123456789")]);
    let request = "GET /repos/o/r/git/ref/tags/v1.0.0: 401 Unauthorized\n";
    assert!(
        wrong.exit == 1 && wrong.stderr.contains(request),
        "{}",
        wrong.stderr
    );
    let elsewhere = with(
        &[],
        &[
            ("GITHUB_TOKEN", TOKEN),
            ("GITHUB_API_URL", "http://api.example"),
        ],
    );
    assert!(
        elsewhere.exit == 2 && elsewhere.stderr.contains("https"),
        "{}",
        elsewhere.stderr
    );
    assert_eq!(with(&["--token-env", "X"], &[("X", TOKEN)]).exit, 0);
}

#[test]
fn files_of_another_version_are_not_released() {
    let (fake, folder) = (FakeGitHub::start(), folder());
    let other = ran(&fake, &folder, &["--tag", "v2.0.0"]);
    assert!(
        other.exit == 1 && other.stderr.contains("has version 1.0.0"),
        "{}",
        other.stderr
    );
    let no_tag = ran(&fake, &folder, &["--tag", "v1.0.0", "--commit", "abc"]);
    assert_eq!(no_tag.exit, 2);
    assert!(fake.log().is_empty());
}
