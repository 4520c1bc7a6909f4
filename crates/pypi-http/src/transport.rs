//! The seam to an HTTP client.

use std::{error::Error as StdError, fmt, future::Future, time::Duration};

use crate::{Body, Reply};

/// Sends requests for a flow, blocking the thread.
///
/// An implementation sends each request exactly once, follows no redirect, retries nothing, returns an answer of any
/// status, sends `Content-Length` as [`Body::content_length`] says, aborts the request when reading the body fails, and takes
/// no more of an answer than [`ReplyLimit::of`](crate::ReplyLimit::of) allows.
pub trait Transport {
    /// Sends one request and takes its answer.
    ///
    /// # Errors
    ///
    /// When there is no complete answer; its kind says whether the request may have arrived.
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError>;

    /// Lets `time` pass.
    fn wait(&self, time: Duration) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the default clock of a blocking transport"
        )]
        std::thread::sleep(time);
    }
}

/// Sends requests for a flow, on any executor. The rules of [`Transport`] hold.
pub trait AsyncTransport: Sync {
    /// Sends one request and takes its answer.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<Reply, TransportError>> + Send;

    /// Lets `time` pass.
    fn wait(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// No complete answer came.
///
/// Prints one line and never the cause, which is behind `source()`; neither holds a URL, a header or a body.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How a request failed. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TransportErrorKind {
    /// The request's own body could not be read; the request was aborted. Not worth a retry.
    Body,
    /// No connection: nothing was sent.
    Connect,
    /// The connection broke after the request began: it may have arrived.
    Interrupted,
    /// An answer began but is cut short or too long: the request has arrived.
    Reply,
    /// Nothing moved for too long: the request may have arrived.
    Timeout,
    /// The server's certificate was not accepted: nothing was sent. Not worth a retry.
    Tls,
    /// The transport cannot be used here, such as a blocking one inside an async runtime: nothing was sent.
    Unusable,
}

impl TransportError {
    /// An error of `kind`, without a cause.
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Keeps `source` as the cause. It must hold no secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl TransportErrorKind {
    /// Whether sending the same request again can help.
    pub fn is_transient(self) -> bool {
        !matches!(self, Self::Body | Self::Tls | Self::Unusable)
    }

    /// Whether the server may have acted on the request all the same.
    pub fn may_have_arrived(self) -> bool {
        matches!(self, Self::Interrupted | Self::Reply | Self::Timeout)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Body => "the request's body could not be read",
            TransportErrorKind::Connect => "no connection to the server",
            TransportErrorKind::Interrupted => "the connection broke before an answer came",
            TransportErrorKind::Reply => "the server's answer was cut short or too long",
            TransportErrorKind::Timeout => "the server did not answer in time",
            TransportErrorKind::Tls => "the server's certificate was not accepted",
            TransportErrorKind::Unusable => {
                "a blocking transport cannot run inside an async runtime: use the async one"
            }
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_cross_threads() {
        fn assert_send<T: Send + Sync + 'static>() {}
        assert_send::<TransportError>();
    }

    #[test]
    fn what_never_left_cannot_have_arrived() {
        for kind in [
            TransportErrorKind::Body,
            TransportErrorKind::Connect,
            TransportErrorKind::Tls,
            TransportErrorKind::Unusable,
        ] {
            assert!(!kind.may_have_arrived(), "{kind:?}");
        }
    }

    #[test]
    fn the_text_never_holds_its_source() {
        let error = TransportError::new(TransportErrorKind::Connect).with_source("refused by peer");
        assert_eq!(error.to_string(), "no connection to the server");
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("refused by peer")
        );
    }
}
