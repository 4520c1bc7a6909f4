//! Sends requests through the transport and notes which rules it breaks.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{Method, StatusCode, header};

use super::{
    connection::Connection,
    rule::{Failure, Rule},
    server::Server,
    shared::{PATIENCE, Seen},
};
use crate::{
    Body, CancelToken, Command, CommandOutput, Deadline, Part, Reply, TransportError,
    TransportErrorKind,
};

/// The deadline of a request that stalls.
pub(super) const DEADLINE: Duration = Duration::from_millis(150);
/// How late a request may end, on a busy machine.
pub(super) const LATE: Duration = Duration::from_secs(1);

const _: () = assert!(
    DEADLINE.as_millis() + LATE.as_millis() < PATIENCE.as_millis(),
    "the server must not end what the transport should end"
);

/// The transport under test, blocking or async.
pub(super) trait Subject {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<Reply, TransportError>>;

    fn run(&self, command: Command) -> impl Future<Output = Result<CommandOutput, TransportError>>;

    fn wait(&self, duration: Duration, cancel: &CancelToken) -> impl Future<Output = ()>;
}

pub(super) struct Bench<'a, S> {
    subject: &'a S,
    failures: Vec<Failure>,
}

/// How a request or a program ended, and after what time.
pub(super) struct Got<T = Reply> {
    pub(super) result: Result<T, TransportError>,
    pub(super) took: Duration,
}

pub(super) type Ran = Got<CommandOutput>;

impl<'a, S: Subject> Bench<'a, S> {
    pub(super) fn new(subject: &'a S) -> Self {
        Self {
            subject,
            failures: Vec::new(),
        }
    }

    pub(super) fn into_failures(self) -> Vec<Failure> {
        self.failures
    }

    pub(super) async fn send(&self, request: http::Request<Body>) -> Got {
        let start = now();
        let result = self.subject.send(request).await;
        Got {
            result,
            took: start.elapsed(),
        }
    }

    pub(super) async fn run(&self, command: Command) -> Ran {
        let start = now();
        let result = self.subject.run(command).await;
        Got {
            result,
            took: start.elapsed(),
        }
    }

    /// How long a pause took.
    pub(super) async fn wait(&self, duration: Duration, cancel: &CancelToken) -> Duration {
        let start = now();
        self.subject.wait(duration, cancel).await;
        start.elapsed()
    }

    /// Sends the request that `request` makes for a URL to a server with this script.
    pub(super) async fn exchange(
        &self,
        request: impl FnOnce(&str) -> http::Request<Body>,
        script: impl Fn(&mut Connection) + Send + Sync + 'static,
    ) -> (Got, Seen) {
        let server = Server::start(script);
        let got = self.send(request(&server.url("/"))).await;
        (got, server.finish().await)
    }

    /// Notes a failure of `rule` in the situation `case` unless `is_met`.
    pub(super) fn expect(
        &mut self,
        rule: Rule,
        case: &str,
        is_met: bool,
        found: impl fmt::Display,
    ) {
        if !is_met {
            let found = format!("{case}: {found}");
            self.failures.push(Failure::new(rule, found));
        }
    }

    /// Expects a reply with this status and body.
    pub(super) fn expect_reply(
        &mut self,
        rule: Rule,
        case: &str,
        got: &Got,
        status: u16,
        body: &[u8],
    ) {
        let is_met = got
            .result
            .as_ref()
            .is_ok_and(|reply| reply.status() == status && reply.body() == body);
        let length = body.len();
        self.expect(
            rule,
            case,
            is_met,
            format_args!("expected {status} with {length} bytes, found {got}"),
        );
    }

    /// Expects an error of one of these kinds.
    pub(super) fn expect_error<T>(
        &mut self,
        rule: Rule,
        case: &str,
        got: &Got<T>,
        kinds: &[TransportErrorKind],
    ) where
        Got<T>: fmt::Display,
    {
        let is_met = got
            .result
            .as_ref()
            .is_err_and(|error| kinds.contains(&error.kind()));
        let found = format_args!("expected an error of {kinds:?}, found {got}");
        self.expect(rule, case, is_met, found);
    }

    /// Expects an error of one of these kinds, not later than [`LATE`] after `due`.
    pub(super) fn expect_end<T>(
        &mut self,
        rule: Rule,
        case: &str,
        got: &Got<T>,
        kinds: &[TransportErrorKind],
        due: Duration,
    ) where
        Got<T>: fmt::Display,
    {
        self.expect_error(rule, case, got, kinds);
        let found = format_args!("due after {} ms, found {got}", due.as_millis());
        self.expect(rule, case, got.took <= due + LATE, found);
    }

    /// Expects that at most `most` requests began.
    pub(super) fn expect_begun(&mut self, rule: Rule, case: &str, seen: &Seen, most: usize) {
        let begun = seen.begun();
        let found = format_args!("{begun} requests arrived instead of {most}");
        self.expect(rule, case, begun <= most, found);
    }

    /// Expects that the upload was given up: the server has not received all of it.
    pub(super) fn expect_abandoned(&mut self, rule: Rule, case: &str, seen: &Seen) {
        let found = "the server received the complete request";
        self.expect(rule, case, !seen.has_complete(), found);
    }
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(reply) => write!(f, "{} with {} bytes", reply.status(), reply.body().len()),
            Err(error) => write!(f, "{:?} ({})", error.kind(), error.causes(None)),
        }?;
        write!(f, " after {} ms", self.took.as_millis())
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(output) => {
                let (code, length) = (output.code(), output.stdout().reveal().len());
                let stderr = output.stderr().len();
                write!(
                    f,
                    "the code {code:?} with {length} bytes and {stderr} on standard error"
                )
            }
            Err(error) => write!(f, "{:?} ({})", error.kind(), error.causes(None)),
        }?;
        write!(f, " after {} ms", self.took.as_millis())
    }
}

/// A `GET` request like those of this workspace.
pub(super) fn get(url: &str) -> http::Request<Body> {
    request(Method::GET, url, Body::default())
}

/// A `POST` request like those of this workspace.
pub(super) fn post(url: &str, body: impl Into<Body>) -> http::Request<Body> {
    request(Method::POST, url, body.into())
}

fn request(method: Method, url: &str, body: Body) -> http::Request<Body> {
    http::Request::builder()
        .method(method)
        .uri(url)
        .header(header::USER_AGENT, "conformance/1.0")
        .header(header::ACCEPT, "*/*")
        .body(body)
        .expect("a valid request")
}

/// The request with an extension.
pub(super) fn with<T: Clone + Send + Sync + 'static>(
    mut request: http::Request<Body>,
    extension: T,
) -> http::Request<Body> {
    request.extensions_mut().insert(extension);
    request
}

/// The request with the deadline [`DEADLINE`].
pub(super) fn hurried(request: http::Request<Body>) -> http::Request<Body> {
    with(request, Deadline::total(DEADLINE))
}

/// A body of 32 MiB, more than the buffers of the two sockets, in 1 MiB of memory.
pub(super) fn large_body() -> Body {
    let part: Arc<[u8]> = vec![b'x'; 1024 * 1024].into();
    Body::new((0..32).map(|_| Part::Bytes(Arc::clone(&part))))
}

/// A reply with a `Content-Length`.
pub(super) fn reply(status: u16, body: &str) -> String {
    let status = StatusCode::from_u16(status).expect("a status code");
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a transport takes is a part of its contract"
)]
fn now() -> Instant {
    Instant::now()
}
