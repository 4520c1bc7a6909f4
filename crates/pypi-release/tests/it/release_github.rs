//! The GitHub release in the chain: a draft before the upload, published after the verification.

use pypi_local_index::{Fault, Route};
use serde_json::json;

use crate::{
    command::write,
    job::{Job, states},
};

#[test]
fn a_refused_upload_leaves_a_draft_that_the_next_run_publishes() {
    let job = Job::of_tag();
    let fault = Fault::on(Route::Upload).respond(400, "text/plain", "400 The name is too similar");
    job.index.add_fault(fault);
    let ran = job.release(&["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report).last().map(String::as_str),
        Some("publish failed")
    );
    assert_eq!(report["publication"]["token_burned"], true);
    assert_eq!(report["github_releases"], json!([]));
    let drafts = || {
        job.github
            .state()
            .releases
            .iter()
            .map(|release| release.draft)
            .collect::<Vec<_>>()
    };
    assert_eq!(drafts(), [true], "the draft was there before the upload");

    job.index.clear_faults();
    let ran = job.release(&[]);
    assert_eq!((ran.exit, drafts()), (0, vec![false]), "{}", ran.stderr);
}

#[test]
fn a_release_that_is_not_verified_stays_a_draft() {
    let job = Job::of_tag();
    let fault = Fault::on(Route::File).path_contains(".whl");
    job.index
        .add_fault(fault.respond(200, "application/octet-stream", "other"));
    let ran = job.release(&["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report).last().map(String::as_str),
        Some("verify failed")
    );
    assert_eq!(
        report["verification"]["files"][0]["verification"],
        "different"
    );
    assert!(job.github.state().releases[0].draft);
}

#[test]
fn a_draft_may_be_left_for_a_person() {
    let job = Job::of_tag();
    job.settings("[github]\ndraft-only = true\n");
    let ran = job.release(&[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("github-release: not needed, the draft is left for a person"),
        "{}",
        ran.stderr
    );
    assert!(job.github.state().releases[0].draft);
}

#[test]
fn the_release_that_started_the_run_is_not_touched() {
    let job = Job::of_tag().on("release", "refs/tags/v1.0.0");
    job.github.state().add("v1.0.0", false, "By hand.");
    let event = write(
        &job.folder,
        "event.json",
        br#"{"action": "published", "release": {"tag_name": "v1.0.0", "prerelease": false}}"#,
    );
    let mut command = job.command(&["--json"]);
    command.env("GITHUB_EVENT_PATH", event);
    let ran = job.run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let states = states(&ran.json());
    assert!(
        states.contains(&"draft not_needed".to_owned()),
        "{states:?}"
    );
    assert!(
        states.contains(&"github-release not_needed".to_owned()),
        "{states:?}"
    );
    assert_eq!((job.github.writes(), job.index.files().len()), (vec![], 2));
}
