//! A proposed entry of the log, of kind `dsse` 0.0.1, and the body that is logged for it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use x509_cert::certificate::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::key::{Curve, sha256, verifies};
use super::log::hex;
use super::pem;

/// The canonical JSON (RFC 8785) of the body that is logged for `proposed`, or why it is refused, in Rekor's words.
pub(super) fn body(proposed: &Value) -> Result<String, String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let version = text(proposed.get("apiVersion")).unwrap_or_default();
    if version != "0.0.1" {
        return Err(format!(
            "entry kind 'dsse' does not support inserting entries of version '{version}'"
        ));
    }
    let spec = proposed.get("spec").unwrap_or(&Value::Null);
    // sigstore-python sends them, too, as null.
    let is_computed = match (spec.get("envelopeHash"), spec.get("payloadHash")) {
        (Some(Value::Object(_)), _) | (_, Some(Value::Object(_))) => true,
        _ => matches!(spec.get("signatures"), Some(Value::Array(list)) if !list.is_empty()),
    };
    let Some(content) = spec
        .get("proposedContent")
        .filter(|content| content.is_object())
    else {
        return Err(
            "either proposedContent or envelopeHash, payloadHash, and signatures must be present"
                .to_owned(),
        );
    };
    if is_computed {
        return Err("either proposedContent or envelopeHash, payloadHash, and signatures must be present but not both".to_owned());
    }
    let envelope = text(content.get("envelope"))
        .ok_or("validation failure list:\nproposedContent.envelope in body is required")?;
    let verifiers = content.get("verifiers").and_then(Value::as_array);
    let verifiers = verifiers
        .filter(|verifiers| !verifiers.is_empty())
        .ok_or("validation failure list:\nproposedContent.verifiers in body is required")?;
    let mut keys = Vec::new();
    for verifier in verifiers {
        let decoded = verifier
            .as_str()
            .and_then(|text| STANDARD.decode(text).ok());
        let pem = decoded.ok_or("failed parsing base64 data for verifier")?;
        keys.push(Verifier::read(&pem)?);
    }
    canonical(&envelope, &keys)
}

/// A key that may verify a signature.
struct Verifier {
    key: SubjectPublicKeyInfoOwned,
    /// As Rekor writes it, whatever the line endings that it was sent with.
    pem: String,
}

impl Verifier {
    /// Reads a public key, a certificate or a chain of them, whose first one counts.
    fn read(text: &[u8]) -> Result<Self, String> {
        let unreadable = |why: &str| format!("could not parse public key as x509: {why}");
        let blocks = pem::decode(text)
            .ok_or_else(|| unreadable("invalid public key: failure decoding PEM"))?;
        let pem = blocks
            .iter()
            .map(|block| pem::encode(block.label, &block.der));
        let pem = pem.collect();
        let malformed = || unreadable("malformed certificate or public key");
        let first = blocks.first().ok_or_else(malformed)?;
        let key = match first.label {
            "PUBLIC KEY" => SubjectPublicKeyInfoOwned::from_der(&first.der).ok(),
            "CERTIFICATE" => Certificate::from_der(&first.der)
                .map(|certificate| certificate.tbs_certificate.subject_public_key_info)
                .ok(),
            label => {
                return Err(unreadable(&format!(
                    "invalid public key: cannot handle type {label}"
                )));
            }
        };
        let key = key.ok_or_else(malformed)?;
        if Curve::of(&key).is_none() {
            return Err("could not load verifier: unsupported public key type".to_owned());
        }
        Ok(Self { key, pem })
    }
}

/// The envelope, as far as it is read.
#[derive(Deserialize)]
struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    #[serde(default)]
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}

/// The members of the body, in the order of canonical JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    api_version: &'static str,
    kind: &'static str,
    spec: Spec,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    envelope_hash: HashValue,
    payload_hash: HashValue,
    signatures: Vec<LoggedSignature>,
}

#[derive(Serialize)]
struct HashValue {
    algorithm: &'static str,
    value: String,
}

#[derive(Eq, Ord, PartialEq, PartialOrd, Serialize)]
struct LoggedSignature {
    signature: String,
    verifier: String,
}

fn canonical(text: &str, keys: &[Verifier]) -> Result<String, String> {
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if envelope.signatures.is_empty() {
        return Err("DSSE envelope must contain 1 or more signatures".to_owned());
    }
    let payload = decode(&envelope.payload)?;
    let signed = pre_authentication_encoding(&envelope.payload_type, &payload);
    let mut signatures = Vec::new();
    for EnvelopeSignature { sig } in envelope.signatures {
        let bytes = decode(&sig)?;
        let mut keys = keys.iter();
        let verifier = keys
            .find(|verifier| verifies(&verifier.key, &signed, &bytes))
            .ok_or("could not verify envelope: accepted signatures do not match threshold, Found: 0, Expected 1")?;
        signatures.push(LoggedSignature {
            signature: sig,
            verifier: STANDARD.encode(&verifier.pem),
        });
    }
    signatures.sort();
    signatures.dedup();
    let hash = |bytes: &[u8]| HashValue {
        algorithm: "sha256",
        value: hex(&sha256(bytes)),
    };
    let body = Body {
        api_version: "0.0.1",
        kind: "dsse",
        spec: Spec {
            envelope_hash: hash(text.as_bytes()),
            payload_hash: hash(&payload),
            signatures,
        },
    };
    serde_json::to_string(&body).map_err(|error| error.to_string())
}

/// What a signature of an envelope signs (DSSE v1).
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let (type_length, length) = (payload_type.len(), payload.len());
    let start = format!("DSSEv1 {type_length} {payload_type} {length} ");
    [start.as_bytes(), payload].concat()
}

fn decode(text: &str) -> Result<Vec<u8>, String> {
    let decoded = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
    decoded.map_err(|_| {
        "could not verify envelope: unable to base64 decode payload (is payload in the right format?)".to_owned()
    })
}
