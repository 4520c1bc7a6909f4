//! Conversion from and to Sigstore bundles.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use pypi_attestations::{Attestation, ErrorKind};
use serde_json::{Value, json};

use super::{gitlab, real};

const V0_1: &str = "application/vnd.dev.sigstore.bundle+json;version=0.1";
const V0_2: &str = "application/vnd.dev.sigstore.bundle+json;version=0.2";
const V0_3: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

fn bundle() -> Value {
    let attestation = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
    serde_json::from_str(&attestation.to_bundle()).expect("JSON")
}

fn from_bundle(bundle: &Value) -> Result<Attestation, pypi_attestations::Error> {
    Attestation::from_bundle(bundle.to_string().as_bytes())
}

/// The bundle as an earlier version, with a certificate chain.
fn earlier(media_type: &str) -> Value {
    let mut bundle = bundle();
    bundle["mediaType"] = json!(media_type);
    let material = bundle["verificationMaterial"]
        .as_object_mut()
        .expect("object");
    let leaf = material.remove("certificate").expect("a certificate");
    material.insert(
        "x509CertificateChain".to_owned(),
        json!({"certificates": [leaf, {"rawBytes": "aXNzdWVy"}]}),
    );
    bundle
}

#[test]
fn a_real_bundle_becomes_the_attestation_that_was_made_of_it() {
    let name = "pypi_attestation_models-0.0.4a2.tar.gz";
    let ours = Attestation::from_bundle(&real(&format!("{name}.sigstore")));
    let theirs = Attestation::parse(&real(&format!("{name}.attestation")));
    assert_eq!(ours.expect("a bundle"), theirs.expect("an attestation"));
}

#[test]
fn all_versions_are_converted() {
    let expected = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
    for bundle in [bundle(), earlier(V0_1), earlier(V0_2)] {
        assert_eq!(from_bundle(&bundle), Ok(expected.clone()), "{bundle}");
    }
    let mut long = bundle();
    long["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.3");
    assert_eq!(from_bundle(&long), Ok(expected));
}

#[test]
fn what_pypi_cannot_use_is_rejected() {
    let with = |pointer: &str, value: Value| {
        let mut bundle = bundle();
        *bundle.pointer_mut(pointer).expect(pointer) = value;
        bundle
    };
    let mut message = bundle();
    message["messageSignature"] = json!({"signature": "eA=="});
    let mut chain = earlier(V0_1);
    chain["mediaType"] = json!(V0_3);
    let signature = json!({"sig": "eA=="});
    for (bundle, kind) in [
        (message, ErrorKind::Bundle),
        (chain, ErrorKind::Bundle),
        (with("/mediaType", json!("text/plain")), ErrorKind::Bundle),
        (with("/dsseEnvelope", Value::Null), ErrorKind::Bundle),
        (
            with("/dsseEnvelope/payloadType", json!("text/plain")),
            ErrorKind::Bundle,
        ),
        (
            with("/dsseEnvelope/signatures", json!([])),
            ErrorKind::Bundle,
        ),
        (
            with("/dsseEnvelope/signatures", json!([signature, signature])),
            ErrorKind::Bundle,
        ),
        (
            with("/verificationMaterial/certificate", json!({})),
            ErrorKind::Bundle,
        ),
        (
            with("/verificationMaterial/tlogEntries", json!([])),
            ErrorKind::Malformed,
        ),
        (
            with("/verificationMaterial/tlogEntries", json!([{}])),
            ErrorKind::Entry,
        ),
        (
            with("/dsseEnvelope/payload", json!(STANDARD.encode("{}"))),
            ErrorKind::Malformed,
        ),
    ] {
        let error = from_bundle(&bundle).expect_err("rejected");
        assert_eq!(error.kind(), kind, "{error}");
    }
}

/// Version 0.1 needs no inclusion proof. A bundle that calls itself that is not excused from it.
#[test]
fn every_version_needs_proof_and_promise() {
    for member in ["inclusionProof", "inclusionPromise", "integratedTime"] {
        for mut bundle in [bundle(), earlier(V0_1), earlier(V0_2)] {
            let entry = bundle.pointer_mut("/verificationMaterial/tlogEntries/0");
            let entry = entry.and_then(Value::as_object_mut);
            entry.expect("an entry").remove(member);
            let error = from_bundle(&bundle).expect_err(member);
            assert_eq!(error.kind(), ErrorKind::Entry, "{member}");
        }
    }
}

#[test]
fn a_bundle_for_several_files_is_rejected() {
    let mut bundle = bundle();
    let subject = json!({"name": "a", "digest": {"sha256": "b"}});
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject, subject],
        "predicateType": "https://slsa.dev/provenance/v1",
    });
    bundle["dsseEnvelope"]["payload"] = json!(STANDARD.encode(statement.to_string()));
    let error = from_bundle(&bundle).expect_err("two subjects");
    assert_eq!(error.kind(), ErrorKind::Subject);
}

proptest! {
    /// Spaces, order and escapes of a statement are part of what is signed.
    #[test]
    fn the_bytes_of_a_statement_are_never_written_anew(space in "[ \n\t]{0,5}", predicate in any::<f64>()) {
        let statement = format!(
            r#"{{"predicate":{space}{predicate:e},"_type":"https://in-toto.io/Statement\u002fv1",{space}
            "subject":[{{"digest":{{"sha256":"00","sha512":"11"}},"name":"\u0064emo.whl"}}],"predicateType":"https://slsa.dev/provenance/v1"}}"#
        );
        let mut object = gitlab();
        object["envelope"]["statement"] = json!(STANDARD.encode(&statement));
        object["envelope"]["signature"] = json!(STANDARD.encode([0, 159, 146, 150]));
        let attestation = Attestation::parse(object.to_string().as_bytes()).expect("sound");
        prop_assert_eq!(attestation.statement().as_bytes(), statement.as_bytes());
        let again = Attestation::from_bundle(attestation.to_bundle().as_bytes());
        prop_assert_eq!(again, Ok(attestation));
    }
}
