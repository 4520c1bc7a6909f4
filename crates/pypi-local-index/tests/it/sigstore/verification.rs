//! Uploads to an index that verifies attestations.

use pypi_attestations::Attestation;
use pypi_local_index::{ErrorKind, Identity, LocalIndex, Verification};
use pypi_metadata::testing::{TestDistribution, sdist, wheel};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{attest, trusted_root};
use crate::attestations::{form, token};
use crate::client::{Response, get, upload};

fn attested(index: &LocalIndex, file: &TestDistribution) -> Attestation {
    let sha256: String = Sha256::digest(&file.bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    attest(index, &file.filename, &sha256)
}

fn upload_to(
    index: &LocalIndex,
    job: Identity,
    file: &TestDistribution,
    attestation: &Attestation,
) -> Response {
    let object: Value = serde_json::from_str(&attestation.to_json()).expect("JSON");
    upload(index, &token(index, job), &form(file, &json!([object])))
}

const FAILED: &str = "400 Invalid attestations supplied during upload: Could not verify the uploaded artifact using the included attestation: Verification failed: ";

#[test]
fn an_upload_is_verified_with_the_own_root_and_the_publisher() {
    let release = Identity::github("octo-org/demo", "release.yml");
    let other = Identity::github("octo-org/demo", "other.yml");
    let index = LocalIndex::builder()
        .publisher("demo", release.publisher())
        .publisher("demo", other.publisher())
        .verification(Verification::sigstore())
        .start()
        .expect("an index");
    let file = wheel("demo", "1.0");
    let attestation = attested(&index, &file);

    let response = upload_to(&index, other, &file, &attestation);
    assert_eq!(response.status, 400);
    let code = response.json()["code"].as_str().expect("text").to_owned();
    assert!(
        code.starts_with(FAILED) && code.contains("release.yml"),
        "{code}"
    );

    let elsewhere = LocalIndex::start().expect("an index");
    let foreign = attested(&elsewhere, &file);
    let response = upload_to(&index, release.clone(), &file, &foreign);
    let code = response.json()["code"].as_str().expect("text").to_owned();
    assert!(
        code.starts_with(FAILED) && code.contains("trusted root"),
        "{code}"
    );

    let mut changed: Value = serde_json::from_str(&attestation.to_json()).expect("JSON");
    changed["envelope"]["signature"] = foreign_signature(&foreign);
    let changed = Attestation::parse(changed.to_string().as_bytes()).expect("an attestation");
    let response = upload_to(&index, release.clone(), &file, &changed);
    assert_eq!((response.status, index.files().len()), (400, 0));

    let response = upload_to(&index, release, &file, &attestation);
    assert_eq!(response.status, 200, "{}", response.reason);
    let path = format!("/integrity/demo/1.0/{}/provenance", file.filename);
    let provenance = get(&index, &path, &[]).json();
    let shown = &provenance["attestation_bundles"][0]["attestations"][0];
    assert_eq!(shown.to_string(), attestation.to_json());
}

fn foreign_signature(attestation: &Attestation) -> Value {
    let object: Value = serde_json::from_str(&attestation.to_json()).expect("JSON");
    object["envelope"]["signature"].clone()
}

#[test]
fn another_root_and_the_default_accept_other_attestations() {
    let elsewhere = LocalIndex::start().expect("an index");
    let root = Verification::with_root(&trusted_root(&elsewhere)).expect("a root");
    let job = || Identity::github("octo-org/demo", "release.yml");
    let file = sdist("demo", "1.0");
    let foreign = attested(&elsewhere, &file);
    let strict = || LocalIndex::builder().publishes_any();
    for (index, is_own, accepted) in [
        (strict().verification(root.clone()), false, true),
        (strict().verification(root), true, false),
        (
            strict().default_verification(Verification::sigstore()),
            true,
            true,
        ),
        (
            strict().default_verification(Verification::sigstore()),
            false,
            false,
        ),
        (strict(), false, true),
    ] {
        let index = index.start().expect("an index");
        let attestation = match is_own {
            true => attested(&index, &file),
            false => foreign.clone(),
        };
        let response = upload_to(&index, job(), &file, &attestation);
        assert_eq!(response.status == 200, accepted, "{}", response.text());
    }
    let error = Verification::with_root("{}").expect_err("not a root");
    assert_eq!(error.kind(), ErrorKind::Root);
    assert!(error.help().is_some());
}

#[cfg(feature = "scenario")]
#[test]
fn a_scenario_names_the_verification_and_its_faults() {
    use pypi_local_index::Builder;

    let job = || Identity::github("octo-org/demo", "release.yml");
    let file = wheel("demo", "1.0");
    let elsewhere = LocalIndex::start().expect("an index");
    let foreign = attested(&elsewhere, &file);
    for (verification, accepted) in [
        ("accept-all", true),
        ("reject-all", false),
        ("sigstore", false),
    ] {
        let scenario = format!("verification = {verification:?}");
        let builder = Builder::from_scenario(&scenario).expect("a scenario");
        // The scenario decides.
        let builder = builder.default_verification(Verification::reject_all());
        let index = builder.start().expect("an index");
        let response = upload_to(&index, job(), &file, &foreign);
        assert_eq!(
            response.status == 200,
            accepted,
            "{verification}: {}",
            response.text()
        );
    }
    let scenario = r#"
        [[fault]]
        on = "log-entry"
        last = 1
        effects = [{ answer = { status = 502 } }]
    "#;
    let index = Builder::from_scenario(scenario)
        .expect("a scenario")
        .start()
        .expect("an index");
    assert_eq!(get(&index, super::REKOR, &[]).status, 502);
    let error = Builder::from_scenario("verification = 'none'").expect_err("an unknown name");
    assert_eq!(error.kind(), ErrorKind::Scenario);
}
