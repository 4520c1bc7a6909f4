//! Compares the index with a real Warehouse (source of 2026-08-21): the same requests, in the same state.
//!
//! The folder `tests/recorded`, or the one named by the variable `INDEX_ANSWERS`, contains the recorded requests and
//! responses, one case per line, with `HOST` for the address of that server and `{pypi}` for PyPI's. Cases run in the order
//! of the file, uploads first, because each may change the state for the next.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints what it compared"
)]

#[path = "../it/client.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod client;
mod compare;
mod initial_state;
mod mint;
#[cfg(feature = "scenario")]
mod mint_cases;
mod read;
mod upload;
mod wire;

use std::path::PathBuf;

use serde_json::Value;

use client::Response;

/// The cases whose response differs on purpose, and why.
const EXCEPTIONS: [(&str, &str); 2] = [
    (
        "mint/burn",
        "the recorded server was older than the endpoint, which PyPI has had since 2026-09",
    ),
    (
        "request/get",
        "recorded by a server without an upload domain; PyPI responds as in `legacy/head`",
    ),
];

#[test]
fn every_recorded_request_is_answered_as_warehouse_answered_it() {
    let index = initial_state::start();
    let mut count = 0;
    let mut differences = Vec::new();
    for (file, ask) in [
        (
            "uploads.jsonl",
            upload::ask as fn(&_, &Value) -> Option<Response>,
        ),
        ("forms.jsonl", upload::ask),
        ("mint.jsonl", mint::ask),
        ("requests.jsonl", wire::ask),
        ("reads.jsonl", read::ask),
    ] {
        for case in cases(file) {
            count += 1;
            let response = ask(&index, &case);
            let difference = compare::difference(&index, &case, response.as_ref());
            let exception = EXCEPTIONS.iter().find(|(id, _)| case["id"] == *id);
            match (difference, exception) {
                (Some(_), Some((id, reason))) => println!("exception {id}: {reason}"),
                (None, Some((id, _))) => {
                    differences.push(format!("{id} is not an exception any more"))
                }
                (Some(difference), None) => differences.push(difference),
                (None, None) => {}
            }
        }
    }
    println!("{count} recorded responses, {} differ", differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the variable names the folder of the recorded responses"
)]
fn cases(file: &str) -> Vec<Value> {
    let other = std::env::var_os("INDEX_ANSWERS").map(|folder| PathBuf::from(folder).join(file));
    // Another folder may have only some of the files.
    if other.as_ref().is_some_and(|path| !path.exists()) {
        return Vec::new();
    }
    let recorded = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded"));
    let path = other.unwrap_or_else(|| recorded.join(file));
    let lines = std::fs::read_to_string(path).expect("the recorded responses");
    let lines = lines.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}
