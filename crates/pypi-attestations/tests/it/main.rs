//! What an attestation must be, as a user of the crate sees it.
//!
//! `tests/data` has real attestations, bundles and provenance objects: the test assets of pypi-attestations 0.0.30
//! (Apache-2.0), unchanged.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bundle;
mod entry;
mod identity;
mod provenance;
mod sidecar;
#[cfg(feature = "sign")]
mod sign;
mod statement;
#[cfg(feature = "verify")]
mod verify;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use pypi_attestations::{Attestation, ErrorKind, PredicateType, form_value};
use serde_json::{Value, json};

const NAME: &str = "demo-1.0-py3-none-any.whl";
const SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn statement() -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": NAME, "digest": {"sha256": SHA256}}],
        "predicateType": PredicateType::Publish.uri(),
        "predicate": null,
    })
}

fn object(statement: &Value) -> Value {
    json!({
        "version": 1,
        "verification_material": {
            "certificate": STANDARD.encode("DER"),
            "transparency_entries": [{"logIndex": "7"}],
        },
        "envelope": {
            "statement": STANDARD.encode(statement.to_string()),
            "signature": STANDARD.encode("signature"),
        },
    })
}

fn parse(object: &Value) -> Result<Attestation, pypi_attestations::Error> {
    Attestation::parse(object.to_string().as_bytes())
}

/// A file of `tests/data`.
fn real(name: &str) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "test data")]
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).expect(name)
}

/// The attestation in `tests/data` of a project on GitLab.
fn gitlab() -> Value {
    serde_json::from_slice(&real(
        "gitlab_oidc_project-0.0.3.tar.gz.publish.attestation",
    ))
    .expect("JSON")
}

#[track_caller]
fn refused(object: &Value, kind: ErrorKind, text: &str) {
    let error = parse(object).expect_err(text);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
}

fn with(pointer: &str, value: Value) -> Value {
    let mut object = object(&statement());
    *object.pointer_mut(pointer).expect("a member of the object") = value;
    object
}

fn with_statement(pointer: &str, value: Value) -> Value {
    let mut statement = statement();
    *statement
        .pointer_mut(pointer)
        .expect("a member of the statement") = value;
    object(&statement)
}

#[test]
fn speaks_of_its_file_and_of_no_other() {
    let attestation = parse(&object(&statement())).expect("sound");
    assert_eq!(attestation.predicate_type(), PredicateType::Publish);
    assert_eq!(attestation.check(|name| name == NAME, SHA256), Ok(()));
    let error = attestation
        .check(|name| name == "other", SHA256)
        .expect_err("another name");
    assert_eq!(error.kind(), ErrorKind::Name);
    let error = attestation
        .check(|_| true, &SHA256.replace('9', "8"))
        .expect_err("other contents");
    assert_eq!(error.kind(), ErrorKind::Digest);
    assert!(
        error
            .to_string()
            .ends_with("attest the file again after building it"),
        "{error}"
    );
}

#[test]
fn has_exactly_one_subject() {
    let subject = statement()["subject"][0].clone();
    refused(
        &with_statement("/subject", json!([subject, subject])),
        ErrorKind::Subject,
        "the attestation has 2 subjects, expected exactly one: attest each file by itself",
    );
    refused(
        &with_statement("/subject", json!([])),
        ErrorKind::Subject,
        "the attestation has 0 subjects, expected exactly one: attest each file by itself",
    );
    for part in [
        "/subject/0/name",
        "/subject/0/digest/sha256",
        "/subject/0/digest",
    ] {
        refused(
            &with_statement(part, Value::Null),
            ErrorKind::Subject,
            "the attestation's subject needs a name and a sha256 digest",
        );
    }
}

#[test]
fn has_the_shape_of_the_specification() {
    refused(
        &with("/version", json!(2)),
        ErrorKind::Version,
        "the attestation has version 2, expected 1",
    );
    refused(
        &with("/envelope", json!(["statement", "signature"])),
        ErrorKind::Malformed,
        "not a PEP 740 attestation: `signature` is missing",
    );
    refused(
        &with("/verification_material/transparency_entries", json!([])),
        ErrorKind::Malformed,
        "not a PEP 740 attestation: `transparency_entries` must be a list of at least one object",
    );
    refused(
        &with("/envelope/signature", json!("a-_b")),
        ErrorKind::Malformed,
        "not a PEP 740 attestation: `signature` is not valid base64: Invalid symbol 45, offset 1.",
    );
    refused(
        &with_statement("/predicateType", json!("https://example.org/v1")),
        ErrorKind::PredicateType,
        "the attestation has predicate type \"https://example.org/v1\", expected \"https://docs.pypi.org/attestations/publish/v1\" or \"https://slsa.dev/provenance/v1\"",
    );
}

