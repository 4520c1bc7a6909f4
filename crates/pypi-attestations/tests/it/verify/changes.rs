//! Attestations and roots with changed parts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use pypi_attestations::{Attestation, ErrorKind, Identity, MAX_ENTRIES, Verifier};
use serde_json::{Value, json};
use sigstore_verify::trust_root::SigstoreInstance;

use super::{SHA256, changed, identity, kind, provenance, verify};
use crate::{gitlab, real};

const ENTRY: &str = "/verification_material/transparency_entries/0";

#[test]
fn each_changed_part_has_its_kind() {
    let slsa: Value =
        serde_json::from_slice(&real("pypi_attestations-0.0.19.tar.gz.slsa.attestation"))
            .expect("JSON");
    let other = |pointer: &str| slsa.pointer(pointer).expect(pointer).clone();
    let entry = |member: &str| format!("{ENTRY}{member}");
    let statement = {
        let text = gitlab()["envelope"]["statement"].clone();
        let mut bytes = STANDARD
            .decode(text.as_str().expect("text"))
            .expect("base64");
        bytes.push(b'\n');
        STANDARD.encode(bytes)
    };
    let checkpoint = gitlab()
        .pointer(&entry("/inclusionProof/checkpoint/envelope"))
        .and_then(|text| Some(text.as_str()?.to_owned()))
        .expect("a checkpoint");
    for (pointer, value, expected) in [
        (
            "/verification_material/certificate".to_owned(),
            other("/verification_material/certificate"),
            ErrorKind::Expired,
        ),
        (
            "/verification_material/certificate".to_owned(),
            json!("MAA="),
            ErrorKind::Certificate,
        ),
        (
            "/envelope/signature".to_owned(),
            other("/envelope/signature"),
            ErrorKind::Signature,
        ),
        (
            "/envelope/statement".to_owned(),
            json!(statement),
            ErrorKind::Signature,
        ),
        (ENTRY.to_owned(), other(ENTRY), ErrorKind::Expired),
        (entry("/logIndex"), json!("1"), ErrorKind::InclusionPromise),
        (
            entry("/integratedTime"),
            json!("1732037821"),
            ErrorKind::InclusionPromise,
        ),
        (
            entry("/logId/keyId"),
            json!(STANDARD.encode([0; 32])),
            ErrorKind::InclusionPromise,
        ),
        (
            entry("/canonicalizedBody"),
            other(&entry("/canonicalizedBody")),
            ErrorKind::InclusionPromise,
        ),
        (
            entry("/inclusionPromise/signedEntryTimestamp"),
            other(&entry("/inclusionPromise/signedEntryTimestamp")),
            ErrorKind::InclusionPromise,
        ),
        (
            entry("/inclusionProof/logIndex"),
            json!("1"),
            ErrorKind::InclusionProof,
        ),
        (
            entry("/inclusionProof/hashes"),
            json!([]),
            ErrorKind::InclusionProof,
        ),
        (
            entry("/inclusionProof/rootHash"),
            json!(STANDARD.encode([0; 32])),
            ErrorKind::Checkpoint,
        ),
        (
            entry("/inclusionProof/checkpoint/envelope"),
            json!("no checkpoint"),
            ErrorKind::Entry,
        ),
        (
            entry("/inclusionProof/checkpoint/envelope"),
            json!(checkpoint.replacen("rekor", "other", 1)),
            ErrorKind::Checkpoint,
        ),
        (
            entry("/inclusionProof"),
            other(&entry("/inclusionProof")),
            ErrorKind::InclusionProof,
        ),
    ] {
        let mut object = gitlab();
        *object.pointer_mut(&pointer).expect(&pointer) = value;
        let error = changed(&object).expect_err(&pointer);
        assert_eq!(error.kind(), expected, "{pointer}: {error}");
    }
}

