//! Requests to the services of Sigstore, repeated within one budget of time.

use std::time::{Duration, SystemTime};

use http::{HeaderValue, Method, StatusCode, header};
use pypi_http::{
    Body, Clock, Deadline, Redactor, Reply, ReplyLimit, RequestError, Retry, RetryPolicy, Step,
    TransportError, TransportErrorKind, failure, is_transient, request,
};
use serde_json::Value;
use url::Url;

use crate::{Error, ErrorKind};

/// How long one certificate, or one signature with its log entry, is tried for: ten minutes, the life of a certificate.
///
/// Pauses count, and the time of requests that were not answered in time. With [`Sign::clock`](crate::Sign::clock) all time counts.
pub const SIGN_BUDGET: Duration = Duration::from_secs(600);

/// The longest time for each request: that of a Rekor server for reading and for writing.
const DEADLINE: Duration = Duration::from_secs(30);

/// The longest reply, in bytes; real ones have 3,000 to 10,000.
const MAX_REPLY: usize = 256 * 1024;

/// Sends one request after the other, each until its answer is final.
#[derive(Debug)]
pub(super) struct Requests {
    policy: RetryPolicy,
    retry: Retry,
    clock: Option<Clock>,
    started: Option<SystemTime>,
    /// Pauses and timeouts so far, of all requests.
    spent: Duration,
    attempts: u32,
    failure: Option<String>,
    request: Box<http::Request<Body>>,
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Sent,
    Pause(Duration),
    Answered(Result<Reply, TransportError>),
    Over,
}

impl Requests {
    /// The first request. One that could not be made is answered without sending anything.
    pub(super) fn new(request: Result<http::Request<Body>, RequestError>) -> Self {
        // The budget is the limit, not a number of attempts.
        let policy = RetryPolicy::default().attempts(u32::MAX);
        let mut requests = Self {
            retry: Retry::new(policy.clone()),
            policy,
            clock: None,
            started: None,
            spent: Duration::ZERO,
            attempts: 0,
            failure: None,
            request: Box::default(),
            state: State::Over,
        };
        requests.begin(request);
        requests
    }

    pub(super) fn retry(&mut self, policy: RetryPolicy) {
        self.retry = Retry::new(policy.clone());
        self.policy = policy;
    }

    pub(super) fn clock(&mut self, clock: Clock) {
        self.clock = Some(clock);
    }

    /// Goes on with another request, within the same budget.
    pub(super) fn begin(&mut self, request: Result<http::Request<Body>, RequestError>) {
        self.retry = Retry::new(self.policy.clone());
        self.state = match request {
            Ok(request) => {
                *self.request = request;
                State::Ready
            }
            Err(error) => State::Answered(Err(error.into())),
        };
    }

    /// Sends the same request again after a pause, although `reply` was final; false when that would take too long.
    pub(super) fn again(&mut self, reply: &Reply) -> bool {
        let Some(pause) = self.retry.pause(Some(reply)) else {
            return false;
        };
        self.failure = Some(reply.status().to_string());
        self.pause(pause)
    }

    /// Pauses before the same request, if the budget allows it.
    fn pause(&mut self, pause: Duration) -> bool {
        let is_allowed = self.allow(pause);
        if is_allowed {
            self.state = State::Pause(pause);
        }
        is_allowed
    }

    /// Takes a pause out of the budget; false when there is not enough left.
    fn allow(&mut self, pause: Duration) -> bool {
        let spent = match (&self.clock, self.started) {
            (Some(clock), Some(started)) => clock.now().duration_since(started).unwrap_or_default(),
            _ => self.spent,
        };
        self.spent = spent.saturating_add(pause);
        self.spent <= SIGN_BUDGET
    }

    pub(super) fn step(&mut self) -> Step<Result<Reply, TransportError>> {
        if self.started.is_none() {
            self.started = self.clock.as_ref().map(Clock::now);
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Ready => {
                self.attempts += 1;
                self.state = State::Sent;
                Step::Send(self.request.clone())
            }
            State::Sent => {
                self.state = State::Sent;
                Step::Send(self.request.clone())
            }
            State::Pause(pause) => {
                self.state = State::Ready;
                Step::Wait(pause)
            }
            State::Answered(answer) => Step::Done(answer),
            State::Over => Step::Done(Err(TransportError::new(TransportErrorKind::Unusable))),
        }
    }

