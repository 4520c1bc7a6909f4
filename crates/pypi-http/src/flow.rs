//! Flows: protocols as state machines without I/O.

use std::{fmt, time::Duration};

use crate::{Body, Command, CommandOutput, Reply, TransportError};

/// A protocol as a state machine: it returns the next step and is given the result.
///
/// A flow opens no socket, reads no clock and starts no timer. [`drive`](crate::drive) and
/// [`drive_async`](crate::drive_async) run one over a transport; a caller with its own event loop steps it by hand.
///
/// # Contract
///
/// - After [`Step::Send`], the caller sends the request once and calls [`received`](Self::received) once. Until then
///   `step` returns the same request again, which does not count as another attempt.
/// - After [`Step::Run`], the caller runs the command once and calls [`ran`](Self::ran) once, in the same way.
/// - After [`Step::Wait`], the caller lets the time pass and calls `step`.
/// - After [`Step::Done`] or an error the flow is over. Like a finished future it must not be stepped again.
/// - `received` without a request in flight changes nothing, and `ran` without a command.
/// - A flow that contains another one passes on both.
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, Flow, Reply, Step, TransportError};
///
/// /// Requests one page and returns its status.
/// enum Status { Unknown, Known(u16) }
///
/// impl Flow for Status {
///     type Output = u16;
///     type Error = http::Error;
///
///     fn step(&mut self) -> Result<Step<u16>, http::Error> {
///         Ok(match self {
///             Self::Unknown => Step::send(http::Request::get("http://127.0.0.1/").body(Body::default())?),
///             Self::Known(status) => Step::Done(*status),
///         })
///     }
///
///     fn received(&mut self, reply: Result<Reply, TransportError>) {
///         *self = Self::Known(reply.map_or(0, |reply| reply.status().as_u16()));
///     }
/// }
///
/// let mut flow = Status::Unknown;
/// assert!(matches!(flow.step()?, Step::Send(_)));
/// flow.received(Ok(Reply::new(http::StatusCode::OK, http::HeaderMap::new(), Vec::new())));
/// assert!(matches!(flow.step()?, Step::Done(200)));
/// # Ok::<(), http::Error>(())
/// ```
pub trait Flow {
    /// The result of a finished flow.
    type Output;
    /// Why a flow cannot continue.
    type Error;

    /// The next thing to do.
    ///
    /// # Errors
    ///
    /// The flow's own error when it cannot continue.
    fn step(&mut self) -> Result<Step<Self::Output>, Self::Error>;

    /// Takes the reply to the last [`Step::Send`].
    fn received(&mut self, reply: Result<Reply, TransportError>);

    /// Takes the output of the last [`Step::Run`]. A flow that runs no command needs none of its own.
    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        let _ = output;
    }
}

impl<F: Flow + ?Sized> Flow for &mut F {
    type Output = F::Output;
    type Error = F::Error;

    fn step(&mut self) -> Result<Step<F::Output>, F::Error> {
        (**self).step()
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        (**self).received(reply);
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        (**self).ran(output);
    }
}

impl<F: Flow + ?Sized> Flow for Box<F> {
    type Output = F::Output;
    type Error = F::Error;

    fn step(&mut self) -> Result<Step<F::Output>, F::Error> {
        (**self).step()
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        (**self).received(reply);
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        (**self).ran(output);
    }
}

/// What a [`Flow`] needs next.
#[non_exhaustive]
pub enum Step<T> {
    /// Send this request once and pass the reply to [`Flow::received`].
    Send(Box<http::Request<Body>>),
    /// Run this command once and pass its output to [`Flow::ran`].
    Run(Command),
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

    /// The output of [`Step::Done`]; any other step as one of another flow, for a flow that contains this one.
    ///
    /// # Errors
    ///
    /// The step itself, when the inner flow is not over.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use pypi_http::Step;
    ///
    /// assert!(matches!(Step::Done(7).output::<String>(), Ok(7)));
    /// assert!(matches!(Step::<u8>::Wait(Duration::ZERO).output::<String>(), Err(Step::Wait(_))));
    /// ```
    pub fn output<U>(self) -> Result<T, Step<U>> {
        Err(match self {
            Self::Done(output) => return Ok(output),
            Self::Send(request) => Step::Send(request),
            Self::Run(command) => Step::Run(command),
            Self::Wait(duration) => Step::Wait(duration),
        })
    }
}

impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri().path()),
            Self::Run(command) => write!(f, "Run({command})"),
            Self::Wait(duration) => write!(f, "Wait({duration:?})"),
            Self::Done(output) => f.debug_tuple("Done").field(output).finish(),
        }
    }
}
