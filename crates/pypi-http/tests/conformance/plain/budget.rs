//! How long a request may take.

use std::{
    io,
    time::{Duration, Instant},
};

use pypi_http::{Body, CancelToken, Deadline, TransportError, TransportErrorKind as Kind};

use crate::defect::Defect;

/// The deadline and the token of a request.
pub(crate) struct Budget {
    start: Instant,
    sent: Option<Instant>,
    deadline: Deadline,
    cancel: CancelToken,
    defect: Option<Defect>,
}

impl Budget {
    pub(crate) fn of(request: &http::Request<Body>, defect: Option<Defect>) -> Self {
        Self {
            start: now(),
            sent: None,
            deadline: Deadline::of(request),
            cancel: CancelToken::of(request),
            defect,
        }
    }

    pub(crate) fn check(&self) -> Result<(), TransportError> {
        self.check_since(self.start, self.sent)
    }

    fn check_since(&self, start: Instant, mut sent: Option<Instant>) -> Result<(), TransportError> {
        if self.cancel.is_cancelled() {
            return failed(Kind::Cancelled);
        }
        if self.defect == Some(Defect::AfterBodyFromStart) {
            sent = Some(start);
        }
        let is_over = |limit: Option<Duration>, from: Instant| {
            limit.is_some_and(|limit| from.elapsed() >= limit)
        };
        if is_over(self.deadline.whole(), start)
            || sent.is_some_and(|sent| is_over(self.deadline.reply(), sent))
        {
            return failed(Kind::Timeout);
        }
        Ok(())
    }

    /// Begins the time for the reply.
    pub(crate) fn all_sent(&mut self) {
        self.sent = Some(now());
    }

    /// Repeats an operation on a socket until it does not block.
    pub(crate) fn wait_for<T>(
        &self,
        mut operation: impl FnMut() -> io::Result<T>,
    ) -> Result<T, TransportError> {
        let (mut start, mut sent) = (self.start, self.sent);
        if self.defect == Some(Defect::DeadlinePerRead) {
            start = now();
            sent = sent.map(|_| start);
        }
        loop {
            match operation() {
                Ok(value) => return Ok(value),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return failed(Kind::Interrupted),
            }
            self.check_since(start, sent)?;
            CancelToken::new().sleep(Duration::from_millis(1));
        }
    }
}

pub(crate) fn failed<T>(kind: Kind) -> Result<T, TransportError> {
    Err(TransportError::new(kind))
}

#[expect(clippy::disallowed_methods, reason = "a client reads the clock")]
fn now() -> Instant {
    Instant::now()
}
