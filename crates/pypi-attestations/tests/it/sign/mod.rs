//! Signing: every answer of the certificate authority and of the transparency log, without either, and with those of a local index.

mod authority;
mod certificate;
mod end_to_end;
mod fake;
mod instance;
mod log;

use pypi_attestations::{Certify, Error, SigningCertificate, Sigstore, Statement};
use pypi_http::{Secret, drive};
use serde_json::{Value, json};

use super::{NAME, SHA256};
use fake::Fake;

/// An ID token, which must print nowhere.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.Zx9-qVt3kUwB7_yHs2LdNfPcGmRjTe4A";
const SUBJECT: &str = "repo:octo-org/demo:environment:pypi";
const SAN: &str = "https://github.com/octo-org/demo/.github/workflows/release.yml@refs/tags/v1.0";
const ISSUER: &str = "https://token.actions.githubusercontent.com";
/// The id of an entry.
const ID: &str = "108e9186e8c5677a6a1ba8b9cd3b2a1a1a4bd1d1a0d2f2b6fdbbd4e4fbf3f0e4aa11bb22cc33dd44";

/// An instance below a path, as that of the local index.
fn sigstore() -> Sigstore {
    Sigstore::from_trust_config(&config().to_string()).expect("an instance")
}

fn config() -> Value {
    let root = "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\", \"tlogs\": [], \"certificateAuthorities\": [], \"ctlogs\": [], \"timestampAuthorities\": []}";
    let url = |name: &str, version: u32| {
        json!({
            "url": format!("http://127.0.0.1:8000/sigstore/{name}"),
            "majorApiVersion": version,
            "validFor": {"start": "2025-01-01T00:00:00Z"},
            "operator": "tests",
        })
    };
    json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": serde_json::from_str::<Value>(root).expect("JSON"),
        "signingConfig": {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [url("fulcio/", 1)],
            "rekorTlogUrls": [url("rekor-v2", 2), url("rekor", 1)],
            "rekorTlogConfig": {"selector": "ANY"},
        },
    })
}

fn certify() -> Certify {
    Certify::new(&sigstore(), &Secret::new(TOKEN), SUBJECT).expect("a request")
}

fn certified(fake: &Fake) -> Result<SigningCertificate, Error> {
    drive(certify(), fake)
}

fn certificate() -> SigningCertificate {
    certified(&Fake::new([fake::certificate(200)])).expect("a certificate")
}

fn statement() -> Statement {
    Statement::publish(NAME, SHA256).expect("a statement")
}