/// Both were made in one run, fifteen seconds apart: the entry is good, for its own statement and certificate.
#[test]
fn an_entry_cannot_be_used_for_another_statement() {
    let publish = provenance("pypi_attestations-0.0.19.tar.gz");
    let publish: Value =
        serde_json::from_str(&publish.bundles()[0].attestations()[0].to_json()).expect("JSON");
    let mut object: Value =
        serde_json::from_slice(&real("pypi_attestations-0.0.19.tar.gz.slsa.attestation"))
            .expect("JSON");
    *object.pointer_mut(ENTRY).expect("an entry") =
        publish.pointer(ENTRY).expect("an entry").clone();
    let attestation = Attestation::parse(object.to_string().as_bytes()).expect("an object");
    let identity = Identity::github("trailofbits/pypi-attestations", "release.yml");
    let found = kind(verify(&attestation, &identity));
    assert_eq!(found, Some(ErrorKind::EntryMismatch));
}

#[test]
fn more_entries_are_all_verified_up_to_a_limit() {
    let with = |count: usize, last: Option<Value>| {
        let mut object = gitlab();
        let entry = object.pointer(ENTRY).expect("an entry").clone();
        let mut entries = vec![entry; count];
        entries.extend(last);
        object["verification_material"]["transparency_entries"] = Value::Array(entries);
        kind(changed(&object))
    };
    assert_eq!(with(MAX_ENTRIES, None), None);
    assert_eq!(with(MAX_ENTRIES + 1, None), Some(ErrorKind::Entry));
    assert_eq!(with(1, Some(json!({}))), Some(ErrorKind::Entry));
}

/// Base64 fields, and the texts that are checked as they are.
const FIELDS: [&str; 8] = [
    "/verification_material/certificate",
    "/envelope/statement",
    "/envelope/signature",
    "/verification_material/transparency_entries/0/canonicalizedBody",
    "/verification_material/transparency_entries/0/logId/keyId",
    "/verification_material/transparency_entries/0/inclusionPromise/signedEntryTimestamp",
    "/verification_material/transparency_entries/0/inclusionProof/rootHash",
    "/verification_material/transparency_entries/0/inclusionProof/hashes/0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_changed_bit_is_accepted(field in 0..FIELDS.len(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut object = gitlab();
        let text = object.pointer_mut(FIELDS[field]).expect("a field");
        let mut bytes = STANDARD.decode(text.as_str().expect("text")).expect("base64");
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        *text = json!(STANDARD.encode(bytes));
        prop_assert!(changed(&object).is_err(), "{} {at} {bit}", FIELDS[field]);
    }

    /// Everything in a checkpoint is signed, except the signer's name before the signature.
    #[test]
    fn no_changed_checkpoint_is_accepted(at in any::<prop::sample::Index>(), with in "[ -~\n]") {
        let mut object = gitlab();
        let pointer = format!("{ENTRY}/inclusionProof/checkpoint/envelope");
        let text = object.pointer_mut(&pointer).expect("a checkpoint");
        let note = text.as_str().expect("text").to_owned();
        let signed = note.find("\u{2014} ").expect("a signature");
        let at = at.index(signed);
        let other = format!("{}{with}{}", &note[..at], &note[at + 1..]);
        prop_assume!(other != note);
        *text = json!(other);
        prop_assert!(changed(&object).is_err(), "{other}");
    }

    /// A root with another character may still be one; the attestation is verified with it, or rejected.
    #[test]
    fn a_changed_root_is_never_a_panic(at in any::<prop::sample::Index>(), with in "[ -~]") {
        let root = SigstoreInstance::PublicGood.embedded_trusted_root_json();
        let at = at.index(root.len());
        let changed = format!("{}{with}{}", &root[..at], &root[at + 1..]);
        if let Ok(verifier) = Verifier::with_root(&changed) {
            let attestation = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
            let _ = verifier.verify(&attestation, |_| true, SHA256, &identity());
        }
    }

    #[test]
    fn an_arbitrary_root_is_never_a_panic(text in "\\PC{0,60}") {
        prop_assert!(Verifier::with_root(&text).is_err());
    }
}
