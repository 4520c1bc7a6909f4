//! No text makes the reader of provenance objects panic; each attestation in one is written as it was read, and survives on its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_attestations::{Attestation, Provenance};

fuzz_target!(|json: &[u8]| {
    let Ok(provenance) = Provenance::parse(json) else {
        return;
    };
    for bundle in provenance.bundles() {
        if let Some(identity) = bundle.identity() {
            assert!(!identity.to_string().is_empty());
        }
        for attestation in bundle.attestations() {
            let again = Attestation::parse(attestation.to_json().as_bytes());
            assert_eq!(again.as_ref(), Ok(attestation));
            let (name, sha256) = (
                attestation.subject_name(),
                attestation.statement().subject_sha256(),
            );
            assert!(attestation.check(|subject| subject == name, sha256).is_ok());
            assert!(attestation.check(|subject| subject == name, "00").is_err());
        }
    }
});
