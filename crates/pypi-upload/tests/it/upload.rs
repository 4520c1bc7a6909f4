//! One file and every kind of reply.

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{Flow as _, RetryPolicy, Secret, Step, TransportError, TransportErrorKind, drive};
use pypi_upload::{Credentials, FailureKind, Index, Outcome, RefusalKind, Upload};

use crate::sent::{TOKEN, WHEEL, credentials, index, page, wheel};

const POST: &str = "POST /legacy/ (authorized)";
const LOOK: &str = "GET /simple/demo/";
const EXISTS: &str = r#"{"code":"400 File already exists ('demo-1.0-py3-none-any.whl', with blake2_256 hash 'ab')."}"#;

fn script(answers: impl IntoIterator<Item = Result<pypi_http::Reply, TransportError>>) -> Script {
    Script::new(answers).secrets([TOKEN, "X190b2tlbl9f"])
}

#[track_caller]
fn upload(script: &Script) -> Outcome {
    let (form, sha256) = wheel();
    let flow = Upload::new(
        form,
        &sha256,
        &index(),
        "demo",
        credentials(),
        RetryPolicy::default(),
    );
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
    let outcome = upload(&script);
    assert_eq!(
        (outcome.name(), outcome.to_string().as_str()),
        ("uploaded", "uploaded")
    );
    assert_eq!(script.transcript(), [POST]);
}

#[test]
fn a_failing_server_is_retried() {
    let script = script([broken(), reply(503, ""), reply(200, "")]);
    assert_eq!(upload(&script).to_string(), "uploaded at attempt 3");
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
    let (_, sha256) = wheel();
    for (listed, name) in [(sha256.as_str(), "already_present"), ("00", "refused")] {
        let script = script([reply(400, EXISTS), reply(200, page(&[(WHEEL, listed)]))]);
        assert_eq!(upload(&script).name(), name, "{listed}");
        assert_eq!(script.transcript(), [POST, LOOK]);
    }
}

#[test]
fn a_lost_reply_is_resolved_by_the_listing() {
    let (_, sha256) = wheel();
    // The first attempt stored the file.
    let script = script([
        broken(),
        reply(400, EXISTS),
        reply(200, page(&[(WHEEL, &sha256)])),
    ]);
    assert_eq!(upload(&script).name(), "uploaded");
    assert_eq!(script.transcript(), [POST, "wait", POST, LOOK]);
}

#[test]
fn a_doubt_after_the_last_attempt_is_resolved_by_the_listing() {
    let (_, sha256) = wheel();
    for (listed, name) in [(sha256.as_str(), "uploaded"), ("00", "refused")] {
        let mut answers: Vec<_> = (0..5).map(|_| reply(502, "")).collect();
        answers.push(reply(200, page(&[(WHEEL, listed)])));
        assert_eq!(upload(&script(answers)).name(), name, "{listed}");
    }
}

#[test]
fn a_doubt_that_remains_is_reported() {
    let mut answers: Vec<_> = (0..5).map(|_| reply(502, "")).collect();
    answers.push(reply(404, ""));
    let outcome = upload(&script(answers));
    assert_eq!(
        outcome.to_string(),
        "not uploaded: the index replied 502 after 5 attempts; the index may have it nevertheless: run again to find out"
    );
}

#[test]
fn a_failure_before_anything_was_sent_asks_nothing() {
    let refused = || Err(TransportError::new(TransportErrorKind::Connect));
    let script = script((0..5).map(|_| refused()));
    let outcome = upload(&script);
    assert!(
        matches!(&outcome, Outcome::Failed(failure) if !failure.may_be_stored && failure.kind == FailureKind::Transport(TransportErrorKind::Connect))
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
    assert_eq!(
        upload(&script).to_string(),
        "not uploaded: the request body could not be read"
    );
    assert_eq!(script.transcript(), [POST]);
}

#[test]
fn no_token_goes_out_in_the_clear() {
    let index = Index::custom("http://index.example/legacy/").expect("a URL");
    let (form, sha256) = wheel();
    let user = Credentials::basic("me", &Secret::new("hush"));
    let flow = Upload::new(form, &sha256, &index, "demo", user, RetryPolicy::default());
    let Ok(outcome) = drive(flow, &script([]));
    assert!(
        matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Transport(TransportErrorKind::Request) && !failure.may_be_stored),
        "{outcome:?}"
    );
}

#[test]
fn a_second_step_repeats_the_request_in_flight() {
    let (form, sha256) = wheel();
    let policy = RetryPolicy::default();
    let mut flow = Upload::new(form, &sha256, &index(), "demo", credentials(), policy);
    let request = |flow: &mut Upload| match flow.step() {
        Ok(Step::Send(request)) => format!("{} {}", request.method(), request.uri().path()),
        step => panic!("expected a request: {step:?}"),
    };
    assert_eq!(request(&mut flow), "POST /legacy/");
    assert_eq!(request(&mut flow), "POST /legacy/");
    assert_eq!(flow.attempts(), 1);
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
