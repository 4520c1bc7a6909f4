//! The seam to an HTTP client.

use std::{future::Future, time::Duration};

use crate::{Body, Reply, TransportError};

/// Sends requests for a flow, blocking the thread.
///
/// An implementation sends each request exactly once, follows no redirect, retries nothing, returns a reply of any
/// status, sends `Content-Length` as [`Body::content_length`] says, aborts the request when reading the body fails, and
/// reads no more of a reply than [`ReplyLimit::of`](crate::ReplyLimit::of) allows.
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

    /// Sleeps for `duration`.
    fn wait(&self, duration: Duration) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the default clock of a blocking transport"
        )]
        std::thread::sleep(duration);
    }
}

/// Sends requests for a flow, on any executor. The rules of [`Transport`] apply.
pub trait AsyncTransport: Sync {
    /// Sends one request and returns the reply to it.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<Reply, TransportError>> + Send;

    /// Sleeps for `duration`.
    fn wait(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}
