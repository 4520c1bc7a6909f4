//! Entries of the transparency log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_local_index::{Clock, Fault, LocalIndex, Route};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{FULCIO, REKOR, SUBJECT, Signed, certify, job, key, post, proposal};
use crate::client::{get, send, send_or_cut};

const NOW: u64 = 1_760_000_000;

fn start() -> LocalIndex {
    let builder = LocalIndex::builder().publishes_any();
    builder.clock(Clock::fixed(NOW)).start().expect("an index")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A proposed entry, and the certificate in it.
fn proposed(index: &LocalIndex) -> (Value, String) {
    let key = key();
    let certificate = certify(index, job(), &key, SUBJECT);
    let signed = Signed::new(&key, "demo-1.0.tar.gz", &"ab".repeat(32));
    (signed.entry(&certificate), certificate)
}

/// Clients on Windows send CRLF.
#[test]
fn the_body_is_canonical_whatever_the_line_endings_of_the_verifier() {
    let index = start();
    let (mut proposed, certificate) = proposed(&index);
    let windows = certificate.replace('\n', "\r\n");
    proposed["spec"]["proposedContent"]["verifiers"][0] = STANDARD.encode(windows).into();
    let response = post(&index, REKOR, &proposed);
    assert_eq!(response.status, 201, "{}", response.text());
    let logged = response.json();
    let (id, entry) = logged
        .as_object()
        .expect("an object")
        .iter()
        .next()
        .expect("an entry");

    let envelope = proposed["spec"]["proposedContent"]["envelope"]
        .as_str()
        .expect("text");
    let parsed: Value = serde_json::from_str(envelope).expect("JSON");
    let payload = STANDARD
        .decode(parsed["payload"].as_str().expect("text"))
        .expect("base64");
    let body = format!(
        concat!(
            r#"{{"apiVersion":"0.0.1","kind":"dsse","spec":{{"envelopeHash":{{"algorithm":"sha256","value":"{}"}},"#,
            r#""payloadHash":{{"algorithm":"sha256","value":"{}"}},"signatures":[{{"signature":"{}","verifier":"{}"}}]}}}}"#,
        ),
        hex(&Sha256::digest(envelope)),
        hex(&Sha256::digest(&payload)),
        parsed["signatures"][0]["sig"].as_str().expect("text"),
        STANDARD.encode(&certificate),
    );
    assert_eq!(entry["body"], STANDARD.encode(&body));
    let leaf = Sha256::digest([&[0], body.as_bytes()].concat());
    assert_eq!((id.len(), &id[16..]), (80, hex(&leaf).as_str()));
    assert_eq!(
        response.header("location"),
        Some(format!("{REKOR}/{id}").as_str())
    );
    assert_eq!(response.header("etag"), Some(id.as_str()));
    assert_eq!(entry["integratedTime"], NOW);
    let proof = &entry["verification"]["inclusionProof"];
    assert_eq!(
        (&proof["logIndex"], &proof["treeSize"]),
        (&json!(0), &json!(1))
    );
    assert!(
        entry["logIndex"].as_u64() > proof["logIndex"].as_u64(),
        "{entry}"
    );
}

#[test]
fn an_equal_entry_is_found_under_every_name() {
    let index = start();
    let (first, _) = proposed(&index);
    let (second, _) = proposed(&index);
    // sigstore-python sends what the log computes as null.
    let mut with_null = first.clone();
    for computed in ["envelopeHash", "payloadHash", "signatures"] {
        with_null["spec"][computed] = Value::Null;
    }
    let logged = post(&index, REKOR, &with_null);
    let id = logged.header("etag").expect("an id").to_owned();
    assert_eq!(post(&index, REKOR, &second).status, 201);

    let again = post(&index, REKOR, &first);
    assert_eq!(
        (again.status, again.header("location")),
        (409, logged.header("location"))
    );
    let message =
        format!("an equivalent entry already exists in the transparency log with UUID {id}");
    assert_eq!(again.json(), json!({"code": 409, "message": message}));

    let number = logged.json()[&id]["logIndex"].clone();
    for path in [
        format!("{REKOR}/{id}"),
        format!("{REKOR}/{}", &id[16..]),
        format!("{REKOR}/{}", id.to_uppercase()),
        format!("{REKOR}?logIndex={number}"),
    ] {
        let found = get(&index, &path, &[]);
        assert_eq!(found.status, 200, "{path}");
        let entry = &found.json()[&id];
        assert_eq!(entry["body"], logged.json()[&id]["body"]);
        // The tree has grown.
        let proof = &entry["verification"]["inclusionProof"];
        assert_eq!(
            (&proof["logIndex"], &proof["treeSize"]),
            (&json!(0), &json!(2))
        );
        assert_eq!(proof["hashes"].as_array().map(Vec::len), Some(1));
    }
    let absent = get(&index, &format!("{REKOR}/{}", "0".repeat(64)), &[]);
    assert_eq!(
        (absent.status, absent.body.as_slice()),
        (404, b"".as_slice())
    );
    assert_eq!(get(&index, &format!("{REKOR}?logIndex=7"), &[]).status, 404);
    for malformed in ["xyz", "0", &"g".repeat(64)] {
        let response = get(&index, &format!("{REKOR}/{malformed}"), &[]);
        assert_eq!(
            (response.status, &response.json()["code"]),
            (422, &json!(605))
        );
    }
}

#[test]
fn each_refusal_has_the_status_and_the_message_of_rekor() {
    let index = start();
    let (good, _) = proposed(&index);
    let content = "/spec/proposedContent";
    let changed = |path: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(path).expect("a member") = value;
        changed
    };
    let with_both = {
        let mut both = good.clone();
        both["spec"]["payloadHash"] = json!({"algorithm": "sha256", "value": "ab"});
        both
    };
    let envelope = good.pointer(content).expect("content")["envelope"].clone();
    let envelope: Value = serde_json::from_str(envelope.as_str().expect("text")).expect("JSON");
    let unsigned = json!({"payload": "", "payloadType": "", "signatures": []});
    let mut of_other_type = envelope;
    of_other_type["payloadType"] = "text/plain".into();
    let (other, _) = proposed(&index);
    let other = other
        .pointer("/spec/proposedContent/verifiers")
        .expect("verifiers")
        .clone();
    let failed = "error processing entry: could not verify envelope: accepted signatures do not match threshold, Found: 0, Expected 1";
    for (body, message) in [
        (
            json!([]),
            "parsing proposedEntry body from \"\" failed, because invalid kind value: \"\"",
        ),
        (
            changed("/kind", "rekord".into()),
            "parsing proposedEntry body from \"\" failed, because invalid kind value: \"rekord\"",
        ),
        (
            changed("/apiVersion", "0.0.2".into()),
            "error processing entry: entry kind 'dsse' does not support inserting entries of version '0.0.2'",
        ),
        (
            changed("/spec", json!({})),
            "error processing entry: either proposedContent or envelopeHash, payloadHash, and signatures must be present",
        ),
        (
            with_both,
            "error processing entry: either proposedContent or envelopeHash, payloadHash, and signatures must be present but not both",
        ),
        (
            changed(
                "/spec/proposedContent/envelope",
                unsigned.to_string().into(),
            ),
            "error processing entry: DSSE envelope must contain 1 or more signatures",
        ),
        (
            changed(
                "/spec/proposedContent/envelope",
                of_other_type.to_string().into(),
            ),
            failed,
        ),
        (changed("/spec/proposedContent/verifiers", other), failed),
        (
            changed("/spec/proposedContent/verifiers", json!([])),
            "error processing entry: validation failure list:\nproposedContent.verifiers in body is required",
        ),
        (
            changed("/spec/proposedContent/verifiers", json!(["eA=="])),
            "error processing entry: could not parse public key as x509: invalid public key: failure decoding PEM",
        ),
    ] {
        let response = post(&index, REKOR, &body);
        assert_eq!(
            response.json(),
            json!({"code": 400, "message": message}),
            "{body}"
        );
        assert_eq!(response.status, 400);
    }
    let response = send(&index, &format!("POST {REKOR}"), &[], b"{}");
    assert_eq!(response.status, 415, "{}", response.text());
    assert!(
        get(&index, "/log?paused", &[])
            .text()
            .contains("unsupported media type")
    );
    assert_eq!(
        get(&index, &format!("{REKOR}?logIndex=121904262"), &[]).status,
        404
    );
}

