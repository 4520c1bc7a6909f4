//! Every recorded answer of a real index, predicted offline: accepted, or refused with the same sentence.
//!
//! Reads `uploads.jsonl` in the folder that the variable `INDEX_ANSWERS` names; without it, the copy in `tests/recorded`.
//! What no file and no form shows is skipped, by a kind that [`skipped`] states.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test reads its cases, and fails by panicking"
)]

use std::{collections::BTreeMap, fmt::Write as _, fs, io::Cursor, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_metadata::UploadForm;
use serde_json::Value;
use sha2::Digest as _;

#[test]
fn every_recorded_answer_is_predicted() {
    let mut wrong = Vec::new();
    let mut skips: BTreeMap<&str, usize> = BTreeMap::new();
    let mut predicted = 0;
    for case in cases() {
        if let Some(kind) = skipped(&case) {
            *skips.entry(kind).or_default() += 1;
            continue;
        }
        let answer = predict(&case);
        let (status, reason) = (&case["status"], case["reason"].as_str().unwrap_or_default());
        let agrees = match &answer {
            None => *status == 200,
            Some(sentence) => *status == 400 && is_same(sentence, reason),
        };
        predicted += 1;
        if !agrees {
            wrong.push(format!(
                "{}: {status} {reason:?}, and not {answer:?}",
                case["id"]
            ));
        }
    }
    println!("predicted {predicted}, skipped {skips:?}");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(predicted > 0, "there are cases");
}

fn cases() -> Vec<Value> {
    let folder = std::env::var_os("INDEX_ANSWERS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded"),
        PathBuf::from,
    );
    let lines = fs::read_to_string(folder.join("uploads.jsonl")).expect("the recorded answers");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Why neither the form nor the file shows the answer.
fn skipped(case: &Value) -> Option<&'static str> {
    let reason = case["reason"].as_str().unwrap_or_default();
    let id = case["id"].as_str().unwrap_or_default();
    let needs_account = [403].iter().any(|status| case["status"] == *status)
        || reason.starts_with("Organization account");
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
    if by_state.iter().any(|begin| reason.starts_with(begin)) || of_name || case["status"] == 429 {
        return Some("needs a lookup or server state");
    }
    if id.starts_with("name/") && case["status"] == 200 && id.contains("stdlib") {
        return Some("needs a lookup or server state");
    }
    if reason.starts_with("Invalid attestations") {
        return Some("is about attestations, which another crate checks");
    }
    if case["status"] == 0 {
        return Some("was no answer: the server closed the connection");
    }
    if case["fields"].is_null() || !is_upload(case) {
        return Some("is no upload form");
    }
    if file(case).is_some_and(|file| file["base64"].is_null() && made(case).is_none()) {
        return Some("has a file that was not recorded");
    }
    None
}

fn is_upload(case: &Value) -> bool {
    let mut pairs = case["fields"].as_array().into_iter().flatten();
    pairs.any(|pair| pair[0] == ":action" && pair[1] == "file_upload")
}

fn file(case: &Value) -> Option<&Value> {
    case["files"]
        .as_array()?
        .iter()
        .find(|file| file["field"] == "content")
}

/// A file like one that is too large to be recorded.
fn made(case: &Value) -> Option<Vec<u8>> {
    match case["id"].as_str()? {
        "state/too-large" => Some(vec![
            0;
            usize::try_from(file(case)?["size"].as_u64()?).ok()?
        ]),
        "content/sdist-bomb" => {
            let top = file(case)?["filename"]
                .as_str()?
                .strip_suffix(".tar.gz")?
                .to_owned();
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

/// The sentence with which we say that the index refuses it.
fn predict(case: &Value) -> Option<String> {
    let pairs = case["fields"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut form = UploadForm::new(pairs.map(|pair| (text(&pair[0]), text(&pair[1]))));
    let mut bytes = Vec::new();
    if let Some(file) = file(case) {
        form = form.with_file(
            text(&file["filename"]),
            file["content_type"].as_str().unwrap_or("text/plain"),
        );
        match file["base64"].as_str() {
            Some(base64) => {
                bytes = STANDARD.decode(base64).expect("base64");
                form = form.with_digests(digests(&bytes));
            }
            None => bytes = made(case).expect("a file"),
        }
    }
    let findings = form.inspect(Cursor::new(bytes));
    findings
        .iter()
        .find_map(|finding| finding.index_text())
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

/// Whether a recorded reason is our sentence, with what the server adds: a full stop and where to read more.
fn is_same(sentence: &str, reason: &str) -> bool {
    let sentence = in_order(sentence);
    let reason = in_order(reason);
    let rest = reason
        .strip_prefix(&sentence)
        .map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" See "))
}

/// The server prints sets in an arbitrary order, and was recorded with characters beyond ASCII decoded otherwise.
fn in_order(text: &str) -> String {
    let text: String = text.chars().filter(char::is_ascii).collect();
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
