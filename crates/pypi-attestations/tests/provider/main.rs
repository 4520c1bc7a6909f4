//! A program that has a cryptographic provider for Sigstore keeps it. In a process of its own: there is one per process.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use pypi_attestations::{Attestation, ErrorKind, Identity, Verifier};
use sigstore_verify::crypto::{self, CryptoProvider, Error, HashContext, SigningScheme};
use sigstore_verify::types::HashAlgorithm;

/// Hashes everything to zeros and verifies nothing.
#[derive(Debug)]
struct Refusing;

static ASKED: AtomicUsize = AtomicUsize::new(0);

struct Zeros(usize);

impl HashContext for Zeros {
    fn update(&mut self, _: &[u8]) {}

    fn finalize(self: Box<Self>) -> Vec<u8> {
        vec![0; self.0]
    }
}

impl CryptoProvider for Refusing {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>, Error> {
        Ok(Box::new(Zeros(algorithm.digest_size())))
    }

    fn verify_raw(&self, _: SigningScheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), Error> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Err(Error::Verification("no".to_owned()))
    }

    fn verify_prehashed(
        &self,
        _: SigningScheme,
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<(), Error> {
        Err(Error::Verification("no".to_owned()))
    }
}

#[test]
fn an_installed_provider_stays() {
    crypto::install_default_provider(&Refusing).expect("none so far");
    let json = include_bytes!("../data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
    let attestation = Attestation::parse(json).expect("real");
    let verifier = Verifier::production().expect("an embedded root");
    let sha256 = attestation.statement().subject_sha256();
    let identity = Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml");
    let result = verifier.verify(&attestation, |_| true, sha256, &identity);
    let error = result.expect_err("verified by nobody");
    assert_eq!(error.kind(), ErrorKind::InclusionPromise);
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
}
