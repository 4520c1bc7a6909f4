//! One file and every kind of reply.

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{
    Flow as _, Reply, RetryPolicy, Secret, Step, TransportError, TransportErrorKind, drive,
};
use pypi_upload::{Credentials, Evidence, FailureKind, Index, Outcome, RefusalKind, Upload};

use crate::sent::{TOKEN, WHEEL, credentials, index, page, wheel};

const POST: &str = "POST /legacy/ (authorized)";
const LOOK: &str = "GET /simple/demo/";
const EXISTS: &str = r#"{"code":"400 File already exists ('demo-1.0-py3-none-any.whl', with blake2_256 hash 'ab')."}"#;

type Answer = Result<Reply, TransportError>;

fn script(replies: impl IntoIterator<Item = Answer>) -> Script {
    Script::new(replies).secrets([TOKEN, "X190b2tlbl9f"])
}

/// A page that lists the wheel with its own sha256.
fn listed() -> Answer {
    reply(200, page(&[(WHEEL, wheel().sha256())]))
}

/// A page that lists the wheel with another sha256.
fn other() -> Answer {
    reply(200, page(&[(WHEEL, "00")]))
}

fn flow(script: &Script) -> Upload {
    Upload::new(wheel(), &index(), credentials()).clock(script.clock())
}

#[track_caller]
fn upload(script: &Script) -> Outcome {
    let flow = flow(script);
    assert!(
        !format!("{flow:?}").contains(TOKEN),
        "a flow prints no token"
    );
    let Ok(outcome) = drive(flow, script);
    outcome
}

#[test]
fn a_file_is_accepted() {
    let script = script([reply(200, "")]);
    let mut flow = flow(&script);
    let Ok(outcome) = drive(&mut flow, &script);
    assert_eq!(outcome.to_string(), "uploaded");
    assert_eq!(outcome.evidence(), Some(Evidence::Reply));
    let [attempt] = flow.attempts() else {
        panic!("one attempt");
    };
    assert_eq!((attempt.status, attempt.bytes), (Some(200), wheel().size()));
    assert_eq!(script.transcript(), [POST]);
}

#[test]
fn a_failing_server_is_retried() {
    let script = script([broken(), reply(503, ""), reply(200, "")]);
    let mut flow = flow(&script);
    let Ok(outcome) = drive(&mut flow, &script);
    assert_eq!(outcome.to_string(), "uploaded");
    let messages: Vec<&str> = flow
        .attempts()
        .iter()
        .map(|attempt| attempt.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "the connection broke before a reply arrived (http://127.0.0.1:1)",
            "Service Unavailable",
            "OK"
        ]
    );
    assert!(flow.attempts()[1].started > flow.attempts()[0].started);
    assert_eq!(script.transcript(), [POST, "wait", POST, "wait", POST]);
}

