//! A transport that reports what it does to `tracing`.

use std::time::Duration;

use tracing::{Instrument as _, Span, debug, debug_span, field::Empty, trace, warn};

use crate::{
    AsyncTransport, Body, CancelToken, Command, CommandOutput, Reply, Transport, TransportError,
};

/// A transport that reports requests, commands and pauses to `tracing`, and leaves the work to another one.
///
/// All names below are part of the public API. The target is `pypi_http`. A span ends with its request, so that a subscriber
/// that times spans has the duration. The message of an event is its name.
///
/// | name | kind, level | fields |
/// | --- | --- | --- |
/// | `request` | span, debug | `method`, `origin`, `path`, `length` (bytes of the body); then `status`, or `error` (the kind) |
/// | `reply` | event in `request`, debug | `status`, `length` (bytes of the body) |
/// | `request_failed` | event in `request`, warn | `error` (the kind), `causes` |
/// | `command` | span, debug | `program`; then `code`, or `error` |
/// | `command_ended` | event in `command`, debug | `code` |
/// | `command_failed` | event in `command`, warn | `error`, `causes` |
/// | `wait` | event, trace | `seconds` |
///
/// No field contains a header, a query, a user, a password, a body, or an argument or variable of a command.
///
/// # Examples
///
/// ```
/// use pypi_http::{Traced, testing::Script};
///
/// let transport = Traced::new(Script::default()); // or a BlockingClient, or a transport of your own
/// # let _ = transport;
/// ```
#[derive(Clone, Debug)]
pub struct Traced<T>(T);

impl<T> Traced<T> {
    /// Reports what `transport` does.
    pub fn new(transport: T) -> Self {
        Self(transport)
    }

    /// The transport that does the work.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Transport> Transport for Traced<T> {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let span = request_span(&request);
        let result = span.in_scope(|| self.0.send(request));
        replied(&span, &result);
        result
    }

    fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        let span = command_span(&command);
        let result = span.in_scope(|| self.0.run(command));
        ran(&span, &result);
        result
    }

    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        waits(duration);
        self.0.wait(duration, cancel);
    }
}

impl<T: AsyncTransport> AsyncTransport for Traced<T> {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let span = request_span(&request);
        let result = self.0.send(request).instrument(span.clone()).await;
        replied(&span, &result);
        result
    }

    async fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        let span = command_span(&command);
        let result = self.0.run(command).instrument(span.clone()).await;
        ran(&span, &result);
        result
    }

    async fn wait(&self, duration: Duration, cancel: &CancelToken) {
        waits(duration);
        self.0.wait(duration, cancel).await;
    }
}

fn request_span(request: &http::Request<Body>) -> Span {
    debug_span!(
        target: TARGET,
        "request",
        method = request.method().as_str(),
        origin = origin(request.uri()),
        path = request.uri().path(),
        length = request.body().content_length(),
        status = Empty,
        error = Empty,
    )
}

/// Scheme, host and port. The authority may contain a user and a password too.
fn origin(uri: &http::Uri) -> String {
    let (scheme, host) = (uri.scheme_str(), uri.host());
    let port = uri.port().map(|port| format!(":{port}"));
    format!(
        "{}://{}{}",
        scheme.unwrap_or_default(),
        host.unwrap_or_default(),
        port.unwrap_or_default()
    )
}

fn replied(span: &Span, result: &Result<Reply, TransportError>) {
    let _entered = span.enter();
    match result {
        Ok(reply) => {
            let (status, length) = (reply.status().as_u16(), reply.body().len());
            span.record("status", status);
            debug!(name: "reply", target: TARGET, status, length, "reply");
        }
        Err(error) => {
            let (kind, causes) = (format!("{:?}", error.kind()), error.causes(None));
            span.record("error", kind.as_str());
            warn!(name: "request_failed", target: TARGET, error = kind, causes, "request_failed");
        }
    }
}

fn command_span(command: &Command) -> Span {
    debug_span!(
        target: TARGET,
        "command",
        program = command.program(),
        code = Empty,
        error = Empty,
    )
}

fn ran(span: &Span, result: &Result<CommandOutput, TransportError>) {
    let _entered = span.enter();
    match result {
        Ok(output) => {
            let code = output.code();
            span.record("code", code);
            debug!(name: "command_ended", target: TARGET, code, "command_ended");
        }
        Err(error) => {
            let (kind, causes) = (format!("{:?}", error.kind()), error.causes(None));
            span.record("error", kind.as_str());
            warn!(name: "command_failed", target: TARGET, error = kind, causes, "command_failed");
        }
    }
}

fn waits(duration: Duration) {
    trace!(name: "wait", target: TARGET, seconds = duration.as_secs_f64(), "wait");
}

const TARGET: &str = "pypi_http";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_user_and_no_password() {
        for (uri, expected) in [
            (
                "https://user:hush@index.example:8443/a?token=hush",
                "https://index.example:8443",
            ),
            ("http://[::1]:80/", "http://[::1]:80"),
            ("https://index.example", "https://index.example"),
        ] {
            assert_eq!(origin(&uri.parse().expect("a URI")), expected);
        }
    }
}
