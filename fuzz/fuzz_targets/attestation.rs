//! No text makes a reader panic; an attestation is written as it was read, and survives its conversion to a bundle and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_attestations::{Attestation, Identity, Provenance, Sidecars, form_value};

fuzz_target!(|text: &str| {
    let json = text.as_bytes();
    for read in [Attestation::parse(json), Attestation::from_bundle(json)] {
        let Ok(attestation) = read else {
            continue;
        };
        assert_eq!(
            Attestation::parse(attestation.to_json().as_bytes()).as_ref(),
            Ok(&attestation)
        );
        assert!(form_value(std::slice::from_ref(&attestation)).is_ok());
        let _ = attestation.certificate_claims();
        if let Ok(again) = Attestation::from_bundle(attestation.to_bundle().as_bytes()) {
            assert_eq!(again.statement(), attestation.statement());
            assert_eq!(again.certificate(), attestation.certificate());
            assert_eq!(again.signature(), attestation.signature());
            assert_eq!(again.log_entry(), attestation.log_entry());
        } else {
            // Only a bundle needs entries that PyPI can read.
            assert!(Attestation::parse(json).is_ok());
        }
    }
    if let Ok(provenance) = Provenance::parse(json) {
        let mut attestations = provenance
            .bundles()
            .iter()
            .flat_map(|bundle| bundle.attestations());
        assert!(
            attestations.all(|attestation| text.len() >= attestation.statement().as_bytes().len())
        );
    }
    if let Ok(identity) = Identity::parse(json) {
        assert!(!identity.to_string().is_empty());
    }
    let sidecars = Sidecars::group(text.lines());
    assert!(
        sidecars
            .orphans()
            .iter()
            .all(|name| name.ends_with(".attestation"))
    );
});
