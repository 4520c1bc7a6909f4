//! The seam to an HTTP client.

use std::{future::Future, time::Duration};

use crate::{Body, CancelToken, Command, CommandOutput, Reply, TransportError, TransportErrorKind};

/// Sends requests for a flow, blocking the thread.
///
/// An implementation sends each request exactly once, with the headers that it has, follows no redirect, retries nothing,
/// returns a reply of any status, sends `Content-Length` as [`Body::content_length`] says, and aborts the request when
/// reading the body fails. It reads no more of a reply than [`ReplyLimit::of`](crate::ReplyLimit::of) allows, waits no
/// longer than [`Deadline::of`](crate::Deadline::of) allows, and ends early when [`CancelToken::of`] is cancelled. It does
/// not use a connection again on which a request ended early.
///
/// `testing::transport_conformance` checks all of this and [`run`](Self::run); `testing::Rule` lists it.
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, Reply, Transport, TransportError};
///
/// struct Canned;
///
/// impl Transport for Canned {
///     fn send(&self, _: http::Request<Body>) -> Result<Reply, TransportError> {
///         Ok(Reply::new(http::StatusCode::OK, http::HeaderMap::new(), b"hello".to_vec()))
///     }
/// }
/// ```
pub trait Transport {
    /// Sends one request and returns the reply to it.
    ///
    /// # Errors
    ///
    /// Without a complete reply; the kind says whether the request may have arrived.
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError>;

    /// Runs a program, without a shell and with exactly the variables of the command, and returns what it printed.
    ///
    /// # Errors
    ///
    /// Without an output of the allowed length within the time limit. The default implementation
    /// runs nothing and always returns an error of kind [`Unusable`](TransportErrorKind::Unusable).
    fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        Err(runs_nothing(&command))
    }

    /// Sleeps for `duration`, or until `cancel` is cancelled.
    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        cancel.sleep(duration);
    }
}

/// Sends requests for a flow, on any executor. The rules of [`Transport`] apply.
pub trait AsyncTransport: Sync {
    /// Sends one request and returns the reply to it.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<Reply, TransportError>> + Send;

    /// Runs a program, as [`Transport::run`] does; by default it runs none.
    fn run(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<CommandOutput, TransportError>> + Send {
        std::future::ready(Err(runs_nothing(&command)))
    }

    /// Sleeps for `duration`, or until `cancel` is cancelled.
    fn wait(&self, duration: Duration, cancel: &CancelToken) -> impl Future<Output = ()> + Send;
}

fn runs_nothing(command: &Command) -> TransportError {
    TransportError::new(TransportErrorKind::Unusable)
        .with_source(format!("this transport does not run {}", command.program()))
}
