//! What an attestation must be, as a user of the crate sees it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

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
    }
}
