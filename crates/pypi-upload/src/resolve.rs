//! Whether a file that was sent is on the index.

use std::{
    convert::Infallible,
    mem,
    time::{Duration, SystemTime},
};

use pypi_http::{Call, Clock, Flow, Reply, Retry, RetryPolicy, Step, TransportError};
use url::Url;

use crate::{
    Listed,
    lookup::{listing, page_request},
};

/// Asks the listing about a file that was sent, until it gives a certain answer or no attempt is left.
#[derive(Debug)]
pub(crate) struct Resolve {
    page: Url,
    filename: String,
    sha256: String,
    /// When the index had time to store what it received: an older page proves nothing.
    after: SystemTime,
    clock: Clock,
    policy: RetryPolicy,
    /// For pages that are too old.
    retry: Retry,
    state: State,
}

#[derive(Debug)]
enum State {
    Settle,
    Start,
    Asking(Box<Call>),
    Pause(Duration),
}

/// How long after an attempt a page may still lack a file that the index received: what is in front of it passes a request on
/// though its client has lost the connection.
const SETTLE: Duration = Duration::from_secs(3);

/// What the listing says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Resolution {
    /// Not listed, by a page that was made after the last attempt.
    Absent,
    /// Listed with this other sha256.
    Different(String),
    /// Listed with the same sha256.
    Same,
    /// It could not be asked, or gave no certain answer.
    Unknown(String),
}

impl Resolve {
    /// `doubt` is when an attempt ended after which the index may have stored the file.
    pub(crate) fn new(
        page: &Url,
        (filename, sha256): (&str, &str),
        doubt: Option<SystemTime>,
        clock: &Clock,
        policy: &RetryPolicy,
    ) -> Self {
        Self {
            page: page.clone(),
            filename: filename.to_owned(),
            sha256: sha256.to_owned(),
            after: doubt.map_or_else(|| clock.now(), |time| time + SETTLE),
            clock: clock.clone(),
            policy: policy.clone(),
            retry: Retry::new(policy.clone()),
            state: State::Settle,
        }
    }

    /// How often the page was requested.
    pub(crate) fn attempts(&self) -> u32 {
        match &self.state {
            State::Asking(call) => call.attempts(),
            _ => 1,
        }
    }

    /// Why another look is needed, on one line.
    pub(crate) fn failure(&self) -> &str {
        let call = match &self.state {
            State::Asking(call) => call.failure(),
            _ => None,
        };
        let why = match &self.state {
            State::Start => "the index may still be storing the file",
            _ => "the page is older than the upload",
        };
        call.unwrap_or(why)
    }

    /// The resolution, or the pause before the next look.
    fn answered(&mut self, answer: Result<Reply, TransportError>) -> Result<Resolution, Duration> {
        let listing = match listing(&self.page, answer) {
            Ok(listing) => listing,
            Err(error) => return Ok(Resolution::Unknown(error.causes())),
        };
        Ok(match listing.compare(&self.filename, &self.sha256) {
            Listed::Same => Resolution::Same,
            Listed::Different(other) => Resolution::Different(other.to_owned()),
            Listed::Unknown => {
                Resolution::Unknown("the index lists the file without a sha256".to_owned())
            }
            Listed::Absent if listing.is_newer_than(self.after, &self.clock) => Resolution::Absent,
            Listed::Absent => match self.retry.pause(None) {
                Some(pause) => return Err(pause),
                None => {
                    let why = format!("{} is older than the upload", self.page);
                    Resolution::Unknown(why)
                }
            },
        })
    }
}

impl Flow for Resolve {
    type Output = Resolution;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Resolution>, Infallible> {
        loop {
            self.state = match mem::replace(&mut self.state, State::Start) {
                State::Settle => match self.after.duration_since(self.clock.now()) {
                    Ok(pause) if !pause.is_zero() => return Ok(Step::Wait(pause)),
                    _ => State::Start,
                },
                State::Start => State::Asking(Box::new(Call::new(
                    page_request(&self.page),
                    self.policy.clone(),
                ))),
                State::Asking(mut call) => match call.step()?.output() {
                    Ok(answer) => match self.answered(answer) {
                        Ok(resolution) => return Ok(Step::Done(resolution)),
                        Err(pause) => State::Pause(pause),
                    },
                    Err(step) => {
                        self.state = State::Asking(call);
                        return Ok(step);
                    }
                },
                State::Pause(pause) => return Ok(Step::Wait(pause)),
            };
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        if let State::Asking(call) = &mut self.state {
            call.received(reply);
        }
    }
}
