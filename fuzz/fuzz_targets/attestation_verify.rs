//! A real attestation with any part changed never verifies. An input is the number of a part, a position in it, and the bytes to put there.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use libfuzzer_sys::fuzz_target;
use pypi_attestations::{Attestation, Identity, Verifier};
use serde_json::Value;

const REAL: &str = include_str!(
    "../../crates/pypi-attestations/tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation"
);
const ENTRY: &str = "/verification_material/transparency_entries/0";
/// The parts in base64, then those that are texts.
const PARTS: [&str; 14] = [
    "/verification_material/certificate",
    "/envelope/statement",
    "/envelope/signature",
    "ENTRY/canonicalizedBody",
    "ENTRY/logId/keyId",
    "ENTRY/inclusionPromise/signedEntryTimestamp",
    "ENTRY/inclusionProof/rootHash",
    "ENTRY/inclusionProof/hashes/0",
    "ENTRY/inclusionProof/checkpoint/envelope",
    "ENTRY/inclusionProof/logIndex",
    "ENTRY/inclusionProof/treeSize",
    "ENTRY/integratedTime",
    "ENTRY/logIndex",
    "ENTRY/kindVersion/kind",
];
const BASE64: usize = 8;

static VERIFIER: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::production().expect("an embedded root"));

fuzz_target!(|input: &[u8]| {
    let [part, high, low, with @ ..] = input else {
        return;
    };
    let part = usize::from(*part) % PARTS.len();
    let mut object: Value = serde_json::from_str(REAL).expect("JSON");
    let text = object
        .pointer_mut(&PARTS[part].replace("ENTRY", ENTRY))
        .expect("a part");
    let real = text.as_str().expect("text").to_owned();
    let mut bytes = if part < BASE64 {
        STANDARD.decode(&real).expect("base64")
    } else {
        real.clone().into_bytes()
    };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % bytes.len();
    let before = bytes.clone();
    let end = bytes.len().min(at + with.len());
    bytes.splice(at..end, with.iter().copied());
    let is_text = part >= BASE64;
    let changed = if is_text {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        STANDARD.encode(&bytes)
    };
    // A checkpoint ends in lines with signatures, which no signature covers.
    let is_unsigned =
        PARTS[part].ends_with("/envelope") && at >= real.find("\n\n").expect("signatures");
    // A number may have leading zeros.
    let is_same = bytes == before
        || is_text
            && changed.parse::<u64>().ok() == real.parse().ok()
            && real.parse::<u64>().is_ok();
    *text = Value::String(changed);

    let Ok(attestation) = Attestation::parse(object.to_string().as_bytes()) else {
        return;
    };
    let name = attestation.subject_name().to_owned();
    let sha256 = attestation.statement().subject_sha256().to_owned();
    let identity = Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml");
    let verified = VERIFIER.verify(&attestation, |subject| subject == name, &sha256, &identity);
    assert!(
        is_unsigned || verified.is_ok() == is_same,
        "{} {verified:?}",
        PARTS[part]
    );
});
