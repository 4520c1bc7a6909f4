//! The early end of a run: after a cancellation, at the deadline, and of tasks that were dropped.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use pypi_http::{CancelToken, RetryPolicy};
use pypi_trusted_publisher::BurnOutcome;
use pypi_upload::{Evidence, FailureKind, Listed, Listing, Outcome};

use super::{Kind, Publication, Stage, State, Stop, reader::Reader, verify::ABANDONED};
use crate::{
    ErrorKind, Event,
    limit::Limit,
    task::{GRACE, Task},
};

impl Stop {
    pub(super) fn kind(self) -> ErrorKind {
        match self {
            Self::Cancelled => ErrorKind::Cancelled,
            Self::Deadline => ErrorKind::Deadline,
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Cancelled => "the run was cancelled",
            Self::Deadline => "the deadline of the run has passed",
        }
    }
}

impl Publication {
    /// Notices a cancellation and the deadline.
    pub(super) fn check_limits(&mut self) {
        if self.stop.is_some() || self.is_done() {
            return;
        }
        let is_late = self.end.is_some_and(|end| self.settings.clock.now() >= end);
        let stop = match (self.cancel.is_cancelled(), is_late) {
            (true, _) => Stop::Cancelled,
            (false, true) => Stop::Deadline,
            (false, false) => return,
        };
        self.stop = Some(stop);
        // At the deadline the tasks that still run end by their own limit; this ends their pauses too.
        self.cancel.cancel();
        self.tell(&Event::Stopping {
            reason: stop.reason(),
        });
        self.give_up(None, FailureKind::NotTried, stop.reason());
    }

