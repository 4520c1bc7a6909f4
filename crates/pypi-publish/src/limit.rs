//! How long a task may run.

use std::time::{Duration, SystemTime};

use pypi_http::{CancelToken, Clock, Command, Deadline};

/// How long a task may run, and its requests and commands.
#[derive(Clone)]
pub(crate) struct Limit {
    pub(crate) clock: Clock,
    pub(crate) cancel: CancelToken,
    pub(crate) end: Option<SystemTime>,
    /// For a request that sends no file, and a command.
    pub(crate) timeout: Duration,
    /// For the reply to a file.
    pub(crate) upload_timeout: Duration,
}

impl Limit {
    pub(crate) fn is_over(&self) -> bool {
        self.cancel.is_cancelled() || self.left() == Some(Duration::ZERO)
    }

    pub(crate) fn left(&self) -> Option<Duration> {
        let left = |end: SystemTime| end.duration_since(self.clock.now()).unwrap_or_default();
        self.end.map(left)
    }

    /// The deadline of a request, which gets at least this much time when the run is almost over.
    pub(crate) fn deadline(&self, is_file: bool, least: Duration) -> Deadline {
        let deadline = match is_file {
            true => Deadline::after_body(self.upload_timeout),
            false => Deadline::total(self.timeout),
        };
        match self.left() {
            Some(left) => deadline.and(Deadline::total(left.max(least))),
            None => deadline,
        }
    }

    /// Gives a command its limits.
    pub(crate) fn of_command(&self, command: Command) -> Command {
        let left = self.left().map_or(self.timeout, |left| left.max(LEAST));
        command
            .deadline(self.timeout.min(left))
            .cancelled_by(&self.cancel)
    }
}

/// The least time that a request gets, so that a run whose time is almost over does not ask in vain.
pub(crate) const LEAST: Duration = Duration::from_millis(1);