#[test]
fn a_refusal_is_final_and_says_why() {
    let script = script([reply(400, r#"{"code":"400 Nope."}"#)]);
    let outcome = upload(&script);
    assert_eq!(outcome.to_string(), "refused with 400: Nope.");
    assert!(matches!(outcome, Outcome::Refused(refusal) if refusal.kind == RefusalKind::Invalid));
    assert_eq!(script.transcript(), [POST]);
}

#[test]
fn a_token_that_a_server_echoes_is_redacted() {
    let script = script([reply(403, format!(r#"{{"code":"403 bad token {TOKEN}"}}"#))]);
    assert_eq!(
        upload(&script).to_string(),
        "refused with 403: bad token [redacted]"
    );
}

#[test]
fn an_existing_file_is_compared_by_hash() {
    for (listing, name) in [(listed(), "already_present"), (other(), "refused")] {
        let script = script([reply(400, EXISTS), listing]);
        assert_eq!(upload(&script).name(), name);
        assert_eq!(script.transcript(), [POST, LOOK]);
    }
}

/// What the index replies to a second attempt after the first was stored and answered 503.
const LATER: [(u16, &str); 9] = [
    (301, ""),
    (400, r#"{"code":"400 Nope."}"#),
    (400, EXISTS),
    (401, ""),
    (403, r#"{"code":"403 Invalid API Token: token is expired"}"#),
    (404, ""),
    (409, ""),
    (413, "<html><title>413 Request Entity Too Large</title>"),
    (422, ""),
];

#[test]
fn a_stored_file_is_never_reported_as_refused() {
    for (status, body) in LATER {
        let script = script([reply(503, ""), reply(status, body), listed()]);
        let outcome = upload(&script);
        assert_eq!(
            outcome.evidence(),
            Some(Evidence::ListedAfterFailure),
            "{status}"
        );
        assert_eq!(outcome.name(), "uploaded", "{status}");
        assert_eq!(script.transcript(), [POST, "wait", POST, "wait", LOOK]);
    }
}

#[test]
fn a_refusal_after_a_doubt_stands_when_the_listing_shows_no_file() {
    for (status, body) in LATER {
        let script = script([reply(503, ""), reply(status, body), reply(404, "")]);
        assert_eq!(upload(&script).name(), "refused", "{status}");
    }
}

#[test]
fn what_could_not_be_asked_is_unknown_and_the_lookup_is_retried() {
    let mut replies = vec![reply(503, ""), reply(403, r#"{"code":"403 Nope."}"#)];
    replies.extend((0..5).map(|_| broken()));
    let script = script(replies);
    let outcome = upload(&script);
    assert_eq!(
        outcome.to_string(),
        "sent, but it is not known whether the index has it: refused with 403: Nope.; http://127.0.0.1:1/simple/demo/ could not be fetched: the connection broke before a reply arrived: run again to find out"
    );
    let looks = script
        .transcript()
        .iter()
        .filter(|line| *line == LOOK)
        .count();
    assert_eq!(looks, 5);
}

/// What is in front of an index passes a request on though its client has lost the connection.
#[test]
fn the_index_gets_time_to_store_what_it_received() {
    let mut replies: Vec<_> = (0..5).map(|_| broken()).collect();
    replies.push(listed());
    let script = script(replies);
    assert_eq!(upload(&script).name(), "uploaded");
    let transcript = script.transcript();
    assert_eq!(transcript[transcript.len() - 3..], [POST, "wait", LOOK]);
}

#[test]
fn a_page_that_is_older_than_the_upload_proves_nothing() {
    let old = || {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::AGE, 3600.into());
        Ok(Reply::new(
            http::StatusCode::OK,
            headers,
            page(&[]).into_bytes(),
        ))
    };
    let refusal = || reply(403, r#"{"code":"403 Nope."}"#);
    let mut replies = vec![reply(503, ""), refusal()];
    replies.extend((0..5).map(|_| old()));
    assert_eq!(upload(&script(replies)).name(), "unknown");
    let script = script([reply(503, ""), refusal(), old(), listed()]);
    assert_eq!(upload(&script).name(), "uploaded");
}

#[test]
fn an_unusual_success_is_looked_up() {
    for (listing, name) in [(listed(), "uploaded"), (reply(404, ""), "failed")] {
        let script = script([reply(204, ""), listing]);
        assert_eq!(upload(&script).name(), name);
        assert_eq!(script.transcript(), [POST, "wait", LOOK]);
    }
}

#[test]
fn a_doubt_after_the_last_attempt_is_resolved_by_the_listing() {
    for (listing, name) in [
        (listed(), "uploaded"),
        (other(), "refused"),
        (reply(404, ""), "failed"),
        (reply(401, ""), "unknown"),
    ] {
        let mut replies: Vec<_> = (0..5).map(|_| reply(502, "<h1>Bad Gateway</h1>")).collect();
        replies.push(listing);
        let outcome = upload(&script(replies));
        assert_eq!(outcome.name(), name);
        if name == "failed" {
            let text = "not uploaded: the index replied 502: Bad Gateway";
            assert_eq!(outcome.to_string(), text);
        }
    }
}

#[test]
fn too_many_requests_are_not_stored_and_keep_their_reason() {
    let limited = || {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::RETRY_AFTER, 3600.into());
        let body = br#"{"code":"429 Too many new projects created"}"#.to_vec();
        Ok(Reply::new(
            http::StatusCode::TOO_MANY_REQUESTS,
            headers,
            body,
        ))
    };
    let script = script([limited()]);
    assert_eq!(
        upload(&script).to_string(),
        "not uploaded: the index replied 429: Too many new projects created; try again after 09:54 UTC"
    );
    assert_eq!(
        script.transcript(),
        [POST],
        "no lookup, and no pause of an hour"
    );
}

#[test]
fn a_failure_before_anything_was_sent_asks_nothing() {
    let refused =
        || Err(TransportError::new(TransportErrorKind::Connect).with_source("Connection refused"));
    let script = script((0..5).map(|_| refused()));
    let outcome = upload(&script);
    assert_eq!(
        outcome.to_string(),
        "not uploaded: could not connect to the server (http://127.0.0.1:1): Connection refused"
    );
    assert!(
        matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Transport(TransportErrorKind::Connect))
    );
    assert_eq!(
        script.transcript().len(),
        9,
        "five requests, four waits, no lookup"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_not_retried() {
    let script = script([Err(TransportError::new(TransportErrorKind::Body))]);
    let outcome = upload(&script);
    assert!(matches!(outcome, Outcome::Failed(failure) if failure.kind == FailureKind::File));
    assert_eq!(script.transcript(), [POST]);
}

#[test]
fn no_token_goes_out_in_the_clear() {
    let index = Index::custom("http://index.example/legacy/").expect("a URL");
    let user = Credentials::basic("me", &Secret::new("hush-hush"));
    let Ok(outcome) = drive(Upload::new(wheel(), &index, user), &script([]));
    assert!(
        matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Transport(TransportErrorKind::Request)),
        "{outcome:?}"
    );
}

#[test]
fn a_second_step_repeats_the_request_in_flight() {
    let mut flow = flow(&script([]));
    let request = |flow: &mut Upload| match flow.step() {
        Ok(Step::Send(request)) => format!("{} {}", request.method(), request.uri().path()),
        step => panic!("expected a request: {step:?}"),
    };
    assert_eq!(request(&mut flow), "POST /legacy/");
    assert_eq!(request(&mut flow), "POST /legacy/");
    assert_eq!(flow.current_attempt(), Some(1));
    flow.received(reply(400, EXISTS));
    assert_eq!(request(&mut flow), "GET /simple/demo/");
    assert_eq!(
        request(&mut flow),
        "GET /simple/demo/",
        "never a second POST"
    );
    flow.received(reply(404, ""));
    flow.received(reply(200, ""));
    assert!(matches!(flow.step(), Ok(Step::Done(Outcome::Refused(_)))));
}

#[test]
fn an_expired_token_is_replaced_and_earlier_doubts_are_kept() {
    let expired = r#"{"code":"403 Invalid API Token: token is expired"}"#;
    let script = script([
        reply(503, ""),
        reply(403, expired),
        reply(404, ""),
        reply(403, r#"{"code":"403 Nope."}"#),
        listed(),
    ]);
    let mut flow = flow(&script);
    let Ok(outcome) = drive(&mut flow, &script);
    assert!(
        matches!(&outcome, Outcome::Refused(refusal) if refusal.kind == RefusalKind::TokenExpired)
    );
    flow.renew(Credentials::token(&Secret::new("pypi-another-token")));
    let Ok(outcome) = drive(&mut flow, &script);
    assert_eq!(
        outcome.name(),
        "uploaded",
        "the first attempt may have stored it"
    );
    assert_eq!(flow.attempts().len(), 3);
    assert_eq!(
        script.transcript(),
        [POST, "wait", POST, "wait", LOOK, POST, LOOK]
    );
}

#[test]
fn an_abandoned_upload_is_honest_about_what_is_in_flight() {
    let policy = RetryPolicy::default;
    let fresh = || Upload::new(wheel(), &index(), credentials()).retry(policy());
    assert_eq!(fresh().abandon().0.name(), "failed", "nothing was sent");

    let mut sending = fresh();
    let Ok(Step::Send(request)) = sending.step() else {
        panic!("a request");
    };
    let mut body = request.into_body().into_reader();
    let mut half = [0; 700];
    std::io::Read::read_exact(&mut body, &mut half).expect("a part of the body");
    let (outcome, attempts) = sending.abandon();
    assert_eq!(
        outcome.name(),
        "failed",
        "an incomplete body cannot be stored"
    );
    assert_eq!(attempts.len(), 1);

    let mut sent = fresh();
    let Ok(Step::Send(request)) = sent.step() else {
        panic!("a request");
    };
    let mut body = request.into_body().into_reader();
    std::io::copy(&mut body, &mut std::io::sink()).expect("the whole body");
    let (outcome, attempts) = sent.abandon();
    assert_eq!(outcome.name(), "unknown");
    assert_eq!(attempts[0].bytes, wheel().size());
}

#[test]
fn an_abandoned_upload_takes_note_of_the_last_reply() {
    let mut upload = Upload::new(wheel(), &index(), credentials());
    let Ok(Step::Send(_)) = upload.step() else {
        panic!("a request");
    };
    upload.received(reply(200, ""));
    let (outcome, attempts) = upload.abandon();
    assert_eq!(outcome.name(), "uploaded");
    assert_eq!(attempts.len(), 1);
}
