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
mod initial_state;
mod mint;
#[cfg(feature = "scenario")]
mod mint_cases;
mod upload;

use std::path::PathBuf;

use serde_json::Value;

use client::Response;

/// The cases whose response differs on purpose, and why.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("file/control", CONTROL),
    ("file/del", CONTROL),
    (
        "mint/burn",
        "the recorded server was older than the endpoint, which PyPI has had since 2026-09",
    ),
];

const CONTROL: &str = "the form reader accepts no control characters in the headers of a part: the body is rejected as \
    unreadable, with the same status";

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
    ] {
        for case in cases(file) {
            count += 1;
            let response = ask(&index, &case);
            let difference = difference(&case, response.as_ref());
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
    let folder = std::env::var_os("INDEX_ANSWERS").map(PathBuf::from);
    let folder = folder
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded")));
    let lines = std::fs::read_to_string(folder.join(file)).expect("the recorded responses");
    let lines = lines.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The first difference, if there is one. Status 0 means that the connection was closed without a response.
fn difference(case: &Value, response: Option<&Response>) -> Option<String> {
    let id = case["id"].as_str().expect("an id");
    let recorded_status = case["status"].as_u64().expect("a status");
    let Some(response) = response else {
        return (recorded_status != 0)
            .then(|| format!("{id}: no response instead of {recorded_status}"));
    };
    let differs = |what: &str, ours: &str, theirs: &str| {
        Some(format!(
            "{id}: {what}\n    ours   {ours}\n    theirs {theirs}"
        ))
    };
    let status = format!("{} {}", response.status, plain(&response.reason));
    let recorded = format!("{recorded_status} {}", plain(&of_pypi(&case["reason"])));
    if status != recorded {
        return differs("status line", &status, &recorded);
    }
    let body = of_pypi(&case["body"]);
    // Pages of Warehouse's web site are not meant for tools.
    if body.starts_with("<!DOCTYPE html>") {
        return None;
    }
    let content_type = response.header("content-type").unwrap_or_default();
    let recorded = case["headers"]["Content-Type"]
        .as_str()
        .or_else(|| case["content_type"].as_str());
    if Some(content_type) != recorded {
        return differs("content type", content_type, recorded.unwrap_or_default());
    }
    let ours = response.text();
    let (ours, theirs) = match content_type {
        "application/json" if case["claims_changed"].is_object() || id.starts_with("mint/") => {
            (json(&ours), json(&body))
        }
        _ => (sorted(&ours), sorted(&body)),
    };
    if ours == theirs {
        None
    } else {
        differs("body", &ours, &theirs)
    }
}

/// A recorded text with PyPI's host.
fn of_pypi(recorded: &Value) -> String {
    let text = recorded.as_str().unwrap_or_default();
    text.replace("http://HOST/help/", "https://pypi.org/help/")
        .replace("{pypi}", "pypi.org")
}

/// A reason phrase on one line, without non-ASCII characters, which the recording has decoded differently.
fn plain(reason: &str) -> String {
    let one_line = reason.replace(['\n', '\r'], " ");
    sorted(&one_line).chars().filter(char::is_ascii).collect()
}

/// A text with the items of each list sorted, because some of Warehouse's lists are sets.
fn sorted(text: &str) -> String {
    let mut parts = text.split('[');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (list, rest) = part.split_once(']').unwrap_or((part, ""));
        let mut items: Vec<&str> = list.split(", ").collect();
        items.sort_unstable();
        result.push_str(&format!("[{}]{rest}", items.join(", ")));
    }
    result
}

/// A JSON text in a canonical form, without what differs in every response.
fn json(text: &str) -> String {
    let text = text.replace("NOW+900", &(initial_state::NOW + 900).to_string());
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    if value.get("token").is_some() {
        value["token"] = "pypi-TOKEN".into();
    }
    value.to_string()
}
