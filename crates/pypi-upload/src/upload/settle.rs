//! The outcome of an upload: by the reply, or by the listing.

use http::StatusCode;
use pypi_http::Reply;

use super::{State, Upload};
use crate::{
    Evidence, Existing, Failure, FailureKind, Outcome, Refusal, RefusalKind,
    resolve::{Resolution, Resolve},
};

impl Upload {
    /// The outcome of a file that the index says to have with the same bytes.
    pub(super) fn identical(&self, status: u16, message: String) -> Outcome {
        match (self.existing, self.doubt) {
            (_, Some(_)) => Outcome::uploaded(Evidence::Reply),
            (Existing::Never, None) => Outcome::Refused(Refusal {
                kind: RefusalKind::FileExists,
                status: Some(status),
                message,
            }),
            _ => Outcome::already_present(Evidence::IdenticalReply),
        }
    }

    pub(super) fn exists(&mut self, refusal: Refusal) -> State {
        self.is_taken = true;
        match (&self.page, self.existing) {
            (None, Existing::IndexSays) => State::Over(Outcome::exists(refusal.message, None)),
            // A file that existed before is an error, whatever its content.
            (_, Existing::Never) => self.settle(false, Outcome::Refused(refusal)),
            _ => self.settle(true, Outcome::Refused(refusal)),
        }
    }

    pub(super) fn refused(&self, refusal: Refusal) -> State {
        let may_exist = refusal.kind == RefusalKind::FileExists
            || refusal.status == Some(StatusCode::CONFLICT.as_u16());
        self.settle(may_exist, Outcome::Refused(refusal))
    }

    pub(super) fn gave_up(&self, mut failure: Failure, reply: Option<Reply>) -> State {
        let asked = reply.and_then(|reply| self.policy.asked(&reply));
        failure.retry_at = asked.map(|asked| self.clock.now() + asked);
        if failure.kind == FailureKind::Cancelled {
            // The caller wants to stop: it asks the index itself.
            return State::Over(self.given_up(failure.kind, &failure.message));
        }
        self.settle(false, Outcome::Failed(failure))
    }

    /// Ends with `outcome`, or asks the listing first.
    fn settle(&self, may_exist: bool, outcome: Outcome) -> State {
        match &self.page {
            Some(page) if may_exist || self.doubt.is_some() => {
                let file = (self.form.filename(), self.form.sha256());
                let resolve = Resolve::new(page, file, self.doubt, &self.clock, &self.policy);
                State::Looking(outcome, Box::new(resolve))
            }
            None if self.doubt.is_some() => {
                let lookup = "the simple API of the index is not known";
                State::Over(Outcome::unknown(outcome.to_string(), lookup))
            }
            _ => State::Over(outcome),
        }
    }

    /// What the listing makes of an outcome in doubt.
    pub(super) fn resolved(&self, doubtful: Outcome, resolution: Resolution) -> Outcome {
        let accepted = |listed| match &doubtful {
            Outcome::Refused(refusal) if self.is_taken && self.existing == Existing::IndexSays => {
                Some(Outcome::exists(refusal.message.clone(), listed))
            }
            _ => None,
        };
        match resolution {
            Resolution::Same if self.doubt.is_some() => Outcome::Uploaded {
                evidence: Evidence::ListedAfterFailure,
            },
            Resolution::Same if self.existing == Existing::Never => doubtful,
            Resolution::Same => Outcome::already_present(Evidence::ListedAfterRefusal),
            Resolution::Different(other) => {
                accepted(Some(other.clone())).unwrap_or_else(|| Outcome::other_content(&other))
            }
            Resolution::Absent => doubtful,
            Resolution::Unknown(why) => match accepted(None) {
                Some(outcome) => outcome,
                None if self.doubt.is_some() => Outcome::unknown(doubtful.to_string(), why),
                None => doubtful,
            },
        }
    }
}
