//! What a publication leaves for people and for later steps.
#![expect(clippy::disallowed_methods, reason = "what the command wrote")]

use std::{fs, path::Path};

use pypi_local_index::{Fault, LocalIndex, Route};
use serde_json::Value;

use crate::command::{DIST, command, publish_to, run, text};

#[test]
fn the_audit_trail_has_a_line_per_event_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("audit.jsonl");
    let index = LocalIndex::start().expect("an index");
    index.add_fault(
        Fault::on(Route::Upload)
            .nth(1)
            .respond(503, "text/plain", "busy"),
    );
    // The path of this crate would be found among the secrets.
    let name = Path::new(DIST[0]).file_name().expect("a name");
    let copy = folder.path().join(name);
    fs::copy(DIST[0], &copy).expect("copied");
    for _ in 0..2 {
        let ran = publish_to(&index, &["--audit", text(&file), text(&copy)]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
    }
    let trail = fs::read_to_string(&file).expect("a trail");
    let events: Vec<Value> = trail
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let names: Vec<&str> = events
        .iter()
        .map(|event| {
            assert!(
                event["time"].as_str().expect("a time").ends_with('Z'),
                "{event}"
            );
            event["event"].as_str().expect("a name")
        })
        .collect();
    for name in [
        "planned",
        "token_minted",
        "attempt_started",
        "retry_in",
        "finished",
        "burned",
        "verified",
        "report",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let reports: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| *name == "report")
        .collect();
    assert_eq!(reports.len(), 2, "the second run appends");
    for secret in ["pypi-", "eyJ"] {
        assert!(!trail.contains(secret), "{secret:?} in {trail}");
    }
}

#[test]
fn a_trail_that_cannot_be_written_stops_the_run_before_it_begins() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = LocalIndex::start().expect("an index");
    let ran = publish_to(
        &index,
        &[
            "--audit",
            text(&folder.path().join("no/such/file")),
            DIST[0],
        ],
    );
    assert_ne!(ran.exit, 0);
    assert!(index.requests().is_empty());
}

#[test]
fn later_steps_get_results() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let index = LocalIndex::start().expect("an index");
    let mut command = command(["publish", "--github-output", DIST[0]]);
    command.args(["--index", index.upload_url().as_str()]);
    command.args(["--simple-url", index.simple_url().as_str()]);
    command.arg("--dotenv").arg(path("dotenv"));
    command.envs(index.environment());
    command.env("GITHUB_OUTPUT", path("output"));
    command.env("GITHUB_STEP_SUMMARY", path("summary"));
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(path(name)).expect(name);
    assert!(
        read("output").lines().any(|line| line == "success=true"),
        "{}",
        read("output")
    );
    let dotenv = read("dotenv");
    assert!(
        dotenv
            .lines()
            .any(|line| line == "PYPI_RELEASE_SUCCESS=true"),
        "{dotenv}"
    );
    let summary = read("summary");
    assert!(
        summary.contains("1.0.0-py3-none-any.whl | 2.96 KiB | uploaded | verified by sha256"),
        "{summary}"
    );
}

#[test]
fn without_a_terminal_each_file_has_a_line_when_it_starts_and_one_when_it_ends() {
    let index = LocalIndex::start().expect("an index");
    let ran = publish_to(&index, &[DIST[0], DIST[1]]);
    let count =
        |stream: &str, text: &str| stream.lines().filter(|line| line.contains(text)).count();
    assert_eq!(
        count(&ran.stderr, &format!("uploading {}", DIST[0]))
            + count(&ran.stderr, &format!("uploading {}", DIST[1])),
        2,
        "{}",
        ran.stderr
    );
    assert_eq!(count(&ran.stdout, "  uploaded"), 2, "{}", ran.stdout);
    assert_eq!(
        count(&ran.stderr, "  uploaded"),
        0,
        "each result is printed once"
    );
}
