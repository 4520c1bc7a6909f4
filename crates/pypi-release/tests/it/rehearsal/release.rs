//! `release --index local --seed-folder`.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{LONG_AGO, OTHER, listed};
use crate::command::{Ran, run, text};
use crate::job::{Job, states};

/// The page of the project `demo` of a CI job.
fn saved_demo(files: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("demo")).expect("a folder");
    let page = json!({"meta": {"api-version": "1.4"}, "name": "demo", "files": files});
    let path = "demo/simple.json";
    crate::command::write(&folder, path, page.to_string().as_bytes());
    folder
}

fn rehearse_release(job: &Job, folder: &TempDir, arguments: &[&str]) -> Ran {
    let mut command = job.bare(&["--no-install", "--index", "local"]);
    command.args(["--seed-folder", text(folder.path())]);
    command.args(arguments);
    run(command)
}

#[test]
fn a_release_is_rehearsed_without_a_github_release() {
    let job = Job::of_tag();
    let folder = saved_demo(&[listed("demo-0.9.tar.gz", OTHER, LONG_AGO)]);
    let ran = rehearse_release(&job, &folder, &["--json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    let expected = [
        "version done",
        "route done",
        "check done",
        "gate not_needed",
        "identity done",
        "draft not_needed",
        "publish done",
        "verify done",
        "github-release not_needed",
    ];
    assert_eq!(states(&report), expected);
    let detail = &report["steps"][5]["detail"];
    assert_eq!(detail, "a rehearsal creates no GitHub release");
    let rehearsal = &report["publication"]["rehearsal"];
    assert_eq!(rehearsal["projects"][0]["files"], 1);
    assert_eq!(job.github.writes(), [""; 0]);
    assert!(job.index.requests().is_empty(), "only the local index");

    let ran = rehearse_release(&job, &folder, &[]);
    for line in [
        "project demo: exists, with 1 release and 1 file (1000 B of 10.00 GiB)\n",
        "release demo 1.0.0: new\n",
    ] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
    assert!(
        ran.stdout.ends_with(
            "rehearsed demo 1.0.0: PyPI accepts the release, as far as the seed folder shows\n"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_release_that_pypi_refuses_fails_its_rehearsal() {
    let job = Job::of_tag();
    let folder = saved_demo(&[listed("demo-1.0.0-py2-none-any.whl", OTHER, LONG_AGO)]);
    let ran = rehearse_release(&job, &folder, &["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report).last().map(String::as_str),
        Some("publish failed")
    );
    let message = report["error"]["message"].as_str().expect("a message");
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    assert!(message.contains(text), "{message}");
    assert_eq!(
        report["publication"]["rehearsal"]["releases"][0]["closed"],
        true
    );
    assert_eq!(job.github.writes(), [""; 0]);

    let ran = rehearse_release(&job, &folder, &["--dry-run"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let line = "; it is too old for new files\n";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    let folder = crate::command::text(folder.path());
    let ran = run(job.command(&["--seed-folder", folder]));
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    let expected = "--seed-folder is for --index local";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
}