/// After a lost response the entry is there, and a client that asks again learns its name.
#[test]
fn faults_happen_to_certificates_and_entries() {
    let index = start();
    index.add_fault(Fault::on(Route::LogEntry).nth(1).lose_response());
    index.add_fault(
        Fault::on(Route::Certificate)
            .nth(2)
            .respond(503, "text/plain", "busy"),
    );
    let (proposed, _) = proposed(&index);
    let headers = [("content-type", "application/json")];
    let request = format!("POST {REKOR}");
    let lost = send_or_cut(&index, &request, &headers, proposed.to_string().as_bytes());
    assert!(lost.is_none());
    let again = post(&index, REKOR, &proposed);
    assert_eq!(again.status, 409);
    let location = again.header("location").expect("a location");
    assert_eq!(get(&index, location, &[]).status, 200);

    let token = index.id_token(job(), "sigstore").expect("an ID token");
    let body = proposal(token.reveal(), &key(), SUBJECT);
    assert_eq!(post(&index, FULCIO, &body).status, 503);
    assert_eq!(post(&index, FULCIO, &body).status, 200);
    let routes: Vec<Route> = index
        .requests()
        .iter()
        .map(|request| request.route)
        .collect();
    assert_eq!(
        routes,
        [
            Route::Certificate,
            Route::LogEntry,
            Route::LogEntry,
            Route::LogEntry,
            Route::Certificate,
            Route::Certificate,
        ]
    );
    let requests = format!("{:?}", index.requests());
    assert!(!requests.contains(token.reveal()));
    assert!(
        !get(&index, "/log?paused", &[])
            .text()
            .contains(token.reveal())
    );
}

