use std::error::Error as _;

use pypi_http::{RetryPolicy, drive};
use pypi_trusted_publisher::{ApiToken, Endpoints, Error, ErrorKind, Exchange};

use crate::script::{audience, endpoints, id_token, identity, issued, script};
use pypi_http::testing::{Script, broken, reply};

fn exchange(script: &Script) -> Result<ApiToken, Error> {
    drive(
        Exchange::new(endpoints(), identity(), RetryPolicy::default()),
        script,
    )
}

const MINTED: &str = r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#;
const ASK_AUDIENCE: &str = "GET /_/oidc/audience";
const ASK_ID_TOKEN: &str = "GET /id-token?api-version=2&audience=pypi (authorized)";
const MINT: &str = "POST /_/oidc/mint-token";

#[test]
fn a_job_gets_a_token_and_its_expiry() {
    let script = script([audience(), issued(1), reply(200, MINTED)]);
    let token = exchange(&script).expect("minted");
    assert_eq!(token.secret().reveal(), "pypi-minted");
    assert_eq!(token.expires(), Some(1_760_000_900));
    assert_eq!(script.transcript(), [ASK_AUDIENCE, ASK_ID_TOKEN, MINT]);
    assert!(
        !format!("{token:?}").contains("minted"),
        "a token never prints"
    );
}

#[test]
fn a_lost_mint_is_tried_again_with_a_new_id_token() {
    let script = script([
        audience(),
        issued(1),
        broken(),
        issued(2),
        reply(502, ""),
        issued(3),
        reply(200, MINTED),
    ]);
    exchange(&script).expect("minted at the third try");
    assert_eq!(
        script.transcript(),
        [
            ASK_AUDIENCE,
            ASK_ID_TOKEN,
            MINT,
            "wait",
            ASK_ID_TOKEN,
            MINT,
            "wait",
            ASK_ID_TOKEN,
            MINT
        ],
        "an ID token is single use"
    );
}

#[test]
fn the_attempts_of_a_phase_end() {
    let script = script([broken(), reply(503, ""), broken(), broken(), broken()]);
    let error = exchange(&script).expect_err("five attempts fail");
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(
        error.to_string(),
        "no complete reply from http://localhost:2, asked for its audience"
    );
    assert!(error.source().is_some(), "the cause is kept");
    assert_eq!(script.transcript().len(), 9, "five requests and four waits");
}

#[test]
fn the_attempts_of_a_mint_end_too() {
    let mut answers = vec![audience()];
    for number in 0..5 {
        answers.extend([issued(number), broken()]);
    }
    let script = script(answers);
    let error = exchange(&script).expect_err("five mints fail");
    assert_eq!(
        error.to_string(),
        "no complete reply from http://localhost:2, asked for an API token"
    );
    assert_eq!(script.transcript().len(), 1 + 5 * 2 + 4);
}

#[track_caller]
fn rejects(
    answers: impl IntoIterator<Item = Result<pypi_http::Reply, pypi_http::TransportError>>,
    kind: ErrorKind,
    text: &str,
) -> Error {
    let script = script(answers);
    let error = exchange(&script).expect_err("rejected");
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    assert!(
        !script.transcript().contains(&"wait".to_owned()),
        "a rejection is not retried"
    );
    error
}

#[test]
fn an_index_without_trusted_publishing_says_so() {
    rejects(
        [reply(404, "<html>")],
        ErrorKind::Unsupported,
        "the index does not offer trusted publishing: use an API token",
    );
    rejects(
        [reply(
            403,
            r#"{"message":"Trusted publishing functionality not enabled"}"#,
        )],
        ErrorKind::Disabled,
        "trusted publishing is switched off on the index: try again later, or use an API token",
    );
    rejects(
        [reply(200, "<html>please log in</html>")],
        ErrorKind::UnexpectedReply,
        "the index, asked for its audience, replied 200 in an undocumented form",
    );
}

