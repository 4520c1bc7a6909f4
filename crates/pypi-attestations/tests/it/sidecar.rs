//! Which file is an attestation of which.

use proptest::prelude::*;
use pypi_attestations::Sidecars;

#[test]
fn sidecars_of_all_clients_are_found() {
    let names = [
        "a-1.0-py3-none-any.whl",
        "a-1.0-py3-none-any.whl.attestation",
        "a-1.0.tar.gz",
        "a-1.0.tar.gz.publish.attestation",
        "a-1.0.tar.gz.slsa.attestation",
        "a-1.0.tar.gz.other.word.attestation",
        "b-1.0.tar.gz.publish.attestation",
        ".attestation",
    ];
    let sidecars = Sidecars::group(names);
    assert_eq!(
        sidecars.of("a-1.0.tar.gz"),
        [
            "a-1.0.tar.gz.publish.attestation",
            "a-1.0.tar.gz.slsa.attestation"
        ]
    );
    assert_eq!(
        sidecars.of("a-1.0-py3-none-any.whl"),
        ["a-1.0-py3-none-any.whl.attestation"]
    );
    assert_eq!(
        sidecars.orphans(),
        [
            ".attestation",
            "a-1.0.tar.gz.other.word.attestation",
            "b-1.0.tar.gz.publish.attestation"
        ]
    );
    assert!(sidecars.of("b-1.0.tar.gz").is_empty());
}

proptest! {
    #[test]
    fn each_sidecar_is_in_one_place(names in proptest::collection::btree_set("[ab.]{0,3}(\\.x)?(\\.attestation)?", 0..12)) {
        let sidecars = Sidecars::group(names.iter().map(String::as_str));
        let mut found: Vec<&str> = sidecars.orphans().to_vec();
        for name in &names {
            for sidecar in sidecars.of(name) {
                prop_assert!(sidecar.starts_with(name.as_str()));
                found.push(sidecar);
            }
        }
        found.sort_unstable();
        let expected: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| name.ends_with(".attestation")).collect();
        prop_assert_eq!(found, expected);
    }
}
