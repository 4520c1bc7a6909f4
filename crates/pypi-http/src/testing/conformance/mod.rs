//! The contract of a transport, checked.

mod bench;
mod bodies;
mod cancels;
mod closings;
mod commands;
mod connection;
mod deadlines;
mod replies;
mod rule;
mod server;
mod shared;
mod tls;

use std::{
    fmt,
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use bench::{Bench, Subject};
pub use rule::{Failure, Rule};

use crate::{
    AsyncTransport, Body, CancelToken, Command, CommandOutput, Reply, Transport, TransportError,
};

/// Checks that `transport` keeps every [`Rule`] of [`Transport`], in about 4 s.
///
/// It sends requests through `transport` to servers on 127.0.0.1 that reset connections, stall, redirect and send too much.
/// The transport must not use a proxy for this machine, and its own timeouts must be longer than 2 s. A transport without TLS
/// replies to an `https` URL with an error of kind [`Unusable`](crate::TransportErrorKind::Unusable), and one that
/// [runs](Transport::run) no programs to a command. Programs are run on Unix only.
///
/// # Examples
///
/// In a test of the transport:
///
/// ```no_run
/// use pypi_http::testing::{Rule, transport_conformance};
/// # use pypi_http::{Body, Reply, Transport, TransportError, TransportErrorKind};
/// # struct OwnClient;
/// # impl Transport for OwnClient {
/// #     fn send(&self, _: http::Request<Body>) -> Result<Reply, TransportError> {
/// #         Err(TransportError::new(TransportErrorKind::Unusable))
/// #     }
/// # }
///
/// transport_conformance(&OwnClient)
///     .except(Rule::InterimReply) // the client returns `103 Early Hints` like a final reply
///     .assert();
/// ```
pub fn transport_conformance(transport: &impl Transport) -> Conformance {
    block_on(check(&Blocking(transport)))
}

/// Checks that `transport` keeps every [`Rule`] of [`Transport`], like [`transport_conformance`], on the executor that the
/// transport needs.
///
/// # Examples
///
/// ```
/// use pypi_http::{AsyncTransport, testing::async_transport_conformance};
///
/// async fn assert_conformance(transport: &impl AsyncTransport) {
///     async_transport_conformance(transport).await.assert();
/// }
/// ```
pub async fn async_transport_conformance(transport: &impl AsyncTransport) -> Conformance {
    check(&Async(transport)).await
}

/// Which rules a transport breaks. Prints a line for each failure.
///
/// # Examples
///
/// ```
/// use pypi_http::{Transport, testing::{Conformance, transport_conformance}};
///
/// fn rules_broken(transport: &impl Transport) -> usize {
///     let conformance: Conformance = transport_conformance(transport);
///     conformance.failures().len()
/// }
/// ```
#[must_use]
#[derive(Clone, Debug)]
pub struct Conformance {
    failures: Vec<Failure>,
}

impl Conformance {
    /// Ignores failures of `rule`, which this transport cannot keep. Say why where you use it.
    pub fn except(mut self, rule: Rule) -> Self {
        self.failures.retain(|failure| failure.rule() != rule);
        self
    }

    /// What the transport does wrong, in no particular order; empty if it keeps every rule.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Fails a test.
    ///
    /// # Panics
    ///
    /// With every failure, if there is one.
    #[track_caller]
    pub fn assert(&self) {
        assert!(
            self.failures.is_empty(),
            "the transport breaks its contract:\n{self}"
        );
    }
}

impl fmt::Display for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failures
            .iter()
            .try_for_each(|failure| writeln!(f, "  {failure}"))
    }
}

async fn check(subject: &impl Subject) -> Conformance {
    let mut bench = Bench::new(subject);
    bodies::check(&mut bench).await;
    replies::check(&mut bench).await;
    closings::check(&mut bench).await;
    tls::check(&mut bench).await;
    deadlines::check(&mut bench).await;
    cancels::check(&mut bench).await;
    commands::check(&mut bench).await;
    Conformance {
        failures: bench.into_failures(),
    }
}

struct Blocking<'a, T>(&'a T);

impl<T: Transport> Subject for Blocking<'_, T> {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.0.send(request)
    }

    async fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        self.0.run(command)
    }

    async fn wait(&self, duration: Duration, cancel: &CancelToken) {
        self.0.wait(duration, cancel);
    }
}

struct Async<'a, T>(&'a T);

impl<T: AsyncTransport> Subject for Async<'_, T> {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.0.send(request).await
    }

    async fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        self.0.run(command).await
    }

    async fn wait(&self, duration: Duration, cancel: &CancelToken) {
        self.0.wait(duration, cancel).await;
    }
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
