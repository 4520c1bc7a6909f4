//! Requests that are repeated until an answer is good enough.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use pypi_http::{
    Call, Clock, Flow as _, Reply, Retry, RetryPolicy, Step, TransportError, is_transient,
};

/// One call after the other, each after a pause.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    pause: Option<Duration>,
    call: Option<Box<Call>>,
}

impl Ask {
    /// Pauses before the next call.
    pub(crate) fn pause(&mut self, pause: Duration) {
        self.pause = Some(pause);
    }

    /// The next step of the call in flight, or of the one that `make` returns; done with the answer.
    pub(crate) fn step(
        &mut self,
        make: impl FnOnce() -> Call,
    ) -> Step<Result<Reply, TransportError>> {
        if let Some(pause) = self.pause.take() {
            return Step::Wait(pause);
        }
        let call = self.call.get_or_insert_with(|| Box::new(make()));
        let Ok(step) = call.step();
        if matches!(step, Step::Done(_)) {
            self.call = None;
        }
        step
    }

    pub(crate) fn received(&mut self, reply: Result<Reply, TransportError>) {
        if let Some(call) = &mut self.call {
            call.received(reply);
        }
    }

    /// The call in flight.
    pub(crate) fn call(&self) -> Option<&Call> {
        self.call.as_deref()
    }
}

/// How long an index is asked for what it does not show yet.
#[derive(Debug)]
pub(crate) struct Patience {
    retry: Retry,
    clock: Clock,
    timeout: Duration,
    end: Option<SystemTime>,
}

impl Patience {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            retry: Retry::new(until_timeout(RetryPolicy::default())),
            clock: Clock::system(),
            timeout,
            end: None,
        }
    }

    /// Sets the pauses between two requests; [`RetryPolicy::never`] means one request.
    pub(crate) fn retry(&mut self, policy: RetryPolicy) {
        self.retry = Retry::new(match policy.is_never() {
            true => policy,
            false => until_timeout(policy),
        });
    }

    pub(crate) fn clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    pub(crate) fn timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Starts the time, at the first request.
    pub(crate) fn begin(&mut self) {
        let end = self.clock.now() + self.timeout.min(LONGEST);
        self.end.get_or_insert(end);
    }

    /// The pause before the next request; `None` when the time is up before it ends.
    pub(crate) fn pause(&mut self, answer: Option<&Reply>) -> Option<Duration> {
        let left = self.end.map_or(Duration::ZERO, |end| {
            end.duration_since(self.clock.now()).unwrap_or_default()
        });
        self.retry.pause(answer).filter(|pause| *pause <= left)
    }
}

/// A longer time is as good as this one, and could not be added to the current time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Whether an index may answer otherwise later: it does not show what it stored yet, or is not well.
pub(crate) fn may_change(answer: &Result<Reply, TransportError>) -> bool {
    match answer {
        Ok(reply) => reply.status() == StatusCode::NOT_FOUND || is_transient(reply.status()),
        Err(error) => error.kind().is_transient(),
    }
}

/// Asks until the time is up, at most every ten seconds.
fn until_timeout(policy: RetryPolicy) -> RetryPolicy {
    policy
        .attempts(u32::MAX)
        .longest_pause(Duration::from_secs(10))
}
