//! A transport for tests of flows: it answers from a list and writes down what it was asked.

use std::{
    collections::VecDeque,
    io::Read as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderMap, StatusCode, header};

use crate::{AsyncTransport, Body, Reply, Transport, TransportError, TransportErrorKind};

/// Answers each request with the next of a list, waits for nothing, and keeps a transcript.
///
/// It panics when a request, its URL or its `Debug` holds a secret in a place where a log would show it.
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, Transport, testing::{Script, reply}};
///
/// let script = Script::new([reply(204, "")]);
/// script.send(http::Request::get("http://127.0.0.1/burn").body(Body::default())?)?;
/// assert_eq!(script.transcript(), ["GET /burn"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Script {
    secrets: Vec<String>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    answers: VecDeque<Result<Reply, TransportError>>,
    lines: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

impl Script {
    /// A transport with these answers, in order.
    pub fn new(answers: impl IntoIterator<Item = Result<Reply, TransportError>>) -> Self {
        let state = State {
            answers: answers.into_iter().collect(),
            ..State::default()
        };
        Self {
            secrets: Vec::new(),
            state: Mutex::new(state),
        }
    }

    /// Texts that no URL and no `Debug` of a request may hold.
    #[must_use]
    pub fn with_secrets(mut self, secrets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.secrets = secrets.into_iter().map(Into::into).collect();
        self
    }

    /// What was done, a line each: `POST /path?query (authorized)` and `wait`.
    ///
    /// # Panics
    ///
    /// When an answer was not asked for.
    pub fn transcript(&self) -> Vec<String> {
        let mut state = self.state();
        assert!(state.answers.is_empty(), "every answer was asked for");
        std::mem::take(&mut state.lines)
    }

    /// The bodies of the requests so far, in order.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.state().bodies.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let uri = request.uri().to_string();
        let debug = format!("{request:?}");
        for secret in &self.secrets {
            assert!(
                !debug.contains(secret),
                "a request prints a secret: {debug}"
            );
            assert!(!uri.contains(secret), "a URL holds a secret: {uri}");
        }
        let authorized = request.headers().contains_key(header::AUTHORIZATION);
        let path = request
            .uri()
            .path_and_query()
            .map_or("", |path| path.as_str());
        let mark = if authorized { " (authorized)" } else { "" };
        let line = format!("{} {path}{mark}", request.method());
        let mut state = self.state();
        state.lines.push(line);
        let length = request.body().content_length();
        let mut body = Vec::new();
        if request
            .into_body()
            .into_reader()
            .read_to_end(&mut body)
            .is_err()
        {
            return Err(TransportError::new(TransportErrorKind::Body));
        }
        assert_eq!(body.len() as u64, length, "a body is as long as it says");
        state.bodies.push(body);
        let unasked = "a request beyond the last answer";
        state.answers.pop_front().expect(unasked)
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.answer(request)
    }

    fn wait(&self, _: Duration) {
        self.state().lines.push("wait".to_owned());
    }
}

impl AsyncTransport for Script {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.answer(request)
    }

    async fn wait(&self, time: Duration) {
        Transport::wait(self, time);
    }
}

/// A complete answer without headers.
///
/// # Errors
///
/// Never; it is an answer for [`Script::new`].
///
/// # Panics
///
/// When `status` is no status.
pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Result<Reply, TransportError> {
    let status = StatusCode::from_u16(status).expect("a status");
    Ok(Reply::new(status, HeaderMap::new(), body.into()))
}

/// A connection that broke after the request began.
///
/// # Errors
///
/// Always, of kind [`TransportErrorKind::Interrupted`].
pub fn broken() -> Result<Reply, TransportError> {
    Err(TransportError::new(TransportErrorKind::Interrupted))
}
