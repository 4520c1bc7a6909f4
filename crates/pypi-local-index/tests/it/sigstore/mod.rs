//! The index's Sigstore instance.

mod certificate;
mod client;
mod end_to_end;
mod log;
mod verification;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_attestations::{Attestation, Statement};
use pypi_local_index::{Identity, LocalIndex};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::client::{Response, send};

const FULCIO: &str = "/sigstore/fulcio/api/v2/signingCert";
const REKOR: &str = "/sigstore/rekor/api/v1/log/entries";
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The SubjectPublicKeyInfo of a P-256 key, up to its point.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

fn job() -> Identity {
    Identity::github("octo-org/demo", "release.yml")
}

/// The `sub` of a job's ID token.
const SUBJECT: &str = "repo:octo-org/demo:ref:refs/heads/main";

fn key() -> EcdsaKeyPair {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("a key");
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &SystemRandom::new()).expect("a key")
}

fn sign(key: &EcdsaKeyPair, message: &[u8]) -> String {
    let signature = key.sign(&SystemRandom::new(), message);
    STANDARD.encode(signature.expect("a signature"))
}

fn public_pem(key: &EcdsaKeyPair) -> String {
    pem(
        "PUBLIC KEY",
        &[P256.as_slice(), key.public_key().as_ref()].concat(),
    )
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with('-'));
    let text: String = lines.collect();
    STANDARD.decode(text).expect("base64")
}

/// A request for a certificate, with a proof of possession.
fn proposal(token: &str, key: &EcdsaKeyPair, challenge: &str) -> Value {
    json!({
        "credentials": {"oidcIdentityToken": token},
        "publicKeyRequest": {
            "publicKey": {"algorithm": "ECDSA", "content": public_pem(key)},
            "proofOfPossession": sign(key, challenge.as_bytes()),
        },
    })
}

fn post(index: &LocalIndex, path: &str, body: &Value) -> Response {
    let headers = [("content-type", "application/json")];
    send(
        index,
        &format!("POST {path}"),
        &headers,
        body.to_string().as_bytes(),
    )
}

/// The certificate of a job, in PEM.
fn certify(
    index: &LocalIndex,
    job: impl Into<Identity>,
    key: &EcdsaKeyPair,
    challenge: &str,
) -> String {
    let token = index.id_token(job, "sigstore").expect("an ID token");
    let response = post(index, FULCIO, &proposal(token.reveal(), key, challenge));
    assert_eq!(response.status, 200, "{}", response.text());
    let chain = &response.json()["signedCertificateEmbeddedSct"]["chain"]["certificates"];
    assert_eq!(chain.as_array().map(Vec::len), Some(3));
    chain[0].as_str().expect("PEM").to_owned()
}

/// A statement and its signature.
struct Signed {
    statement: Vec<u8>,
    signature: String,
}

impl Signed {
    fn new(key: &EcdsaKeyPair, filename: &str, sha256: &str) -> Self {
        let statement = Statement::publish(filename, sha256).expect("a statement");
        Self {
            signature: sign(key, &statement.pae()),
            statement: statement.as_bytes().to_vec(),
        }
    }

    /// The proposed entry of the log.
    fn entry(&self, certificate: &str) -> Value {
        let envelope = json!({
            "payload": STANDARD.encode(&self.statement),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": "", "sig": self.signature}],
        });
        json!({
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {"proposedContent": {
                "envelope": envelope.to_string(),
                "verifiers": [STANDARD.encode(certificate)],
            }},
        })
    }

    /// The attestation with this response of the log.
    fn attestation(&self, certificate: &str, logged: &Value) -> Attestation {
        let (_, entry) = logged
            .as_object()
            .expect("an object")
            .iter()
            .next()
            .expect("an entry");
        let proof = &entry["verification"]["inclusionProof"];
        let object = json!({
            "version": 1,
            "verification_material": {
                "certificate": STANDARD.encode(der(certificate)),
                "transparency_entries": [{
                    "logIndex": entry["logIndex"].to_string(),
                    "logId": {"keyId": base64_of(&entry["logID"])},
                    "kindVersion": {"kind": "dsse", "version": "0.0.1"},
                    "integratedTime": entry["integratedTime"].to_string(),
                    "inclusionPromise": {"signedEntryTimestamp": entry["verification"]["signedEntryTimestamp"]},
                    "inclusionProof": {
                        "logIndex": proof["logIndex"].to_string(),
                        "rootHash": base64_of(&proof["rootHash"]),
                        "treeSize": proof["treeSize"].to_string(),
                        "hashes": proof["hashes"].as_array().expect("hashes").iter().map(base64_of).collect::<Vec<_>>(),
                        "checkpoint": {"envelope": proof["checkpoint"]},
                    },
                    "canonicalizedBody": entry["body"],
                }],
            },
            "envelope": {"statement": STANDARD.encode(&self.statement), "signature": self.signature},
        });
        Attestation::parse(object.to_string().as_bytes()).expect("an attestation")
    }
}

/// Hexadecimal digits in base64.
fn base64_of(hex: &Value) -> String {
    let hex = hex.as_str().expect("text");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    STANDARD.encode((0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>())
}

/// An attestation of a file, as a job of [`job`] makes it.
fn attest(index: &LocalIndex, filename: &str, sha256: &str) -> Attestation {
    let key = key();
    let certificate = certify(index, job(), &key, SUBJECT);
    let signed = Signed::new(&key, filename, sha256);
    let response = post(index, REKOR, &signed.entry(&certificate));
    assert_eq!(response.status, 201, "{}", response.text());
    signed.attestation(&certificate, &response.json())
}

fn trusted_root(index: &LocalIndex) -> String {
    let config: Value = serde_json::from_str(&index.sigstore_trust_config()).expect("JSON");
    config["trustedRoot"].to_string()
}
