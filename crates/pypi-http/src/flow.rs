//! Flows, and the two loops that drive them.

use std::{fmt, time::Duration};

use http::{HeaderMap, StatusCode};

use crate::{AsyncTransport, Body, Transport, TransportError};

/// A protocol as a state machine: it says what to do next and is told what came of it.
///
/// A flow opens no socket, reads no clock and starts no timer. [`drive`] and [`drive_async`] run one over a
/// transport; a caller with its own event loop steps it by hand.
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, Flow, Reply, Step, TransportError};
///
/// /// Asks for one page and gives its status.
/// enum Ask { Start, Sent, Answered(u16) }
///
/// impl Flow for Ask {
///     type Output = u16;
///     type Error = TransportError;
///
///     fn step(&mut self) -> Result<Step<u16>, TransportError> {
///         match self {
///             Self::Answered(status) => Ok(Step::Done(*status)),
///             _ => {
///                 *self = Self::Sent;
///                 Ok(Step::send(http::Request::get("http://127.0.0.1/").body(Body::default()).unwrap()))
///             }
///         }
///     }
///
///     fn received(&mut self, reply: Result<Reply, TransportError>) {
///         *self = Self::Answered(reply.map_or(0, |reply| reply.status().as_u16()));
///     }
/// }
///
/// let mut flow = Ask::Start;
/// assert!(matches!(flow.step(), Ok(Step::Send(_))));
/// flow.received(Ok(Reply::new(http::StatusCode::OK, http::HeaderMap::new(), Vec::new())));
/// assert!(matches!(flow.step(), Ok(Step::Done(200))));
/// ```
pub trait Flow {
    /// What the flow gives when it is done.
    type Output;
    /// Why it could not go on.
    type Error;

    /// The next thing to do.
    ///
    /// # Errors
    ///
    /// The flow's own error when it cannot go on; the flow is over then.
    fn step(&mut self) -> Result<Step<Self::Output>, Self::Error>;

    /// Takes the answer to the last [`Step::Send`].
    fn received(&mut self, reply: Result<Reply, TransportError>);
}

/// What a [`Flow`] wants done.
#[non_exhaustive]
pub enum Step<T> {
    /// Send this request once, and give the answer to [`Flow::received`].
    Send(Box<http::Request<Body>>),
    /// Let this time pass, then step again.
    Wait(Duration),
    /// The flow is over.
    Done(T),
}

impl<T> Step<T> {
    /// A [`Step::Send`] of `request`.
    pub fn send(request: http::Request<Body>) -> Self {
        Self::Send(Box::new(request))
    }
}

impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri().path()),
            Self::Wait(time) => write!(f, "Wait({time:?})"),
            Self::Done(output) => f.debug_tuple("Done").field(output).finish(),
        }
    }
}

/// A complete answer of a server, of any status.
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// An answer; `body` holds at most [`MAX_REPLY_BODY`] bytes.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A header's value, when it is there once or more and is text.
    pub fn header(&self, name: &http::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for Reply {
    /// Prints no header and no body: either may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// The most bytes of an answer's body that a transport takes, unless the request has a [`ReplyLimit`]; a longer one is
/// an error of kind [`Reply`](crate::TransportErrorKind::Reply).
pub const MAX_REPLY_BODY: usize = 1024 * 1024;

/// A request's extension: how many bytes its answer's body may have. The page of a project with thousands of files is
/// longer than [`MAX_REPLY_BODY`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReplyLimit(usize);

impl ReplyLimit {
    /// A limit in bytes.
    pub fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// The most bytes of the answer to `request`.
    pub fn of(request: &http::Request<Body>) -> usize {
        request
            .extensions()
            .get()
            .map_or(MAX_REPLY_BODY, |Self(bytes)| *bytes)
    }
}

/// Runs a flow to its end over a blocking transport.
///
/// # Errors
///
/// The flow's own.
pub fn drive<F: Flow>(mut flow: F, transport: &impl Transport) -> Result<F::Output, F::Error> {
    loop {
        match flow.step()? {
            Step::Send(request) => flow.received(transport.send(*request)),
            Step::Wait(time) => transport.wait(time),
            Step::Done(output) => return Ok(output),
        }
    }
}

/// Runs a flow to its end over an async transport.
///
/// # Errors
///
/// The flow's own.
pub async fn drive_async<F: Flow>(
    mut flow: F,
    transport: &impl AsyncTransport,
) -> Result<F::Output, F::Error> {
    loop {
        match flow.step()? {
            Step::Send(request) => flow.received(transport.send(*request).await),
            Step::Wait(time) => transport.wait(time).await,
            Step::Done(output) => return Ok(output),
        }
    }
}
