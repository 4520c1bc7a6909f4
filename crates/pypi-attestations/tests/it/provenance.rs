//! Provenance objects.

use pypi_attestations::{ErrorKind, Identity, Provenance};
use serde_json::{Value, json};

use super::{gitlab, real};

fn parse(object: &Value) -> Result<Provenance, pypi_attestations::Error> {
    Provenance::parse(object.to_string().as_bytes())
}

#[test]
fn real_objects_are_read() {
    for (name, kind, identity) in [
        (
            "pypi_attestations-0.0.19.tar.gz",
            "GitHub",
            Identity::github("trailofbits/pypi-attestations", "release.yml"),
        ),
        (
            "gcb_attestation_test-0.0.0.tar.gz",
            "Google",
            Identity::google("919436158236-compute@developer.gserviceaccount.com"),
        ),
    ] {
        let provenance = Provenance::parse(&real(&format!("{name}.provenance"))).expect(name);
        let [bundle] = provenance.bundles() else {
            panic!("one publisher: {provenance:?}");
        };
        assert_eq!((bundle.kind(), bundle.identity()), (kind, Some(&identity)));
        assert_eq!(bundle.attestations()[0].subject_name(), name);
    }
}

#[test]
fn an_unknown_publisher_has_a_kind_only() {
    let object = json!({"attestation_bundles": [{"publisher": {"kind": "New"}, "attestations": [gitlab()]}]});
    let provenance = parse(&object).expect("version 1 is the default");
    let bundle = &provenance.bundles()[0];
    assert_eq!((bundle.kind(), bundle.identity()), ("New", None));
    assert_eq!(bundle.attestations().len(), 1);
}

#[test]
fn each_error_has_its_kind() {
    let publisher = json!({"kind": "GitHub"});
    for (object, kind) in [
        (json!([]), ErrorKind::Malformed),
        (json!({"version": 2}), ErrorKind::Version),
        (json!({"version": 1}), ErrorKind::Malformed),
        (
            json!({"attestation_bundles": [{"attestations": []}]}),
            ErrorKind::Malformed,
        ),
        (
            json!({"attestation_bundles": [{"publisher": {}, "attestations": []}]}),
            ErrorKind::Malformed,
        ),
        (
            json!({"attestation_bundles": [{"publisher": publisher, "attestations": [{"version": 3}]}]}),
            ErrorKind::Version,
        ),
    ] {
        assert_eq!(
            parse(&object).expect_err("rejected").kind(),
            kind,
            "{object}"
        );
    }
}
