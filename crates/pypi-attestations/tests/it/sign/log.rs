//! The answers of the transparency log.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header;
use pypi_attestations::{Attestation, Error, ErrorKind, SIGN_BUDGET, Sign};
use pypi_http::{RetryPolicy, TransportErrorKind, drive};
use serde_json::{Value, json};

use super::fake::{self, Answer, Fake, broken, error, reply, with};
use super::{ID, certificate, sigstore, statement};

const POST: &str = "POST /rekor/api/v1/log/entries";
const GET: &str = "GET /rekor/api/v1/log/entries/";

fn sign() -> Sign {
    certificate()
        .sign(&sigstore(), statement())
        .expect("a flow")
}

fn signed(fake: &Fake) -> Result<Attestation, Error> {
    drive(sign(), fake)
}

fn entry() -> Answer {
    fake::entry(201, |_, _| ())
}

/// The entry reached the verifier, which has no log to accept it from.
#[track_caller]
fn recorded(fake: &Fake, lines: &[&str]) {
    let error = signed(fake).expect_err("no log signed it");
    assert_eq!(error.kind(), ErrorKind::InclusionPromise, "{error}");
    assert_eq!(fake.lines(), lines);
}

#[track_caller]
fn refused(answer: Answer, kind: ErrorKind, text: &str) {
    let fake = Fake::new([answer]);
    let error = signed(&fake).expect_err(text);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    assert_eq!(fake.lines(), [POST], "{text}");
}

fn get() -> String {
    format!("{GET}{ID}")
}

/// The reply to a signature that the log has.
fn exists(location: Option<&str>, message: &str) -> Answer {
    let location = location.map(|location| (header::LOCATION, location.to_owned()));
    with(
        409,
        location,
        json!({"code": 409, "message": message}).to_string(),
    )
}

fn exists_at() -> Answer {
    exists(
        Some(&format!("/api/v1/log/entries/{ID}")),
        "an equivalent entry already exists",
    )
}

/// The signature of a request.
fn signature(posted: &Value) -> Value {
    let envelope = posted["spec"]["proposedContent"]["envelope"].as_str();
    let envelope: Value = serde_json::from_str(envelope.expect("text")).expect("JSON");
    envelope["signatures"][0]["sig"].clone()
}

#[test]
fn a_request_has_the_envelope_and_the_certificate() {
    let fake = Fake::new([entry()]);
    recorded(&fake, &[POST]);
    let request = &fake.posted()[0];
    assert_eq!(
        (&request["kind"], &request["apiVersion"]),
        (&json!("dsse"), &json!("0.0.1"))
    );
    assert_eq!(request["spec"].as_object().map(|spec| spec.len()), Some(1));
    let proposed = &request["spec"]["proposedContent"];
    let verifier = STANDARD.decode(proposed["verifiers"][0].as_str().expect("text"));
    let pem = String::from_utf8(verifier.expect("base64")).expect("PEM");
    assert!(
        pem.starts_with("-----BEGIN CERTIFICATE-----\n") && !pem.contains('\r'),
        "{pem}"
    );
    let envelope: Value =
        serde_json::from_str(proposed["envelope"].as_str().expect("text")).expect("JSON");
    assert_eq!(envelope["payload"], STANDARD.encode(statement().as_bytes()));
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    assert_eq!(envelope["signatures"][0]["keyid"], "");
}

#[test]
fn a_log_that_is_down_is_sent_the_same_bytes_again() {
    for answer in [
        reply(499, ""),
        error(500, "internal"),
        reply(502, "<html>"),
        reply(503, ""),
        reply(504, ""),
        reply(429, ""),
        broken(TransportErrorKind::Connect),
        broken(TransportErrorKind::Interrupted),
        broken(TransportErrorKind::Reply),
        broken(TransportErrorKind::Timeout),
    ] {
        let fake = Fake::new([answer, entry()]);
        recorded(&fake, &[POST, "wait", POST]);
        let [first, second] = fake.posted().try_into().expect("two requests");
        assert_eq!(first, second);
    }
}

#[test]
fn a_rejected_entry_is_not_sent_again() {
    let why = "error processing entry: payload too large";
    let text = format!("the transparency log rejected the entry: 400 Bad Request: {why}");
    refused(error(400, why), ErrorKind::LogRefused, &text);
    let text = "the transparency log rejected the entry: 404 Not Found";
    refused(reply(404, ""), ErrorKind::LogRefused, text);
    let text = "the transparency log rejected the entry: 308 Permanent Redirect";
    refused(reply(308, ""), ErrorKind::LogRefused, text);
}

