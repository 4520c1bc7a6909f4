//! The entry of a log, from the JSON of Rekor to that of PEP 740.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::json::{bytes, list, member, text};
use crate::{Error, ErrorKind, Statement};

/// The transparency log entry in a reply of Rekor, which must be for this statement and this signature.
///
/// Strings stay what they are, numbers become strings, and hashes base64 instead of hex. Its parts are checked by
/// `log_entry::read`.
pub(super) fn entry(json: &[u8], statement: &Statement, signature: &[u8]) -> Result<Value, Error> {
    let unreadable = |why: String| {
        let text = format!("cannot read the reply of the transparency log: {why}");
        Error::new(ErrorKind::Entry, text)
    };
    let reply: Value =
        serde_json::from_slice(json).map_err(|error| unreadable(error.to_string()))?;
    let entry = only_member(&reply).map_err(unreadable)?;
    let body = body(entry).map_err(unreadable)?;
    is_of(&body, statement, signature)?;
    converted(entry, &body).map_err(unreadable)
}

/// The value of the only member: its key is the id of the entry, in one of two forms.
fn only_member(reply: &Value) -> Result<&Value, String> {
    let members = reply.as_object().ok_or("it is not an object")?;
    match (members.values().next(), members.len()) {
        (Some(entry), 1) => Ok(entry),
        (_, count) => Err(format!("it has {count} entries, expected exactly one")),
    }
}

/// What the log recorded.
fn body(entry: &Value) -> Result<Value, String> {
    let body = bytes(entry, "body")?;
    serde_json::from_slice(&body).map_err(|error| format!("`body` is not JSON: {error}"))
}

/// Compares what the log recorded with what it was sent.
fn is_of(body: &Value, statement: &Statement, signature: &[u8]) -> Result<(), Error> {
    let mismatch = |part: &str| {
        let text = format!("the transparency log returned an entry with another {part}");
        Err(Error::new(ErrorKind::EntryMismatch, text))
    };
    let spec = body.get("spec").unwrap_or(&Value::Null);
    let hash = digest(&SHA256, statement.as_bytes());
    let payload = member(spec, "payloadHash");
    let is_sha256 = payload.clone().and_then(|hash| text(hash, "algorithm")) == Ok("sha256");
    if !is_sha256 || payload.and_then(|hash| text(hash, "value")) != Ok(&hex(hash.as_ref())) {
        return mismatch("statement");
    }
    let recorded = match list(spec, "signatures") {
        Ok([only]) => bytes(only, "signature").ok(),
        _ => None,
    };
    match recorded.as_deref() == Some(signature) {
        true => Ok(()),
        false => mismatch("signature"),
    }
}

fn converted(entry: &Value, body: &Value) -> Result<Value, String> {
    let verification = member(entry, "verification")?;
    let proof = member(verification, "inclusionProof")?;
    let hashes = list(proof, "hashes")?.iter();
    let hashes: Result<Vec<String>, String> = hashes
        .map(|hash| base64_of_hex(hash.as_str().unwrap_or_default(), "hashes"))
        .collect();
    Ok(json!({
        "logIndex": number(entry, "logIndex")?,
        "logId": {"keyId": base64_of_hex(text(entry, "logID")?, "logID")?},
        "kindVersion": {"kind": text(body, "kind")?, "version": text(body, "apiVersion")?},
        "integratedTime": number(entry, "integratedTime")?,
        "inclusionPromise": {"signedEntryTimestamp": text(verification, "signedEntryTimestamp")?},
        "inclusionProof": {
            "logIndex": number(proof, "logIndex")?,
            "rootHash": base64_of_hex(text(proof, "rootHash")?, "rootHash")?,
            "treeSize": number(proof, "treeSize")?,
            "hashes": hashes?,
            "checkpoint": {"envelope": text(proof, "checkpoint")?},
        },
        "canonicalizedBody": text(entry, "body")?,
    }))
}

/// A number as a string.
fn number(object: &Value, key: &str) -> Result<String, String> {
    let number = member(object, key)?.as_u64();
    number
        .map(|number| number.to_string())
        .ok_or_else(|| format!("`{key}` must be a number from 0"))
}

/// Hex digits as base64.
fn base64_of_hex(hex: &str, key: &str) -> Result<String, String> {
    let wrong = || format!("`{key}` has {hex:?}, expected hex digits");
    if !hex.len().is_multiple_of(2) {
        return Err(wrong());
    }
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.ok_or_else(wrong)?;
    let pairs = digits.chunks_exact(2);
    let bytes: Vec<u8> = pairs
        .map(|pair| {
            pair.iter().fold(0, |byte: u8, digit| {
                byte << 4 | u8::try_from(*digit).unwrap_or_default()
            })
        })
        .collect();
    Ok(STANDARD.encode(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Attestation;

    /// A part of an entry of PEP 740 as Rekor writes it: numbers for the strings of members that are numbers.
    fn numbers(object: &Value, key: &str) -> Value {
        let number = object[key].as_str().expect("text").parse::<u64>();
        number.expect("a number").into()
    }

    fn hex_of(value: &Value) -> Value {
        let bytes = STANDARD.decode(value.as_str().expect("text"));
        hex(&bytes.expect("base64")).into()
    }

    #[test]
    fn a_real_entry_survives_the_way_from_rekor() {
        let json =
            include_bytes!("../../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
        let attestation = Attestation::parse(json).expect("an attestation");
        let real = &attestation.entries()[0];
        let proof = &real["inclusionProof"];
        let hashes: Vec<Value> = proof["hashes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(hex_of)
            .collect();
        let reply = json!({"108e9186e8c5677a": {
            "body": real["canonicalizedBody"],
            "integratedTime": numbers(real, "integratedTime"),
            "logID": hex_of(&real["logId"]["keyId"]),
            "logIndex": numbers(real, "logIndex"),
            "verification": {
                "signedEntryTimestamp": real["inclusionPromise"]["signedEntryTimestamp"],
                "inclusionProof": {
                    "checkpoint": proof["checkpoint"]["envelope"],
                    "hashes": hashes,
                    "logIndex": numbers(proof, "logIndex"),
                    "rootHash": hex_of(&proof["rootHash"]),
                    "treeSize": numbers(proof, "treeSize"),
                },
            },
        }});
        let reply = reply.to_string().into_bytes();
        let (statement, signature) = (attestation.statement(), attestation.signature());
        assert_eq!(entry(&reply, statement, signature).as_ref(), Ok(real));
        let error = entry(&reply, statement, b"another").expect_err("another signature");
        assert_eq!(error.kind(), ErrorKind::EntryMismatch);
    }

    proptest! {
        #[test]
        fn hex_is_the_bytes_of_base64(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let text = hex(&bytes);
            prop_assert_eq!(base64_of_hex(&text, "x"), Ok(STANDARD.encode(&bytes)));
            prop_assert_eq!(base64_of_hex(&text.to_uppercase(), "x"), Ok(STANDARD.encode(&bytes)));
            let odd = text + "0";
            prop_assert!(base64_of_hex(&odd, "x").is_err());
        }

        #[test]
        fn other_text_is_not_hex(text in ".{0,20}") {
            let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit()) && text.len() % 2 == 0;
            prop_assert_eq!(base64_of_hex(&text, "x").is_ok(), is_hex);
        }

        #[test]
        fn a_reply_never_panics(text in ".{0,200}") {
            let statement = Statement::publish("demo-1.0.tar.gz", &"0".repeat(64)).expect("a statement");
            prop_assert!(entry(text.as_bytes(), &statement, b"").is_err());
        }
    }
}