/// An entry of the public log, proposed again: the hash of the envelope is that of the text that was sent, which is not known.
#[test]
fn the_body_of_a_real_entry_is_the_same() {
    let index = start();
    let real = include_str!(
        "../../../../pypi-attestations/tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation"
    );
    let real: Value = serde_json::from_str(real).expect("JSON");
    let text = |pointer: &str| {
        let text = real.pointer(pointer).and_then(Value::as_str);
        text.expect("text").split_whitespace().collect::<String>()
    };
    let certificate = STANDARD
        .decode(text("/verification_material/certificate"))
        .expect("base64");
    let logged = text("/verification_material/transparency_entries/0/canonicalizedBody");
    let mut logged = String::from_utf8(STANDARD.decode(logged).expect("base64")).expect("UTF-8");

    let envelope = json!({
        "payload": text("/envelope/statement"),
        "payloadType": super::PAYLOAD_TYPE,
        "signatures": [{"keyid": "", "sig": text("/envelope/signature")}],
    })
    .to_string();
    let proposed = json!({
        "apiVersion": "0.0.1",
        "kind": "dsse",
        "spec": {"proposedContent": {
            "envelope": envelope,
            "verifiers": [STANDARD.encode(super::pem("CERTIFICATE", &certificate))],
        }},
    });
    let response = post(&index, REKOR, &proposed);
    assert_eq!(response.status, 201, "{}", response.text());
    let entries = response.json();
    let (_, entry) = entries
        .as_object()
        .expect("an object")
        .iter()
        .next()
        .expect("an entry");
    let body = STANDARD
        .decode(entry["body"].as_str().expect("text"))
        .expect("base64");
    let hash: Value = serde_json::from_str(&logged).expect("JSON");
    let hash = hash["spec"]["envelopeHash"]["value"]
        .as_str()
        .expect("text")
        .to_owned();
    logged = logged.replace(&hash, &hex(&Sha256::digest(&envelope)));
    assert_eq!(String::from_utf8(body).expect("UTF-8"), logged);
}