#[test]
fn an_entry_that_exists_is_fetched_from_the_same_log() {
    let short = &ID[16..];
    let message =
        format!("an equivalent entry already exists in the transparency log with UUID {ID}");
    for (answer, id) in [
        (exists_at(), ID),
        (
            exists(Some(&format!("https://evil.example/a/b/{ID}?c=d")), ""),
            ID,
        ),
        (exists(Some(short), ""), short),
        (exists(None, &message), ID),
        (
            exists(None, &format!("it exists: \"{}\".", short.to_uppercase())),
            short,
        ),
        (exists(Some("/api/v1/log/entries/"), &message), ID),
        (
            exists(Some("/api/v1/log/entries/../../index"), &message),
            ID,
        ),
    ] {
        let fake = Fake::new([
            broken(TransportErrorKind::Interrupted),
            answer,
            fake::entry(200, |_, _| ()),
        ]);
        recorded(&fake, &[POST, "wait", POST, &format!("{GET}{id}")]);
    }
}

#[test]
fn an_entry_that_exists_may_take_some_time_to_be_seen() {
    let fake = Fake::new([
        exists_at(),
        reply(404, ""),
        reply(503, ""),
        reply(404, ""),
        entry(),
    ]);
    let get = get();
    recorded(
        &fake,
        &[POST, &get, "wait", &get, "wait", &get, "wait", &get],
    );
}

#[test]
fn an_entry_that_is_never_seen_is_made_anew() {
    let mut answers = vec![exists_at()];
    answers.extend((0..5).map(|_| reply(404, "")));
    answers.push(entry());
    let fake = Fake::new(answers);
    let get = get();
    let [wait, get] = ["wait", get.as_str()];
    recorded(
        &fake,
        &[POST, get, wait, get, wait, get, wait, get, wait, get, POST],
    );
    let [first, second] = fake.posted().try_into().expect("two requests");
    assert_ne!(signature(&first), signature(&second));
}

#[test]
fn an_entry_without_an_id_is_made_anew() {
    for answer in [
        exists(None, ""),
        exists(None, "an equivalent entry already exists"),
        exists(Some("/api/v1/log/entries/xyz"), "with UUID 1234"),
    ] {
        let fake = Fake::new([answer, entry()]);
        recorded(&fake, &[POST, POST]);
        let [first, second] = fake.posted().try_into().expect("two requests");
        assert_ne!(signature(&first), signature(&second));
    }
    let fake = Fake::new([exists(None, "")]);
    let error = signed(&fake).expect_err("it never returns one");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "the transparency log says of 3 signatures that it has an entry, and returns none"
    );
}

#[test]
fn an_entry_of_something_else_is_named() {
    type Change = fn(&mut Value, &mut Value);
    let changes: [(Change, &str); 6] = [
        (
            |body, _| body["spec"]["payloadHash"]["value"] = "00".repeat(32).into(),
            "statement",
        ),
        (
            |body, _| body["spec"]["payloadHash"]["algorithm"] = "sha512".into(),
            "statement",
        ),
        (|body, _| body["spec"] = Value::Null, "statement"),
        (
            |body, _| body["spec"]["signatures"][0]["signature"] = "AAAA".into(),
            "signature",
        ),
        (
            |body, _| body["spec"]["signatures"] = json!([]),
            "signature",
        ),
        (
            |body, _| {
                let signature = body["spec"]["signatures"][0].clone();
                body["spec"]["signatures"] = json!([signature, signature]);
            },
            "signature",
        ),
    ];
    for (change, part) in changes {
        let text = format!("the transparency log returned an entry with another {part}");
        refused(fake::entry(201, change), ErrorKind::EntryMismatch, &text);
    }
}