    pub(super) fn received(&mut self, answer: Result<Reply, TransportError>) {
        if !matches!(self.state, State::Sent) {
            return;
        }
        if matches!(&answer, Err(error) if error.kind() == TransportErrorKind::Timeout) {
            self.spent = self.spent.saturating_add(DEADLINE);
        }
        let pause = match &answer {
            Ok(reply) if reply.status().as_u16() == CLIENT_CLOSED => self.retry.pause(Some(reply)),
            answer => self.retry.after(answer),
        };
        if pause.is_some_and(|pause| self.pause(pause)) {
            self.failure = Some(failure(&answer, self.request.uri()));
        } else {
            self.state = State::Answered(answer);
        }
    }

    /// The reply in `answer`; an error for the answer of a server that is down.
    pub(super) fn complete(
        &self,
        answer: Result<Reply, TransportError>,
        server: &str,
        redactor: &Redactor,
    ) -> Result<Reply, Error> {
        let (kind, attempts) = (ErrorKind::Unavailable, self.attempts);
        let at = self.origin();
        let reply = answer.map_err(|error| {
            let text = format!("{server}{at} did not reply, tried {}", times(attempts));
            Error::caused(kind, text, error)
        })?;
        let status = reply.status();
        if is_transient(status) || status.as_u16() == CLIENT_CLOSED {
            let said = said(&reply, redactor);
            let tried = times(attempts);
            let text = format!("{server}{at} is not available, tried {tried}: {said}");
            return Err(Error::new(kind, text));
        }
        if reply.body().len() > MAX_REPLY {
            let text = format!("the reply of {server}{at} is longer than {MAX_REPLY} bytes");
            return Err(Error::new(kind, text));
        }
        Ok(reply)
    }

    /// Where the request goes, for a message.
    fn origin(&self) -> String {
        let url: Result<Url, _> = self.request.uri().to_string().parse();
        url.map(|url| format!(" at {}", url.origin().ascii_serialization()))
            .unwrap_or_default()
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

/// How often something was tried.
fn times(attempts: u32) -> String {
    match attempts {
        1 => "once".to_owned(),
        attempts => format!("{attempts} times"),
    }
}

/// The status of a proxy in front of the log whose own request was given up.
const CLIENT_CLOSED: u16 = 499;

/// A request with a JSON body.
pub(super) fn post(url: &Url, body: &Value) -> Result<http::Request<Body>, RequestError> {
    let mut request = request(Method::POST, url, JSON, Body::from(body.to_string()))?;
    let json = HeaderValue::from_static(JSON);
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(limited(request))
}

pub(super) fn get(url: &Url) -> Result<http::Request<Body>, RequestError> {
    request(Method::GET, url, JSON, Body::default()).map(limited)
}

const JSON: &str = "application/json";

fn limited(mut request: http::Request<Body>) -> http::Request<Body> {
    let extensions = request.extensions_mut();
    extensions.insert(Deadline::total(DEADLINE));
    extensions.insert(ReplyLimit::new(MAX_REPLY));
    request
}

/// Status and message of an error, on one line: both services send the message in JSON.
pub(super) fn said(reply: &Reply, redactor: &Redactor) -> String {
    let status: StatusCode = reply.status();
    match message(reply) {
        // Redacted before it is shortened.
        Some(message) => {
            let clean = redactor.redact(&message);
            let words: Vec<&str> = clean.split_whitespace().collect();
            let line: String = words.join(" ").chars().take(MAX_MESSAGE).collect();
            format!("{status}: {line}")
        }
        None => status.to_string(),
    }
}

/// The `message` of an error as it was sent. It may contain what the server was sent.
pub(super) fn message(reply: &Reply) -> Option<String> {
    let mut json: Value = serde_json::from_slice(reply.body()).ok()?;
    match json.get_mut("message")?.take() {
        Value::String(message) if !message.trim().is_empty() => Some(message),
        _ => None,
    }
}

/// The most characters of a server's sentence that an error contains.
const MAX_MESSAGE: usize = 500;
