//! From files on disk to files on an index.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use pypi_local_index::LocalIndex;
use serde_json::{Value, json};

use crate::command::{DIST, command, publish_to, pypi_release, run};

const WHEEL: &str = "upload_demo-1.0.0-py3-none-any.whl";
const SDIST: &str = "upload_demo-1.0.0.tar.gz";

#[test]
fn a_release_goes_to_a_local_index() {
    let ran = pypi_release(&["publish", "--index", "local", DIST[0], DIST[1]]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[0].starts_with(DIST[0]) && lines[0].ends_with("  uploaded"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with(DIST[1]) && lines[1].ends_with("  uploaded"),
        "{lines:?}"
    );
    assert_eq!(lines[2], "all files are on 127.0.0.1, verified by sha256");
    assert!(
        lines[3].starts_with("pip install --index-url http://127.0.0.1:"),
        "{lines:?}"
    );
    assert!(
        lines[3].ends_with("/simple/ upload-demo==1.0.0"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_report_is_one_json_document() {
    let ran = pypi_release(&["publish", "--json", "--index", "local", DIST[0], DIST[1]]);
    let report = ran.json();
    assert_eq!(
        (ran.exit, &report["success"], &report["token_burned"]),
        (0, &json!(true), &json!(true))
    );
    for (file, name) in report["files"]
        .as_array()
        .expect("files")
        .iter()
        .zip([WHEEL, SDIST])
    {
        assert_eq!(file["filename"], name);
        assert_eq!(
            (&file["outcome"], &file["verification"]),
            (&json!("uploaded"), &json!("confirmed"))
        );
    }
}

#[test]
fn a_second_run_finds_everything_there() {
    let index = LocalIndex::start().expect("an index");
    assert_eq!(publish_to(&index, &DIST).exit, 0);
    let ran = publish_to(&index, &["--json", DIST[0], DIST[1]]);
    assert_eq!(ran.exit, 0);
    let report = ran.json();
    assert!(
        report["files"]
            .as_array()
            .expect("files")
            .iter()
            .all(|file| file["outcome"] == "already_present")
    );
    assert_eq!(
        report["token_burned"],
        Value::Null,
        "no token is minted for nothing"
    );
}

#[test]
fn no_secret_is_printed() {
    let index = LocalIndex::start().expect("an index");
    let environment = index.environment();
    let request_token = environment
        .iter()
        .find(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    let (_, request_token) = request_token.expect("a job's token");
    let ran = publish_to(&index, &["--verbose", DIST[0]]);
    assert_eq!(ran.exit, 0);
    assert!(
        ran.stderr.contains("minted") && ran.stderr.contains("burning"),
        "every step is shown: {}",
        ran.stderr
    );

    let mut with_token = command(["publish", "--token-env", "MY_TOKEN", "--verbose", DIST[1]]);
    with_token.args(["--index", index.upload_url().as_str()]);
    with_token.env("MY_TOKEN", index.user_token().reveal());
    let with_token = run(with_token);
    assert_eq!(with_token.exit, 0, "{}", with_token.stderr);
    assert_eq!(ran.masked.len(), 1, "the minted token, for GitHub");
    assert!(with_token.masked.is_empty(), "not a job of GitHub");
    for text in [ran.stdout, ran.stderr, with_token.stdout, with_token.stderr] {
        // The path of this crate is not a token.
        let text = text.replace(DIST[0], "").replace(DIST[1], "");
        for secret in ["pypi-", "eyJ", request_token, index.user_token().reveal()] {
            assert!(!text.contains(secret), "{secret:?} in {text}");
        }
    }
}

#[test]
fn a_proxy_is_not_told_what_stays_on_this_machine() {
    let mut command = command(["publish", "--attempts", "1", "--index", "local", DIST[0]]);
    for variable in [
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        command.env(variable, "http://proxy.invalid:3128");
    }
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}

#[test]
fn a_dry_run_needs_no_permission() {
    let mut command = command(["publish", "--dry-run", DIST[0]]);
    command.env("GITHUB_ACTIONS", "true");
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}

#[test]
fn a_dry_run_sends_nothing() {
    let index = LocalIndex::start().expect("an index");
    let ran = publish_to(&index, &["--dry-run", "--json", DIST[0], DIST[1]]);
    let report = ran.json();
    assert_eq!((ran.exit, &report["success"]), (0, &json!(true)));
    assert_eq!(report["dry_run"], true);
    assert_eq!(report["files"][0]["filename"], WHEEL);
    assert_eq!(report["files"][0]["outcome"], Value::Null);
    assert!(index.requests().is_empty());
}

#[test]
fn quiet_success_says_nothing() {
    let ran = pypi_release(&["--quiet", "publish", "--index", "local", DIST[0]]);
    assert_eq!(
        (ran.exit, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "", "")
    );
}

#[test]
fn a_served_index_takes_uploads_of_another_process() {
    let mut serving = command(["local-index", "--json"]);
    let mut serving = serving.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut document = String::new();
    for line in BufReader::new(serving.stdout.take().expect("a pipe")).lines() {
        let line = line.expect("text");
        document.push_str(&line);
        if line == "}" {
            break;
        }
    }
    let served: Value = serde_json::from_str(&document).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut publish = command(["publish", DIST[0], "--index", &text(&served["upload_url"])]);
    publish.args(["--simple-url", &text(&served["simple_url"])]);
    for (name, value) in served["environment"].as_object().expect("variables") {
        publish.env(name, text(value));
    }
    let ran = run(publish);
    serving.kill().expect("it ran until now");
    serving.wait().expect("it ends");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}