#[test]
fn a_token_for_another_index_is_not_sent() {
    let other = format!(r#"{{"value":"{}"}}"#, id_token("testpypi", 1));
    rejects(
        [audience(), reply(200, other)],
        ErrorKind::IdToken,
        r#"the ID token is for audience "testpypi", but the index expects "pypi""#,
    );
    rejects(
        [audience(), reply(403, "")],
        ErrorKind::IdToken,
        "GitHub Actions rejected the request for an ID token, with status 403",
    );
}

#[test]
fn an_echoed_token_is_redacted() {
    let echo = id_token("pypi", 1);
    let body = format!(
        r#"{{"errors":[{{"code":"invalid-payload","description":"bad\n  input: {echo}"}}]}}"#
    );
    let error = rejects(
        [audience(), issued(1), reply(422, body)],
        ErrorKind::InvalidPayload,
        "the index rejected the ID token: invalid-payload: bad input: [redacted]",
    );
    assert!(!format!("{error:?}").contains(&echo));
}

#[test]
fn a_token_is_not_sent_in_the_clear() {
    let endpoints =
        Endpoints::at(&"http://example.org/legacy/".parse().expect("a URL")).expect("a host");
    let script = script([]);
    let error = drive(
        Exchange::new(endpoints, identity(), RetryPolicy::default()),
        &script,
    )
    .expect_err("http to another machine");
    assert_eq!(error.kind(), ErrorKind::Insecure);
    assert!(script.transcript().is_empty(), "nothing was sent");
}

#[test]
fn a_redirect_is_not_followed() {
    let mut redirect = http::HeaderMap::new();
    let elsewhere = http::HeaderValue::from_static("https://elsewhere.example/");
    redirect.insert(http::header::LOCATION, elsewhere);
    let moved = || {
        let status = http::StatusCode::TEMPORARY_REDIRECT;
        Ok(pypi_http::Reply::new(status, redirect.clone(), Vec::new()))
    };
    rejects(
        [moved()],
        ErrorKind::UnexpectedReply,
        "the index, asked for its audience, replied 307 in an undocumented form",
    );
    rejects(
        [audience(), moved()],
        ErrorKind::IdToken,
        "GitHub Actions rejected the request for an ID token, with status 307",
    );
    rejects(
        [audience(), issued(1), moved()],
        ErrorKind::UnexpectedReply,
        "the index, asked for an API token, replied 307 in an undocumented form",
    );
}

#[test]
fn a_provider_that_is_not_available_is_asked_again() {
    let script = script([
        audience(),
        reply(503, ""),
        broken(),
        issued(1),
        reply(200, MINTED),
    ]);
    exchange(&script).expect("minted");
    assert_eq!(
        script.transcript(),
        [
            ASK_AUDIENCE,
            ASK_ID_TOKEN,
            "wait",
            ASK_ID_TOKEN,
            "wait",
            ASK_ID_TOKEN,
            MINT
        ]
    );
}

#[test]
fn a_provider_that_stays_unavailable_is_not_a_rejection() {
    let mut answers = vec![audience()];
    answers.extend((0..5).map(|_| reply(500, "")));
    let script = script(answers);
    let error = exchange(&script).expect_err("five requests fail");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "GitHub Actions, asked for an ID token, replied 500 Internal Server Error"
    );
    assert_eq!(script.transcript().len(), 1 + 5 + 4);
}

#[test]
fn a_pause_is_as_long_as_the_provider_asks() {
    let mut headers = http::HeaderMap::new();
    let seconds = http::HeaderValue::from_static("40");
    headers.insert(http::header::RETRY_AFTER, seconds);
    let busy = pypi_http::Reply::new(http::StatusCode::TOO_MANY_REQUESTS, headers, Vec::new());
    let script = script([audience(), Ok(busy), issued(1), reply(200, MINTED)]);
    let begin = script.clock().unix_seconds();
    exchange(&script).expect("minted");
    assert!(script.clock().unix_seconds() >= begin + 40);
}
