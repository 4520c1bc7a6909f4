//! What ends a release before anything is sent.

use pypi_metadata::testing;
use serde_json::json;

use crate::{
    command::write,
    fake_github::TOKEN,
    job::{HUSH, Job, assert_stopped, states},
    version::git,
};

#[test]
fn outside_of_ci_the_index_is_named() {
    let mut job = Job::of_tag();
    job.variables
        .retain(|name, _| name.starts_with("GITHUB_TOKEN"));
    assert_stopped(
        &job,
        &job.release(&[]),
        1,
        &["not a CI job", "--skip route and --index"],
    );
    let unnamed = job.run(job.bare(&["--skip", "route", "--skip", "identity"]));
    assert_stopped(&job, &unnamed, 2, &["the index is not known: use --index"]);

    let token = job.index.user_token().reveal().to_owned();
    job.set("UPLOAD", &token);
    let ran = job.release(&["--skip", "route", "--token-env", "UPLOAD", "--json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    let overrides = json!(["the installation was left out", "step route was left out"]);
    assert_eq!(report["overrides"], overrides);
    assert_eq!(job.index.files().len(), 2);
    assert_eq!(
        job.github.log(),
        [""; 0],
        "without an event there is no release of GitHub"
    );
}

#[test]
fn other_events_release_nothing() {
    for (event, reference, said) in [
        ("pull_request", "refs/pull/1/merge", "pull request"),
        ("push", "refs/heads/feature", "feature"),
        ("push", "refs/tags/nightly", "nightly"),
    ] {
        let job = Job::of_tag().on(event, reference);
        let ran = job.release(&[]);
        assert_eq!(
            (ran.exit, ran.stdout.as_str()),
            (0, "nothing to release\n"),
            "{event}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        job.assert_nothing_sent();
        assert_eq!((job.index.requests().len(), job.github.log().len()), (0, 0));
    }
}

#[test]
fn only_files_of_this_version_are_released() {
    let job = Job::of_tag();
    let cases = [
        (
            vec![
                testing::wheel("demo", "1.0.0"),
                testing::sdist("demo", "0.9"),
            ],
            "demo-0.9.tar.gz is version 0.9, but the version of this commit is 1.0.0",
        ),
        (
            vec![testing::wheel("demo", "1.0.0+local")],
            "is version 1.0.0+local, but the version of this commit is 1.0.0, because indexes reject the local part: \
             set SETUPTOOLS_SCM_PRETEND_VERSION",
        ),
        (
            vec![
                testing::wheel("demo", "1.0.0"),
                testing::wheel("other", "1.0.0"),
            ],
            "other-1.0.0-py3-none-any.whl does not belong to a project that is released",
        ),
        (vec![], "has no distributions: build them, or name them"),
    ];
    for (files, said) in cases {
        job.build(&files);
        assert_stopped(&job, &job.release(&[]), 1, &[said]);
    }
    let both = [
        testing::wheel("demo", "0.8"),
        testing::wheel("other", "1.0.0"),
    ];
    job.build(&both);
    let said = [
        "is version 0.8",
        "other-1.0.0-py3-none-any.whl",
        "; build the distributions of this commit",
    ];
    assert_stopped(&job, &job.release(&[]), 1, &said);
}

#[test]
fn a_file_that_the_index_rejects_stops_before_anything_is_sent() {
    let job = Job::of_tag();
    write(
        &job.folder,
        "dist/demo-1.0.0-py3-none-any.whl",
        b"not a wheel",
    );
    let ran = job.release(&["--json"]);
    assert_stopped(&job, &ran, 1, &["demo-1.0.0-py3-none-any.whl"]);
    assert_eq!(
        states(&ran.json()),
        ["version done", "route done", "check failed"]
    );
}

#[test]
fn the_gate_waits_for_the_workflow_of_the_commit() {
    for (event, runs, said) in [
        (
            "push",
            &["failure"][..],
            "workflow ci.yml ended with failure for this commit (https://github.com/o/r/actions/runs/",
        ),
        (
            "push",
            &["in_progress"],
            "workflow ci.yml did not succeed within 1.0 s: the run is in_progress",
        ),
        ("push", &["waiting"], "it waits for an approval: approve it"),
        (
            "push",
            &[],
            "there is no run for this commit yet: check the name of its file",
        ),
        (
            "pull_request",
            &["success"],
            "there is no run for this commit yet",
        ),
    ] {
        let job = Job::of_tag();
        job.settings("[gate]\ntimeout = '1s'\n");
        if !runs.is_empty() {
            job.ran("ci.yml", event, runs);
        }
        let ran = job.release(&["--after", "ci.yml"]);
        assert_stopped(&job, &ran, 1, &[said, "nothing was sent"]);
    }
    let job = Job::of_tag();
    job.settings("[gate]\ntimeout = '1s'\nafter = ['ci.yml']\n");
    job.ran("ci.yml", "push", &["in_progress", "success"]);
    let ran = job.release(&[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("waiting for ci.yml: the run is in_progress"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_command_of_the_gate_stops_the_release_and_sees_no_secret() {
    let mut job = Job::of_tag();
    for name in ["HOOK", "UPLOAD", "MY_SECRET"] {
        job.set(name, &format!("{HUSH}-{name}"));
    }
    job.set("KIND", "of the project");
    job.settings("[webhook]\nurl-env = 'HOOK'\n[gate]\ncommands = ['env > seen', 'echo ::error::told; echo why >&2; exit 7']\n");
    let ran = job.release(&["--token-env", "UPLOAD"]);
    let said = [
        "  | ::error::told\n  | why\n",
        "the gate's command `echo ::error::told",
        "exited with code 7: nothing was sent",
    ];
    assert_stopped(&job, &ran, 1, &said);
    let seen = job.read("seen");
    assert!(seen.contains("KIND=of the project"), "{seen}");
    for secret in [HUSH, TOKEN, "ACTIONS_ID_TOKEN"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    job.settings("[gate]\ntimeout = '1s'\ncommands = ['sleep 600']\n");
    assert_stopped(
        &job,
        &job.release(&[]),
        1,
        &["`sleep 600` took longer than 1.0 s"],
    );
}

#[test]
fn a_job_without_an_identity_leaves_no_draft() {
    let mut job = Job::of_tag();
    job.variables
        .retain(|name, _| !name.starts_with("ACTIONS_ID_TOKEN"));
    let ran = job.release(&["--json"]);
    assert_stopped(&job, &ran, 1, &["id-token: write"]);
    assert_eq!(
        states(&ran.json()).last().map(String::as_str),
        Some("identity failed")
    );
}

#[test]
fn a_job_without_a_token_for_github_uploads_nothing() {
    let mut job = Job::of_tag();
    job.variables.remove("GITHUB_TOKEN");
    assert_stopped(
        &job,
        &job.release(&[]),
        1,
        &["GITHUB_TOKEN", "contents: write"],
    );
}

#[test]
fn a_moved_tag_is_not_released() {
    let job = Job::of_tag();
    git(
        job.folder.path(),
        &["commit", "--quiet", "--allow-empty", "--message", "later"],
    );
    assert_stopped(&job, &job.release(&[]), 1, &["demo: not-head: "]);
}
