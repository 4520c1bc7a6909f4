//! Every refusal of an index as an error of its own.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pypi_http::{RetryPolicy, Secret, drive, testing::reply};
use pypi_trusted_publisher::{
    Environment, Error, ErrorKind, Exchange, Identity, provider::Supplied,
};
use serde_json::{Value, json};

use crate::script::{audience, endpoints, script};

/// The refusal of a token with these claims, by the clock of the script.
#[track_caller]
fn refusal(claims: &Value, code: &str, description: &str) -> Error {
    let mut claims = claims.clone();
    claims["aud"] = "pypi".into();
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    let token = Supplied::value(Secret::new(format!("eyJhIjoxfQ.{payload}.c2ln")));
    let identity = Identity::of(token, &Environment::default(), None).expect("an ID token");
    let body = json!({
        "message": "Token request failed",
        "errors": [{ "code": code, "description": description }],
    });
    let script = script([audience(), reply(422, body.to_string())]);
    let exchange = Exchange::new(endpoints(), identity, RetryPolicy::default());
    let error = drive(exchange.clock(script.clock()), &script).expect_err("rejected");
    let refusal = error.refusal().expect("a reason");
    assert_eq!(
        (refusal.code.as_str(), refusal.description.as_str()),
        (code, description)
    );
    assert_eq!(script.transcript().len(), 2, "a rejection is not retried");
    error
}

#[test]
fn every_code_has_a_kind_and_an_unknown_one_survives() {
    for (code, description, kind, help) in [
        (
            "invalid-payload",
            "malformed JWT",
            ErrorKind::InvalidPayload,
            "",
        ),
        (
            "invalid-payload",
            "unknown trusted publishing issuer",
            ErrorKind::UnknownIssuer,
            "use an API token",
        ),
        (
            "not-enabled",
            "github trusted publishing functionality not enabled",
            ErrorKind::Disabled,
            "later",
        ),
        (
            "invalid-pending-publisher",
            "valid token, but project already exists",
            ErrorKind::ProjectExists,
            "add a publisher",
        ),
        (
            "invalid-reuse-token",
            "invalid token: already used",
            ErrorKind::AlreadyUsed,
            "run the job again",
        ),
        (
            "invalid-publisher",
            "valid token, but no corresponding publisher (All lookup strategies exhausted)",
            ErrorKind::UnknownPublisher,
            "",
        ),
        (
            "invalid-token",
            "malformed or invalid token",
            ErrorKind::InvalidToken,
            "after a minute",
        ),
        ("from-the-future", "something new", ErrorKind::Refused, ""),
    ] {
        let error = refusal(&json!({}), code, description);
        assert_eq!(error.kind(), kind, "{code}");
        assert_eq!(
            error.to_string(),
            format!("the index rejected the ID token: {code}: {description}")
        );
        assert!(
            error.help().unwrap_or_default().contains(help),
            "{code}: {:?}",
            error.help()
        );
    }
}

#[test]
fn the_clock_tells_why_a_token_is_invalid() {
    const NOW: u64 = 1_760_000_000;
    for (claims, kind, text) in [
        (
            json!({"exp": NOW - 30}),
            ErrorKind::Expired,
            "the index rejected the ID token, which has expired by our clock: invalid-token: malformed or invalid token",
        ),
        (
            json!({"exp": NOW - 29}),
            ErrorKind::InvalidToken,
            "the index rejected the ID token: invalid-token: malformed or invalid token",
        ),
        (
            json!({"exp": NOW + 900, "nbf": NOW + 31}),
            ErrorKind::NotYetValid,
            "the index rejected the ID token, which is not valid yet by our clock: invalid-token: malformed or invalid token",
        ),
        (
            json!({"exp": NOW + 900, "iat": f64::from(u32::MAX)}),
            ErrorKind::NotYetValid,
            "the index rejected the ID token, which is not valid yet by our clock: invalid-token: malformed or invalid token",
        ),
        (
            json!({"exp": NOW + 900, "nbf": NOW + 30, "iat": NOW}),
            ErrorKind::InvalidToken,
            "the index rejected the ID token: invalid-token: malformed or invalid token",
        ),
    ] {
        let error = refusal(&claims, "invalid-token", "malformed or invalid token");
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    }
}

#[test]
fn an_unknown_publisher_error_says_what_to_register() {
    let claims = json!({
        "iss": "https://token.actions.githubusercontent.com",
        "repository": "octo-org/demo",
        "job_workflow_ref": "octo-org/demo/.github/workflows/release.yml@refs/heads/main",
    });
    let error = refusal(
        &claims,
        "invalid-publisher",
        "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
    );
    assert_eq!(
        error.to_string(),
        "the index rejected the ID token: invalid-publisher: valid token, but no corresponding publisher (Publisher with matching claims was not found)"
    );
    assert_eq!(
        error.help(),
        Some(
            "register this trusted publisher for the project, spelled exactly so: Owner octo-org, Repository name demo, Workflow name release.yml, Environment name (none)"
        )
    );
}
