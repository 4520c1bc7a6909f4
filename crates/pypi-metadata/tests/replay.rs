//! Every recorded response of a real index, predicted offline: accepted, or rejected with the same sentence.
//!
//! Reads `uploads.jsonl` and `forms.jsonl` in the folder that the variable `INDEX_ANSWERS` names, or in `tests/recorded` of
//! `pypi-local-index`. Responses that depend on neither the form nor the file are skipped, for a reason that [`skipped`]
//! states.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test reads its cases, and fails by panicking"
)]

use std::{collections::BTreeMap, fmt::Write as _, fs, io::Cursor, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_metadata::{Finding, UploadForm};
use serde_json::Value;
use sha2::Digest as _;

/// Cases of `forms.jsonl` that an index decides without its form, and why.
const EXCEPTIONS: [(&str, &str); 2] = [
    (
        "repeat/action-good-then-nope",
        "the route depends on the field :action",
    ),
    (
        "repeat/attestations",
        "attestations depend on the account, and another crate checks them",
    ),
];

#[test]
fn every_recorded_answer_is_predicted() {
    let mut wrong = Vec::new();
    let mut skips: BTreeMap<&str, usize> = BTreeMap::new();
    let mut predicted = 0;
    for case in cases("uploads.jsonl") {
        if let Some(kind) = skipped(&case) {
            *skips.entry(kind).or_default() += 1;
            continue;
        }
        predicted += 1;
        wrong.extend(difference(&case));
    }
    println!("predicted {predicted}, skipped {skips:?}");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(predicted > 0, "there are cases");
}

#[test]
fn every_recorded_answer_to_an_unusual_form_is_predicted() {
    let mut wrong = Vec::new();
    let mut predicted = 0;
    for case in cases("forms.jsonl") {
        if EXCEPTIONS.iter().any(|(id, _)| case["id"] == *id) {
            continue;
        }
        predicted += 1;
        wrong.extend(difference(&case));
    }
    println!("predicted {predicted}, excepted {EXCEPTIONS:?}");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(predicted > 0, "there are cases");
}

/// Why our prediction of a response is wrong, if it is.
fn difference(case: &Value) -> Option<String> {
    let answer = predict(case);
    let (status, reason) = (&case["status"], case["reason"].as_str().unwrap_or_default());
    let is_same = match &answer {
        None => *status == 200,
        Some(sentence) => *status == 400 && comparable(sentence) == comparable(reason),
    };
    (!is_same).then(|| format!("{}: {status} {reason:?}, not {answer:?}", case["id"]))
}

fn cases(file: &str) -> Vec<Value> {
    let folder = std::env::var_os("INDEX_ANSWERS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../pypi-local-index/tests/recorded"),
        PathBuf::from,
    );
    let lines = fs::read_to_string(folder.join(file)).expect("the recorded responses");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Why neither the form nor the file determines the response.
fn skipped(case: &Value) -> Option<&'static str> {
    let reason = case["reason"].as_str().unwrap_or_default();
    let id = case["id"].as_str().unwrap_or_default();
    let needs_account = case["status"] == 403 || reason.starts_with("Organization account");
    if needs_account || id.starts_with("auth/") && case["status"] != 200 {
        return Some("needs an account");
    }
    let by_state = [
        "File already exists",
        "This filename was previously used",
        "Only one sdist may be uploaded",
        "Uploading new files to releases older",
        "Project size too large",
        "Non-user identities cannot create",
        "Too many new projects",
        "New project registration",
    ];
    let of_name = reason.starts_with("The name ") && !reason.contains("Standard Library");
    if by_state.iter().any(|start| reason.starts_with(start)) || of_name || case["status"] == 429 {
        return Some("needs a lookup or server state");
    }
    if id.starts_with("name/") && case["status"] == 200 && id.contains("stdlib") {
        return Some("needs a lookup or server state");
    }
    if reason.starts_with("Invalid attestations") {
        return Some("is about attestations, which another crate checks");
    }
    if case["status"] == 0 {
        return Some("has no response: the server closed the connection");
    }
    if case["fields"].is_null() || !is_upload(case) {
        return Some("is not an upload form");
    }
    let content = files(case).find(|file| file["field"] == "content");
    if content.is_some_and(|file| file["base64"].is_null() && made(case).is_none()) {
        return Some("has a file that was not recorded");
    }
    None
}

fn is_upload(case: &Value) -> bool {
    let mut pairs = case["fields"].as_array().into_iter().flatten();
    pairs.any(|pair| pair[0] == ":action" && pair[1] == "file_upload")
}

fn files(case: &Value) -> impl Iterator<Item = &Value> {
    case["files"].as_array().into_iter().flatten()
}

/// A file like the one that was too large to be recorded.
fn made(case: &Value) -> Option<Vec<u8>> {
    let file = files(case).find(|file| file["field"] == "content")?;
    match case["id"].as_str()? {
        "state/too-large" => Some(vec![0; usize::try_from(file["size"].as_u64()?).ok()?]),
        "content/sdist-bomb" => {
            let top = file["filename"].as_str()?.strip_suffix(".tar.gz")?;
            let zeros = "\0".repeat(70 * 1024 * 1024);
            let members = [
                (format!("{top}/PKG-INFO"), String::new()),
                (format!("{top}/zeros"), zeros),
            ];
            Some(pypi_metadata::testing::tar_gz(&members))
        }
        _ => None,
    }
}

/// The sentence with which we say that the index rejects the form.
fn predict(case: &Value) -> Option<String> {
    let pairs = case["fields"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut form = UploadForm::new(pairs.map(|pair| (text(&pair[0]), text(&pair[1]))));
    let mut bytes = Vec::new();
    for file in files(case) {
        let content_type = file["content_type"].as_str().unwrap_or("text/plain");
        form = form.file(text(&file["field"]), text(&file["filename"]), content_type);
        if file["field"] != "content" {
            continue;
        }
        match file["base64"].as_str() {
            Some(base64) => {
                bytes = STANDARD.decode(base64).expect("base64");
                form = form.digests(digests(&bytes));
            }
            None => bytes = made(case).expect("a file"),
        }
    }
    let findings = form.inspect(Cursor::new(bytes));
    findings
        .iter()
        .find_map(Finding::index_text)
        .map(str::to_owned)
}

fn digests(bytes: &[u8]) -> [(&'static str, String); 3] {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("memory");
            text
        })
    };
    let blake2 = blake2::Blake2b::<blake2::digest::consts::U32>::digest(bytes);
    [
        ("md5_digest", hex(&md5::Md5::digest(bytes))),
        ("sha256_digest", hex(&sha2::Sha256::digest(bytes))),
        ("blake2_256_digest", hex(&blake2)),
    ]
}

/// A sentence with what the recording changed: the server prints sets in an arbitrary order, was recorded with characters
/// beyond ASCII decoded differently, and runs on its own host.
fn comparable(text: &str) -> String {
    let text: String = text.chars().filter(char::is_ascii).collect();
    let text = text
        .replace("http://HOST", "https://pypi.org")
        .replace("{pypi}", "pypi.org");
    let Some((before, list, after)) = text.split_once("one of [").and_then(|(before, rest)| {
        let (list, after) = rest.split_once(']')?;
        Some((before, list, after))
    }) else {
        return text;
    };
    let mut items: Vec<&str> = list.split(", ").collect();
    items.sort_unstable();
    format!("{before}one of [{}]{after}", items.join(", "))
}
