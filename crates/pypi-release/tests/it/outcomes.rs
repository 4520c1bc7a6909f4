//! What the exit code and the report say about each outcome.

use pypi_local_index::{Fault, LocalIndex, Route};
use serde_json::{Value, json};

use crate::command::{DIST, Ran, command, publish_to, run};

fn publish_with(fault: Fault, arguments: &[&str]) -> Ran {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(fault);
    publish_to(&index, &[&["--attempts", "1", DIST[0]], arguments].concat())
}

#[test]
fn a_staged_file_exits_4() {
    let staged = Fault::on(Route::Upload)
        .respond(202, "text/plain", "")
        .header("Location", "/session/1");
    let ran = publish_with(staged, &["--json"]);
    let report = ran.json();
    assert_eq!((ran.exit, &report["success"]), (4, &json!(false)));
    assert_eq!(report["files"][0]["outcome"], "staged");
}

#[test]
fn a_refusal_exits_1_and_repeats_the_sentence() {
    let refused = Fault::on(Route::Upload).respond(400, "text/plain", "No such license.");
    let ran = publish_with(refused, &[]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stdout.contains("No such license."), "{}", ran.stdout);
}

#[test]
fn the_remedy_for_the_other_files_fits_why_they_are_not_there() {
    for (status, body, remedy) in [
        (
            400,
            "File already exists ('upload_demo-1.0.0.tar.gz', with blake2_256 hash '00').",
            "the same files will be refused again: build a new version, and publish its files",
        ),
        (
            400,
            "No such license.",
            "the same files will be refused again: correct and build those that were refused",
        ),
        (
            403,
            "Invalid or non-existent authentication information.",
            "run again with the same files to send the rest",
        ),
        (
            500,
            "down",
            "run again with the same files to send the rest",
        ),
    ] {
        let index = LocalIndex::start().expect("an index");
        let second = Fault::on(Route::Upload).from(2);
        index.add_fault(second.respond(status, "text/plain", body));
        let arguments = ["--attempts", "1", "--jobs", "1", DIST[0], DIST[1]];
        let ran = publish_to(&index, &arguments);
        let line = ran.stderr.lines().last().unwrap_or_default();
        let (_, end) = line.split_once("1 of 2 files are on ").expect(body);
        assert!(end.ends_with(&format!(": {remedy}")), "{}", ran.stderr);
        assert_ne!(ran.exit, 0);
    }
}

#[test]
fn a_url_that_accepts_no_uploads_is_to_be_checked() {
    let moved = Fault::on(Route::Upload).respond(307, "text/plain", "");
    let ran = publish_with(moved.header("Location", "/elsewhere/"), &[]);
    assert_eq!(ran.exit, 1);
    let hint = "the URL of the index does not accept uploads: check it";
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
}

#[test]
fn a_provider_that_is_down_exits_3() {
    for route in [Route::Runner, Route::Mint, Route::Audience] {
        let ran = publish_with(
            Fault::on(route).respond(500, "text/plain", "down"),
            &["--json"],
        );
        let report = ran.json();
        assert_eq!(ran.exit, 3, "{route:?}: {report:#}");
        assert_eq!(report["files"][0]["outcome"], "failed");
        let message = report["error"]["message"].as_str().expect("a message");
        assert!(message.contains("500"), "{route:?}: {message}");
    }
}

#[test]
fn an_index_that_cannot_be_asked_leaves_the_outcome_unknown() {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(Fault::on(Route::Upload).lose_response());
    index.add_fault(
        Fault::on(Route::Simple)
            .from(2)
            .respond(500, "text/plain", "down"),
    );
    let ran = publish_to(&index, &["--attempts", "1", "--json", DIST[0]]);
    let report = ran.json();
    assert_eq!(
        (ran.exit, &report["files"][0]["outcome"]),
        (3, &json!("unknown")),
        "{report:#}"
    );
    assert_eq!(report["token_burned"], true);
}

#[test]
fn other_bytes_on_the_index_are_an_alarm() {
    let page = json!({
        "meta": {"api-version": "1.1"},
        "name": "upload-demo",
        "files": [{
            "filename": "upload_demo-1.0.0-py3-none-any.whl",
            "url": "/files/other.whl",
            "hashes": {"sha256": "0".repeat(64)},
        }],
    });
    let index = LocalIndex::start().expect("an index");
    let other = Fault::on(Route::Simple).from(2);
    index.add_fault(other.respond(200, "application/vnd.pypi.simple.v1+json", page.to_string()));
    let ran = publish_to(&index, &["--json", DIST[0]]);
    let report = ran.json();
    let file = &report["files"][0];
    assert_eq!(
        (ran.exit, &file["outcome"]),
        (1, &json!("uploaded")),
        "{report:#}"
    );
    assert_eq!(file["verification"], "different");
    let text = file.to_string();
    assert!(
        text.contains(&"0".repeat(64))
            && text.contains(file["hashes"]["sha256"].as_str().expect("a hash"))
    );
}

#[test]
fn nobody_waits_for_a_page_that_is_not_asked_for() {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(Fault::on(Route::Simple).stale());
    let ran = publish_to(&index, &["--no-verify", "--json", DIST[0]]);
    let report = ran.json();
    assert_eq!((ran.exit, &report["success"]), (0, &json!(true)));
    assert_eq!(report["files"][0]["verification"], "not_asked");
}

#[test]
fn a_page_that_lags_is_a_warning() {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(Fault::on(Route::Simple).stale());
    let ran = publish_to(&index, &["--verify-timeout", "1s", DIST[0]]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("not listed by the index yet"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_run_out_of_time_burns_its_token() {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(Fault::on(Route::Upload).stall_body(10));
    let ran = publish_to(&index, &["--deadline", "1s", "--json", DIST[0]]);
    let report = ran.json();
    assert_eq!(ran.exit, 3, "{report:#}");
    assert_eq!(report["error"]["kind"], "deadline");
    assert_eq!(report["token_burned"], true);
}

/// With a private index the line would install a stranger's package of the same name from PyPI.
#[test]
fn an_install_line_needs_the_simple_api() {
    let index = LocalIndex::start().expect("an index");
    let mut command = command(["publish", DIST[0], "--index", index.upload_url().as_str()]);
    command.envs(index.environment());
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains("pip install"), "{}", ran.stdout);
}

#[test]
fn a_token_that_is_given_for_its_variable_is_not_repeated() {
    let token = "pypi-AgEIcHlwaS5vcmcCJGE";
    for json in [&["--json"][..], &[]] {
        let ran = run(command(
            [&["publish", "--token-env", token, DIST[0]], json].concat(),
        ));
        assert_eq!(ran.exit, 2);
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            printed.contains("revoke") && !printed.contains("AgEIcHlw"),
            "{printed}"
        );
    }
}

#[test]
fn one_job_sends_one_file_at_a_time() {
    let index = LocalIndex::start().expect("an index");
    let ran = publish_to(
        &index,
        &[
            "--jobs",
            "1",
            "--order",
            "dependencies",
            "--json",
            DIST[0],
            DIST[1],
        ],
    );
    assert_eq!(ran.json()["success"], Value::Bool(true));
    assert_eq!(publish_to(&index, &["--jobs", "0", DIST[0]]).exit, 2);
}
