//! Attestations that the instance's root verifies.

use std::thread;

use pypi_attestations::{ErrorKind, Identity, Verifier};
use pypi_local_index::LocalIndex;

use super::{REKOR, SUBJECT, Signed, attest, certify, job, key, post, trusted_root};

const FILE: &str = "demo-1.0-py3-none-any.whl";

fn sha256(digit: u8) -> String {
    format!("{digit:02x}").repeat(32)
}

#[test]
fn an_attestation_is_verified_with_the_root_and_the_identity() {
    let index = LocalIndex::start().expect("an index");
    let attestation = attest(&index, FILE, &sha256(1));
    let verify = |root: &str, sha256: &str, identity: &Identity| {
        let verifier = Verifier::with_root(root).expect("a root");
        verifier.verify(&attestation, |name| name == FILE, sha256, identity)
    };
    let root = trusted_root(&index);
    let identity = Identity::github("octo-org/demo", "release.yml");
    let claims = verify(&root, &sha256(1), &identity).expect("verified");
    let workflow = "https://github.com/octo-org/demo/.github/workflows/release.yml@refs/heads/main";
    assert_eq!(claims.identity(), Some(workflow));
    assert_eq!(claims.workflow(), Some(workflow));
    assert_eq!(claims.visibility(), Some("public"));

    let other = LocalIndex::start().expect("an index");
    for (root, digest, identity, kind) in [
        (
            root.as_str(),
            sha256(2),
            identity.clone(),
            ErrorKind::Digest,
        ),
        (
            &root,
            sha256(1),
            Identity::github("octo-org/demo", "other.yml"),
            ErrorKind::Identity,
        ),
        (
            &root,
            sha256(1),
            Identity::gitlab("octo-org/demo", ".gitlab-ci.yml"),
            ErrorKind::Issuer,
        ),
        (
            &trusted_root(&other),
            sha256(1),
            identity,
            ErrorKind::InclusionPromise,
        ),
    ] {
        let error = verify(root, &digest, &identity).expect_err("rejected");
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[test]
fn every_one_of_many_entries_is_proved() {
    let index = LocalIndex::start().expect("an index");
    let verifier = Verifier::with_root(&trusted_root(&index)).expect("a root");
    let key = key();
    let certificate = certify(&index, job(), &key, SUBJECT);
    let identity = Identity::github("octo-org/demo", "release.yml");
    let indexes = thread::scope(|scope| {
        let mut threads = Vec::new();
        for number in 0..20 {
            let (index, key, certificate) = (&index, &key, &certificate);
            let (verifier, identity) = (&verifier, &identity);
            threads.push(scope.spawn(move || {
                let signed = Signed::new(key, FILE, &sha256(number));
                let response = post(index, REKOR, &signed.entry(certificate));
                assert_eq!(response.status, 201, "{}", response.text());
                let attestation = signed.attestation(certificate, &response.json());
                let verified = verifier.verify(&attestation, |_| true, &sha256(number), identity);
                verified.expect("verified");
                attestation.log_entry().expect("an entry").log_index()
            }));
        }
        let indexes = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        let mut indexes: Vec<u64> = indexes.collect();
        indexes.sort_unstable();
        indexes
    });
    let first = indexes[0];
    assert_eq!(indexes, (first..first + 20).collect::<Vec<u64>>());
}

#[cfg(feature = "persistent")]
#[test]
fn a_restarted_index_continues_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || {
        let builder = LocalIndex::builder().publishes_any().folder(folder.path());
        builder.start().expect("an index")
    };
    let index = open();
    let first = attest(&index, FILE, &sha256(1));
    let first_root = trusted_root(&index);
    drop(index);

    let index = open();
    let second = attest(&index, FILE, &sha256(2));
    let identity = Identity::github("octo-org/demo", "release.yml");
    for root in [first_root, trusted_root(&index)] {
        let verifier = Verifier::with_root(&root).expect("a root");
        for (attestation, digest) in [(&first, sha256(1)), (&second, sha256(2))] {
            let verified = verifier.verify(attestation, |_| true, &digest, &identity);
            verified.expect("verified");
        }
    }
    let position =
        |entry: &pypi_attestations::Attestation| entry.log_entry().expect("an entry").log_index();
    assert_eq!(position(&second), position(&first) + 1);
}
