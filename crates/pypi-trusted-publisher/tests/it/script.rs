//! Runs a flow against answers from a list and writes down what it did.

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use pypi_trusted_publisher::{Endpoints, Environment, Identity};
use pypi_wire::{Body, Reply, Transport, TransportError, TransportErrorKind};

pub(crate) struct Script {
    answers: RefCell<VecDeque<Result<Reply, TransportError>>>,
    lines: RefCell<Vec<String>>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Result<Reply, TransportError>>) -> Self {
        Self {
            answers: RefCell::new(answers.into_iter().collect()),
            lines: RefCell::default(),
        }
    }

    /// What was done, a line each.
    pub(crate) fn transcript(&self) -> Vec<String> {
        assert!(
            self.answers.borrow().is_empty(),
            "every answer was asked for"
        );
        self.lines.take()
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let uri = request.uri();
        self.lines.borrow_mut().push(format!(
            "{} {}{}{}",
            request.method(),
            uri.path(),
            uri.query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default(),
            if request.headers().contains_key("authorization") {
                " (authorized)"
            } else {
                ""
            },
        ));
        let debug = format!("{request:?}");
        for secret in [REQUEST_TOKEN, "pypi-minted", "eyJ"] {
            assert!(
                !debug.contains(secret),
                "a request prints {secret}: {debug}"
            );
            assert!(!uri.to_string().contains(secret), "a URL holds {secret}");
        }
        self.answers
            .borrow_mut()
            .pop_front()
            .expect("an answer is left")
    }

    fn wait(&self, time: Duration) {
        assert!(time <= Duration::from_secs(30), "{time:?}");
        self.lines.borrow_mut().push("wait".to_owned());
    }
}

pub(crate) const REQUEST_TOKEN: &str = "token-of-the-job";

pub(crate) fn identity() -> Identity {
    let environment = Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        (
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "http://127.0.0.1:1/vouch?api-version=2",
        ),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN),
    ]);
    Identity::detect(&environment)
        .expect("sound")
        .expect("GitHub")
}

pub(crate) fn endpoints() -> Endpoints {
    Endpoints::at(&"http://localhost:2/legacy/".parse().expect("a URL")).expect("a host")
}

pub(crate) fn reply(status: u16, body: impl Into<String>) -> Result<Reply, TransportError> {
    let status = StatusCode::from_u16(status).expect("a status");
    Ok(Reply::new(
        status,
        HeaderMap::new(),
        body.into().into_bytes(),
    ))
}

pub(crate) fn broken() -> Result<Reply, TransportError> {
    Err(TransportError::new(TransportErrorKind::Interrupted))
}

pub(crate) fn audience() -> Result<Reply, TransportError> {
    reply(200, r#"{"audience":"pypi"}"#)
}

/// A token for `audience`, numbered so that two can be told apart.
pub(crate) fn id_token(audience: &str, number: u32) -> String {
    let claims = format!(
        r#"{{"aud":"{audience}","jti":"{number}","repository":"octo-org/demo","job_workflow_ref":"octo-org/demo/.github/workflows/release.yml@refs/heads/main"}}"#
    );
    format!("eyJh.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

pub(crate) fn vouched(number: u32) -> Result<Reply, TransportError> {
    reply(
        200,
        format!(r#"{{"value":"{}"}}"#, id_token("pypi", number)),
    )
}