#[test]
fn a_reply_that_is_not_an_entry_is_an_error() {
    let cannot = "cannot read the reply of the transparency log";
    for (body, why) in [
        ("<html>", "expected value at line 1 column 1"),
        ("[]", "it is not an object"),
        ("{}", "it has 0 entries, expected exactly one"),
        (
            r#"{"a": {}, "b": {}}"#,
            "it has 2 entries, expected exactly one",
        ),
        (r#"{"a": {}}"#, "`body` is missing"),
        (
            r#"{"a": {"body": "e30"}}"#,
            "`body` is not valid base64: Invalid padding",
        ),
    ] {
        refused(
            reply(201, body),
            ErrorKind::Entry,
            &format!("{cannot}: {why}"),
        );
    }
    for pointer in [
        "/integratedTime",
        "/logID",
        "/logIndex",
        "/verification",
        "/verification/signedEntryTimestamp",
        "/verification/inclusionProof",
        "/verification/inclusionProof/logIndex",
        "/verification/inclusionProof/rootHash",
        "/verification/inclusionProof/treeSize",
        "/verification/inclusionProof/hashes",
        "/verification/inclusionProof/hashes/0",
        "/verification/inclusionProof/checkpoint",
    ] {
        for value in [
            Value::Null,
            json!(-1),
            json!("abc"),
            json!("é0"),
            json!([7]),
        ] {
            let change = value.clone();
            let answer = fake::entry(201, move |_, entry| {
                *entry.pointer_mut(pointer).expect("a part") = change.clone();
            });
            let error = signed(&Fake::new([answer])).expect_err(pointer);
            let is_text = value == json!("abc") || value == json!("é0");
            let is_free = pointer.ends_with("/checkpoint") || pointer.ends_with("Timestamp");
            if !(is_text && is_free) {
                assert_eq!(error.kind(), ErrorKind::Entry, "{pointer} {value}: {error}");
            }
        }
    }
    for (member, value) in [("kind", "hashedrekord"), ("apiVersion", "0.0.2")] {
        let answer = fake::entry(201, move |body, _| body[member] = value.into());
        let error = signed(&Fake::new([answer])).expect_err(value);
        assert_eq!(error.kind(), ErrorKind::Entry, "{error}");
    }
}

#[test]
fn an_entry_after_the_end_of_the_certificate_is_expired() {
    // 2025-10-09 09:00:00 UTC is the last second.
    let at =
        |second: u64| fake::entry(201, move |_, entry| entry["integratedTime"] = second.into());
    recorded(&Fake::new([at(1_760_000_400)]), &[POST]);
    refused(
        at(1_760_000_401),
        ErrorKind::Expired,
        "the transparency log added the entry after the end of the certificate",
    );
}

#[test]
fn a_log_that_stays_down_is_given_up_after_ten_minutes() {
    let fake = Fake::new([reply(502, "<html>")]);
    let mut flow = sign();
    let error = drive(&mut flow, &fake).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(fake.waited() <= SIGN_BUDGET && fake.waited() > SIGN_BUDGET / 10 * 9);
    assert_eq!(flow.failure(), Some("502 Bad Gateway"));
    let slept = flow.attempts();

    // Each request takes 20 seconds.
    let fake = Fake::new([reply(502, "<html>")]);
    let mut flow = sign().clock(fake.clock());
    drive(&mut flow, &fake).expect_err("down");
    assert!(flow.attempts() < slept, "{} {slept}", flow.attempts());
    let elapsed = fake.clock().now().duration_since(std::time::UNIX_EPOCH);
    let elapsed = elapsed.expect("after 1970").as_secs();
    assert!((540..=620).contains(&elapsed), "{elapsed}");
}

#[test]
fn one_budget_is_for_all_requests_of_a_signature() {
    let fake = Fake::new([reply(502, ""), exists_at(), reply(503, "")]);
    let error = signed(&fake).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(fake.waited() <= SIGN_BUDGET);
}

#[test]
fn a_policy_of_the_caller_is_kept() {
    let fake = Fake::new([reply(503, "")]);
    let flow = sign().retry(RetryPolicy::default().attempts(2));
    let error = drive(flow, &fake).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(fake.lines(), [POST, "wait", POST]);
}

#[test]
fn one_certificate_signs_on_many_threads() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn is_sent<T: Send + 'static>(_: &T) {}
    let certificate = certificate();
    is_shared(&certificate);
    is_shared(&sigstore());
    let flow = certificate.sign(&sigstore(), statement()).expect("a flow");
    is_sent(&flow);
    assert_eq!(
        format!("{flow:?}"),
        format!("Sign {{ file: \"{}\", attempts: 0, .. }}", super::NAME)
    );
    let fake = Fake::new([entry()]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                drive(
                    certificate.sign(&sigstore(), statement()).expect("a flow"),
                    &fake,
                )
            });
        }
    });
    let mut signatures: Vec<String> = fake
        .posted()
        .iter()
        .map(|posted| signature(posted).to_string())
        .collect();
    signatures.sort();
    signatures.dedup();
    assert_eq!(signatures.len(), 4);
}
