//! An exchange that is given its replies by hand, and the secrets that no text may contain.

#![allow(dead_code, reason = "each target uses a part")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pypi_http::{Flow, RetryPolicy, Step, testing::reply};
use pypi_trusted_publisher::{ApiToken, Endpoints, Environment, Error, Exchange, Identity};

/// The signature of the ID token: a piece of it in a text is a leak.
pub const SIGNATURE: &str = "Zx9-qVt3kUwB7_yHs2LdNfPcGmRjTe4A";

/// An exchange at an index on this machine, which has sent nothing yet.
pub fn exchange() -> Exchange {
    let environment = Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        (
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "http://127.0.0.1:1/token?job=1",
        ),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SIGNATURE),
    ]);
    let identity = Identity::detect(&environment, Some("pypi"))
        .expect("a job")
        .expect("GitHub");
    let endpoints = Endpoints::at(&"http://127.0.0.1:2/".parse().expect("a URL"));
    Exchange::new(endpoints.expect("a host"), identity, RetryPolicy::never())
}

/// The ID token of the job.
pub fn id_token() -> String {
    let claims = r#"{"iss":"https://token.actions.githubusercontent.com","aud":"pypi","repository":"octo-org/demo","job_workflow_ref":"octo-org/demo/.github/workflows/release.yml@refs/heads/main"}"#;
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{SIGNATURE}", encode("{}"), encode(claims))
}

/// Answers the request in flight; the token or the error, if that ends the exchange.
pub fn answer(
    exchange: &mut Exchange,
    status: u16,
    body: &[u8],
) -> Option<Result<ApiToken, Error>> {
    exchange.received(reply(status, body));
    loop {
        match exchange.step() {
            Ok(Step::Wait(_)) => {}
            Ok(Step::Done(token)) => return Some(Ok(token)),
            Ok(_) => return None,
            Err(error) => return Some(Err(error)),
        }
    }
}

/// Whether `text` has a piece of the signature. An input that has one itself proves nothing.
pub fn leaks(text: &str) -> bool {
    let mut starts = (0..=SIGNATURE.len() - 8).step_by(4);
    starts.any(|start| text.contains(&SIGNATURE[start..start + 8]))
}
