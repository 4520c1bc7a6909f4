//! The end of an upload that is given up.

use std::mem;

use pypi_http::{Flow as _, Step};

use super::{State, Upload};
use crate::{Attempt, FailureKind, Outcome};

impl Upload {
    /// Gives up at any point. What was in flight may be stored, once the whole file has left.
    pub fn abandon(mut self) -> (Outcome, Vec<Attempt>) {
        let why = "the run ended before the index replied";
        self.take_answer();
        let outcome = match mem::replace(&mut self.state, State::Ready) {
            State::Over(outcome) => outcome,
            State::Sending(_) => {
                self.record(None, why.to_owned());
                if self.is_sent() {
                    self.doubt = Some(self.clock.now());
                }
                self.given_up(FailureKind::Cancelled, why)
            }
            State::Looking(doubtful, _) if self.doubt.is_some() => {
                Outcome::unknown(doubtful.to_string(), "the run ended before the lookup")
            }
            State::Looking(doubtful, _) => doubtful,
            State::Ready if self.attempts.is_empty() => {
                Outcome::failed(FailureKind::NotTried, "the run ended before its turn")
            }
            State::Ready | State::Pause(_) => self.given_up(FailureKind::Cancelled, why),
        };
        (outcome, self.attempts)
    }

    /// Takes note of an answer that was received since the last step.
    fn take_answer(&mut self) {
        let next = match &mut self.state {
            State::Sending(call) => match call.step() {
                Ok(Step::Done(answer)) => self.answered(answer),
                _ => return,
            },
            State::Looking(doubtful, resolve) => match resolve.step() {
                Ok(Step::Done(resolution)) => {
                    let doubtful = doubtful.clone();
                    State::Over(self.resolved(doubtful, resolution))
                }
                _ => return,
            },
            _ => return,
        };
        self.state = next;
    }

    pub(super) fn given_up(&self, kind: FailureKind, why: &str) -> Outcome {
        match self.doubt {
            Some(_) => Outcome::unknown(why, "the index was not asked"),
            None => Outcome::failed(kind, why),
        }
    }
}
