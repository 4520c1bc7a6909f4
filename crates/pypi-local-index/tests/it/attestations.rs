//! PEP 740: attestations of uploads, and provenance.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_local_index::{Identity, LocalIndex, Verification};
use pypi_metadata::testing::{TestDistribution, wheel};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::{Form, get, upload};
use crate::trusted::mint;

pub(crate) const PUBLISH: &str = "https://docs.pypi.org/attestations/publish/v1";
const SLSA: &str = "https://slsa.dev/provenance/v1";

pub(crate) fn token(index: &LocalIndex, job: impl Into<Identity>) -> String {
    let id_token = index.id_token(job, "pypi").expect("an ID token");
    let response = mint(index, id_token.reveal()).json();
    response["token"].as_str().expect("a token").to_owned()
}

fn job() -> Identity {
    Identity::github("octo-org/demo", "release.yml")
}

pub(crate) fn attestation(name: &str, bytes: &[u8], predicate: &str) -> Value {
    let sha256: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": sha256}}],
        "predicateType": predicate,
        "predicate": null,
    });
    json!({
        "version": 1,
        "verification_material": {"certificate": "eA==", "transparency_entries": [{}]},
        "envelope": {"statement": STANDARD.encode(statement.to_string()), "signature": "eA=="},
    })
}

pub(crate) fn form(file: &TestDistribution, attestations: &Value) -> Form {
    Form::of("demo", file).field("attestations", &attestations.to_string())
}

#[test]
fn each_rule_for_attestations_has_its_message() {
    let index = LocalIndex::start().expect("an index");
    let (token, file) = (token(&index, job()), wheel("demo", "1.0"));
    let (name, bytes) = (file.filename.as_str(), file.bytes.as_slice());
    let good = attestation(name, bytes, PUBLISH);
    let failed = "Could not verify the uploaded artifact using the included attestation: Verification failed: ";
    for (attestations, reason) in [
        (
            json!([]),
            "Malformed attestations: an empty attestation set is not permitted".to_owned(),
        ),
        (
            json!([good, good, good]),
            "A maximum of 2 attestations per file are supported".to_owned(),
        ),
        (
            json!([good, good]),
            format!(
                "Multiple attestations for the same file with the same predicate type ({PUBLISH}) are not supported"
            ),
        ),
        (
            json!([attestation(name, bytes, "https://example.com/x")]),
            "Attestation with unsupported predicate type: https://example.com/x".to_owned(),
        ),
        (
            json!([attestation("other-1.0-py3-none-any.whl", bytes, SLSA)]),
            format!(
                "{failed}subject does not match distribution name: other-1.0-py3-none-any.whl != {name}"
            ),
        ),
        (
            json!([attestation(name, b"other", SLSA)]),
            format!("{failed}subject does not match distribution digest"),
        ),
    ] {
        let response = upload(&index, &token, &form(&file, &attestations));
        let expected = format!("Invalid attestations supplied during upload: {reason}");
        assert_eq!(response.reason, expected);
    }
    assert!(index.files().is_empty());
}

#[test]
fn the_provenance_of_an_attested_file_is_shown() {
    let index = LocalIndex::start().expect("an index");
    let file = wheel("demo", "1.0");
    // Another spelling of the same file name.
    let one = attestation("Demo-1.0-py3-none-any.whl", &file.bytes, PUBLISH);
    let two = attestation(&file.filename, &file.bytes, SLSA);
    let response = upload(
        &index,
        &token(&index, job()),
        &form(&file, &json!([one, two])),
    );
    assert_eq!(response.status, 200, "{}", response.reason);

    let json_v1 = ("accept", "application/vnd.pypi.simple.v1+json");
    let page = get(&index, "/simple/demo/", &[json_v1]).json();
    let url = page["files"][0]["provenance"].as_str().expect("a URL");
    let path = url
        .strip_prefix(&index.url()[..url::Position::BeforePath])
        .expect("our address");
    let provenance = get(&index, path, &[]);
    assert_eq!(
        provenance.header("content-type"),
        Some("application/vnd.pypi.integrity.v1+json")
    );
    let publisher = json!({
        "kind": "GitHub",
        "repository": "octo-org/demo",
        "workflow": "release.yml",
        "environment": null,
    });
    assert_eq!(
        provenance.json(),
        json!({"version": 1, "attestation_bundles": [{"publisher": publisher, "attestations": [one, two]}]})
    );
    assert_eq!(get(&index, path, &[("accept", "text/html")]).status, 406);
}

#[test]
fn a_file_without_attestations_has_no_provenance() {
    let index = LocalIndex::start().expect("an index");
    let file = wheel("demo", "1.0");
    assert_eq!(
        upload(&index, &token(&index, job()), &Form::of("demo", &file)).status,
        200
    );
    let path = format!("/integrity/demo/1.0/{}/provenance", file.filename);
    let response = get(&index, &path, &[]);
    let message = format!("No provenance available for {}", file.filename);
    assert_eq!(
        (response.status, response.json()),
        (404, json!({"message": message}))
    );
    assert_eq!(
        get(&index, "/integrity/demo/1.0/x.whl/provenance", &[]).status,
        404
    );
}

#[test]
fn the_caller_chooses_the_verification() {
    let file = wheel("demo", "1.0");
    let attestations = json!([attestation(&file.filename, &file.bytes, PUBLISH)]);
    let by_name = Verification::by(|attestation, publisher| {
        Err(format!("{} by {publisher}", attestation.subject_name()))
    });
    for (verification, reason) in [
        (
            Verification::reject_all(),
            "this index rejects every signature".to_owned(),
        ),
        (
            by_name,
            format!("{} by octo-org/demo, release.yml", file.filename),
        ),
    ] {
        let index = LocalIndex::builder()
            .publishes_any()
            .verification(verification)
            .start();
        let index = index.expect("an index");
        let response = upload(&index, &token(&index, job()), &form(&file, &attestations));
        assert_eq!(response.status, 400);
        assert!(
            response
                .reason
                .ends_with(&format!("Verification failed: {reason}")),
            "{}",
            response.reason
        );
    }
}

#[test]
fn attestations_require_a_publisher_that_supports_them() {
    let build = Identity::activestate("org", "demo", "7");
    let index = LocalIndex::builder()
        .publisher("demo", build.publisher())
        .start()
        .expect("an index");
    let file = wheel("demo", "1.0");
    for (token, reason) in [
        (
            token(&index, build),
            "Attestations are not currently supported with ActiveState publishers",
        ),
        (
            index.user_token().reveal().to_owned(),
            "Attestations are only supported when using Trusted Publishing",
        ),
    ] {
        let response = upload(&index, &token, &form(&file, &json!([])));
        assert_eq!(
            response.reason,
            format!("Invalid attestations supplied during upload: {reason}")
        );
    }
}