    /// Whether the run ends early, and has noticed it.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_some()
    }

    /// Whether there is nothing left to stop.
    fn is_done(&self) -> bool {
        let is_verified = |project: &super::Project| project.verification == Stage::Over;
        self.running.is_empty() && self.projects.iter().all(is_verified) && self.tokens.are_burned()
    }

    pub(super) fn next_when_stopped(&mut self) -> Option<Task> {
        self.end_doubts();
        if let Some(task) = self.next_grace(self.limit_of_stop(GRACE)) {
            return Some(task);
        }
        // A token that pages are read with is burned after the last of them.
        if !self.reads_with_token()
            && let Some(task) = self.next_burn_when_stopped(self.limit_of_stop(BURN))
        {
            return Some(task);
        }
        let is_upload = |running: &super::Running| matches!(running.kind, Kind::Upload(..));
        if self.running.values().any(is_upload) {
            return None;
        }
        self.next_doubt()
            .or_else(|| self.next_burn_when_stopped(self.limit_of_stop(BURN)))
    }

    /// The lookup of a project with a file in doubt.
    pub(super) fn next_doubt(&mut self) -> Option<Task> {
        while let Some(project) = self.doubtful() {
            let time = match self.reads_with_token() {
                true => DOUBT_BEFORE_BURN,
                false => DOUBT,
            };
            match self.reader(time) {
                Reader::Later if self.is_free() => return self.mint(),
                Reader::Later => return None,
                Reader::Nobody(why) => self.resolved(project, Err(why)),
                Reader::With(credentials, token) => {
                    let lookup = self.lookup(project, credentials, RetryPolicy::never())?;
                    self.projects[project].doubt = Stage::Running;
                    let (limit, kind) = (self.limit_of_stop(time), Kind::Doubt(project, token));
                    return Some(self.start_within(limit, kind, lookup));
                }
            }
        }
        None
    }

    /// A project with files in doubt, which is not being looked up.
    fn doubtful(&self) -> Option<usize> {
        (0..self.projects.len()).find(|project| {
            self.projects[*project].doubt == Stage::Ahead && !self.in_doubt(*project).is_empty()
        })
    }

    /// Whether a file is in doubt.
    pub(super) fn has_doubt(&self) -> bool {
        let mut states = self.files.iter().map(|file| &file.state);
        states.any(|state| matches!(state, State::InDoubt(_)))
    }

    /// Ends the files in doubt that cannot be looked up.
    pub(super) fn end_doubts(&mut self) {
        if self.settings.index.simple_url().is_some() {
            return;
        }
        for project in 0..self.projects.len() {
            if !self.in_doubt(project).is_empty() {
                self.resolved(project, Err("the simple API is not known".to_owned()));
            }
        }
    }

    fn in_doubt(&self, project: usize) -> Vec<usize> {
        let mut files = self.files_of(project);
        files.retain(|place| matches!(self.files[*place].state, State::InDoubt(_)));
        files
    }

    /// Takes what the index lists after a stop. What it does not list may still come: it stays unknown.
    pub(super) fn resolved(&mut self, project: usize, listing: Result<Listing, String>) {
        // Others may come to be in doubt later.
        self.projects[project].doubt = Stage::Ahead;
        for place in self.in_doubt(project) {
            let dist = &self.plan.dists[place];
            let (filename, sha256) = (dist.filename(), dist.digests.sha256());
            let message = match &self.files[place].state {
                State::InDoubt(Outcome::Unknown(doubt)) => doubt.message.clone(),
                _ => continue,
            };
            let outcome = match &listing {
                Err(why) => Outcome::unknown(message, why.clone()),
                Ok(listing) => match listing.compare(filename, sha256) {
                    Listed::Same => {
                        self.files[place].url = listing.url(filename);
                        self.confirm(place);
                        Outcome::uploaded(Evidence::ListedAfterFailure)
                    }
                    Listed::Different(other) => Outcome::other_content(other),
                    _ => Outcome::unknown(message, "the index does not list it yet"),
                },
            };
            self.end(place, outcome);
        }
    }

    /// Finds tasks that were dropped, and so will never be finished.
    pub(super) fn reap(&mut self) {
        let dropped: Vec<u64> = self
            .running
            .iter()
            .filter(|(_, running)| Arc::strong_count(&running.has_sent) == 1)
            .map(|(id, _)| *id)
            .collect();
        for id in dropped {
            if let Some(running) = self.running.remove(&id) {
                let has_sent = running.has_sent.load(Ordering::Relaxed);
                self.dropped(running.kind, has_sent);
            }
        }
    }

    /// Ends what a task was for that did not end itself.
    pub(super) fn dropped(&mut self, kind: Kind, has_sent: bool) {
        let why = "its task was dropped";
        match kind {
            Kind::Burn(token) => self.burned(token, BurnOutcome::Failed, Some(why)),
            Kind::Grace => self.grace_is_over(),
            Kind::Doubt(project, token) => {
                self.tokens.release(token);
                self.resolved(project, Err(why.to_owned()));
            }
            Kind::Lookup(project, token) => {
                self.tokens.release(token);
                self.listed(project, Err(why.to_owned()));
            }
            Kind::Mint => self.minted(Err(None), None),
            #[cfg(feature = "sign")]
            Kind::Sign(batch) => self.signing_dropped(batch, has_sent, why),
            Kind::Upload(place, token) => {
                let outcome = match has_sent {
                    true => Outcome::unknown(why, "the index was not asked"),
                    false => Outcome::failed(FailureKind::NotTried, why),
                };
                self.leave(place, token);
                match has_sent {
                    true => self.files[place].state = State::InDoubt(outcome),
                    false => self.end(place, outcome),
                }
            }
            Kind::Verify(project, token) => {
                self.tokens.release(token);
                self.verified(project, Err(ABANDONED), None);
            }
        }
    }

    fn limit_of_stop(&self, time: Duration) -> Limit {
        let clock = self.settings.clock.clone();
        Limit {
            end: Some(clock.now() + time),
            clock,
            cancel: CancelToken::new(),
            timeout: time,
            upload_timeout: time,
        }
    }
}

/// How long burning may take after a stop. CI systems kill a job about ten seconds after their first signal.
const BURN: Duration = Duration::from_secs(4);

/// How long the lookup of a project in doubt may take after a stop.
const DOUBT: Duration = Duration::from_secs(5);

/// The same where it uses the token that is to be burned.
const DOUBT_BEFORE_BURN: Duration = Duration::from_secs(3);
