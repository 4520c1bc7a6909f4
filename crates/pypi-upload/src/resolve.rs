//! Whether a file that was sent is on the index.

use std::{
    convert::Infallible,
    time::{Duration, SystemTime},
};

use pypi_http::{Call, Clock, Flow, Reply, Retry, RetryPolicy, Step, TransportError};

use crate::{Listed, ask::Ask, lookup::Page};

/// Asks the listing about a file that was sent, until it gives a certain answer or no attempt is left.
#[derive(Debug)]
pub(crate) struct Resolve {
    page: Page,
    filename: String,
    sha256: String,
    /// When the index had time to store what it received: an older page proves nothing.
    after: SystemTime,
    clock: Clock,
    policy: RetryPolicy,
    /// For pages that are too old.
    retry: Retry,
    /// Whether the time to store the file has passed.
    is_settled: bool,
    /// Whether the page was requested.
    is_asked: bool,
    ask: Ask,
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
        page: &Page,
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
            is_settled: false,
            is_asked: false,
            ask: Ask::default(),
        }
    }

    /// How often the page was requested.
    pub(crate) fn attempts(&self) -> u32 {
        self.ask.call().map_or(1, Call::attempts)
    }

    /// Why another look is needed, on one line.
    pub(crate) fn failure(&self) -> &str {
        let why = match self.is_asked {
            false => "the index may still be storing the file",
            true => "the page is older than the upload",
        };
        self.ask.call().and_then(Call::failure).unwrap_or(why)
    }

    /// The resolution, or the pause before the next look.
    fn answered(&mut self, answer: Result<Reply, TransportError>) -> Result<Resolution, Duration> {
        let listing = match self.page.listing(answer) {
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
                    let why = format!("{} is older than the upload", self.page.url);
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
        if !self.is_settled {
            self.is_settled = true;
            let pause = self.after.duration_since(self.clock.now());
            if let Some(pause) = pause.ok().filter(|pause| !pause.is_zero()) {
                return Ok(Step::Wait(pause));
            }
        }
        loop {
            let make = || {
                self.is_asked = true;
                Call::new(self.page.request(), self.policy.clone())
            };
            match self.ask.step(make).output() {
                Ok(answer) => match self.answered(answer) {
                    Ok(resolution) => return Ok(Step::Done(resolution)),
                    Err(pause) => self.ask.pause(pause),
                },
                Err(step) => return Ok(step),
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.ask.received(reply);
    }
}