#[test]
fn a_version_is_the_number_1() {
    for version in [json!(1.0), json!(true), json!("1"), json!([1]), Value::Null] {
        let error = parse(&with("/version", version.clone())).expect_err("no version 1");
        assert_eq!(error.kind(), ErrorKind::Version, "{version}");
    }
}

#[test]
fn each_part_has_the_type_of_the_specification() {
    for pointer in [
        "",
        "/verification_material",
        "/verification_material/certificate",
        "/verification_material/transparency_entries",
        "/verification_material/transparency_entries/0",
        "/envelope",
        "/envelope/statement",
        "/envelope/signature",
    ] {
        for value in [
            json!(7),
            json!([[]]),
            json!(["text"]),
            json!("="),
            Value::Null,
        ] {
            let error = parse(&with(pointer, value.clone())).expect_err(pointer);
            assert_eq!(error.kind(), ErrorKind::Malformed, "{pointer} {value}");
        }
    }
    for pointer in ["", "/_type", "/predicateType", "/subject"] {
        let error = parse(&with_statement(pointer, json!(7))).expect_err(pointer);
        let expected = match pointer {
            "/predicateType" => ErrorKind::PredicateType,
            "/subject" => ErrorKind::Subject,
            _ => ErrorKind::Malformed,
        };
        assert_eq!(error.kind(), expected, "{pointer}");
    }
}

#[test]
fn a_long_or_deep_text_is_rejected_and_not_a_panic() {
    let mut long = object(&statement()).to_string();
    long.push_str(&" ".repeat(pypi_attestations::MAX_ATTESTATION));
    let deep = "[".repeat(100_000);
    for text in [long, deep] {
        let error = Attestation::parse(text.as_bytes()).expect_err("too much");
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}

#[test]
fn an_error_is_one_word_and_can_cross_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<pypi_attestations::Error>();
    let size = size_of::<pypi_attestations::Error>();
    assert_eq!(size, size_of::<usize>());
}

#[test]
fn a_message_does_not_grow_with_the_input() {
    let long = "é".repeat(100_000);
    let error = parse(&with("/version", json!(long))).expect_err("no version 1");
    assert!(
        error.to_string().len() < 1_010,
        "{}",
        error.to_string().len()
    );
    let attestation = parse(&with_statement("/subject/0/name", json!(long))).expect("a name");
    let error = attestation.check(|_| false, SHA256).expect_err("no name");
    assert!(
        error.to_string().len() < 1_010,
        "{}",
        error.to_string().len()
    );
}

#[test]
fn unknown_keys_are_kept() {
    let mut object = object(&statement());
    object["verification_material"]["timestamps"] = json!(["eA=="]);
    object["x"] = json!(1);
    let attestation = parse(&object).expect("sound");
    let written: Value = serde_json::from_str(&attestation.to_json()).expect("JSON");
    assert_eq!(written, object);
}

#[test]
fn base64_may_be_wrapped() {
    let mut text = STANDARD.encode(statement().to_string());
    text.insert(76, '\n');
    assert!(parse(&with("/envelope/statement", json!(text))).is_ok());
}

#[test]
fn a_file_has_one_or_two_of_different_types() {
    let publish = parse(&object(&statement())).expect("sound");
    let slsa = parse(&with_statement(
        "/predicateType",
        json!(PredicateType::SlsaProvenance.uri()),
    ))
    .expect("sound");
    let both = form_value(&[publish.clone(), slsa.clone()]).expect("one of each");
    let list: Vec<Value> = serde_json::from_str(&both).expect("a JSON list");
    assert_eq!(
        list.first(),
        Some(&object(&statement())),
        "an object is sent as it was given"
    );
    for refused in [
        vec![],
        vec![publish.clone(), publish.clone()],
        vec![publish.clone(), slsa, publish],
    ] {
        assert_eq!(
            form_value(&refused).expect_err("refused").kind(),
            ErrorKind::Set
        );
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Attestation::parse(&bytes).is_err());
        prop_assert!(Attestation::from_bundle(&bytes).is_err());
        prop_assert!(pypi_attestations::Provenance::parse(&bytes).is_err());
        prop_assert!(pypi_attestations::Identity::parse(&bytes).is_err());
    }
}
