//! A transport for tests of flows: it replies from a list and records the requests.

use std::{
    collections::VecDeque,
    io::Read as _,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use http::{HeaderMap, StatusCode, header};

use crate::{
    AsyncTransport, Body, CancelToken, Clock, Command, CommandOutput, Reply, Secret, Transport,
    TransportError, TransportErrorKind,
};

/// Answers each request with the next reply of a list, and each command with the next output, and keeps a transcript. Its time is virtual: a pause moves
/// [`clock`](Self::clock) and does not sleep.
///
/// It panics when the URL or the `Debug` output of a request, or a command, contains a secret, which a log would show.
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
    may_remain: bool,
    /// Milliseconds since 1970.
    now: Arc<AtomicU64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    replies: VecDeque<Result<Reply, TransportError>>,
    outputs: VecDeque<Result<CommandOutput, TransportError>>,
    lines: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

impl Script {
    /// A transport with these replies, in order.
    pub fn new(replies: impl IntoIterator<Item = Result<Reply, TransportError>>) -> Self {
        let state = State {
            replies: replies.into_iter().collect(),
            ..State::default()
        };
        Self {
            secrets: Vec::new(),
            may_remain: false,
            now: Arc::new(AtomicU64::new(1_760_000_000_000)),
            state: Mutex::new(state),
        }
    }

    /// Runs no program, but returns these outputs, in order.
    #[must_use]
    pub fn outputs(
        self,
        outputs: impl IntoIterator<Item = Result<CommandOutput, TransportError>>,
    ) -> Self {
        self.state().outputs.extend(outputs);
        self
    }

    /// Texts that no URL, no argument, and no `Debug` output of a request or command may contain.
    #[must_use]
    pub fn secrets(mut self, secrets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.secrets = secrets.into_iter().map(Into::into).collect();
        self
    }

    /// Allows replies to remain that were never requested.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.may_remain = true;
        self
    }

    /// The virtual time, which begins at 1760000000 (2025-10-09 08:53:20 UTC) and moves with every pause.
    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Clock::new(move || UNIX_EPOCH + Duration::from_millis(now.load(Ordering::Relaxed)))
    }

    /// What was done, a line per step: `POST /path?query (authorized)`, `run PROGRAM ARGUMENTS` or
    /// `wait`.
    ///
    /// # Panics
    ///
    /// When a reply or an output was never requested.
    pub fn transcript(&self) -> Vec<String> {
        let mut state = self.state();
        let is_empty = state.replies.is_empty() && state.outputs.is_empty();
        assert!(self.may_remain || is_empty, "every reply was requested");
        std::mem::take(&mut state.lines)
    }

    /// The bodies of the requests so far, in order.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.state().bodies.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, shown: &str) {
        for secret in &self.secrets {
            assert!(!shown.contains(secret), "a secret is shown: {shown}");
        }
    }

    fn output_of(&self, command: &Command) -> Result<CommandOutput, TransportError> {
        self.check(&format!("{command:?}"));
        let mut state = self.state();
        state.lines.push(format!("run {command}"));
        let output = state.outputs.pop_front();
        output.expect("a command after the last output")
    }

    fn reply_to(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let uri = request.uri().to_string();
        self.check(&format!("{request:?}"));
        self.check(&uri);
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
        state
            .replies
            .pop_front()
            .expect("a request after the last reply")
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.reply_to(request)
    }

    fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        self.output_of(&command)
    }

    fn wait(&self, duration: Duration, _: &CancelToken) {
        let duration = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.now.fetch_add(duration, Ordering::Relaxed);
        self.state().lines.push("wait".to_owned());
    }
}

impl AsyncTransport for Script {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.reply_to(request)
    }

    async fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        self.output_of(&command)
    }

    async fn wait(&self, duration: Duration, cancel: &CancelToken) {
        Transport::wait(self, duration, cancel);
    }
}

/// A complete reply without headers, for [`Script::new`].
///
/// # Errors
///
/// Never.
///
/// # Panics
///
/// When `status` is not a valid status code.
pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Result<Reply, TransportError> {
    let status = StatusCode::from_u16(status).expect("a status code");
    Ok(Reply::new(status, HeaderMap::new(), body.into()))
}

/// What a program printed on standard output before it ended with code 0, for [`Script::outputs`].
///
/// # Errors
///
/// Never.
pub fn output(stdout: &str) -> Result<CommandOutput, TransportError> {
    Ok(CommandOutput::new(Some(0), Secret::new(stdout), ""))
}

/// A connection that broke after the request began, for [`Script::new`].
///
/// # Errors
///
/// Always, of kind [`TransportErrorKind::Interrupted`].
pub fn broken() -> Result<Reply, TransportError> {
    Err(TransportError::new(TransportErrorKind::Interrupted))
}
