//! Outcomes, and the report.

use pypi_upload::{FailureKind, Outcome};

use super::{FileState, Publication, State};
use crate::{Error, Event, Report, report::FileReport};

impl FileState {
    /// Whether it may still be sent.
    pub(super) fn is_ahead(&self) -> bool {
        matches!(self.state, State::Waiting | State::Renewed(..))
    }

    pub(super) fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Over(outcome) => Some(outcome),
            _ => None,
        }
    }
}

impl Publication {
    /// Sets the outcome of a file.
    pub(super) fn end(&mut self, place: usize, outcome: Outcome) {
        let dist = &self.plan.dists[place];
        self.tell(&Event::Finished {
            filename: dist.filename(),
            outcome: &outcome,
        });
        let is_wheel = !dist.is_sdist();
        let file = &mut self.files[place];
        let release = &mut self.releases[file.release];
        if is_wheel {
            release.wheels_left = release.wheels_left.saturating_sub(1);
        }
        if outcome.is_present() {
            release.is_stored = true;
            self.projects[release.project].is_stored = true;
        }
        file.state = State::Over(outcome);
    }

    /// Ends the files that were not sent yet, those of one project or all of them.
    pub(super) fn give_up(&mut self, project: Option<usize>, kind: FailureKind, why: &str) {
        for place in 0..self.files.len() {
            let is_meant = project.is_none_or(|project| self.project_of(place) == project);
            if is_meant && self.files[place].is_ahead() {
                let outcome = match std::mem::replace(&mut self.files[place].state, State::Waiting)
                {
                    // It was refused, and cannot be sent again.
                    State::Renewed(_, refused) => refused,
                    _ => Outcome::failed(kind, why),
                };
                self.end(place, outcome);
            }
        }
    }

    /// Why the run as a whole failed.
    fn final_error(&self, files: &[FileReport]) -> Option<Error> {
        let is_missing = |file: &&FileReport| !file.outcome.is_present();
        let missing = files.iter().filter(is_missing).count();
        let error = match (self.stop, &self.error) {
            (Some(stop), _) => Error::new(stop.kind(), stop.reason()),
            (None, Some(error)) => error.clone(),
            (None, None) if files.iter().any(|file| !file.attempts().is_empty()) => return None,
            (None, None) => files.iter().find_map(|file| match &file.outcome {
                Outcome::Failed(failure) if failure.kind == FailureKind::Lookup => {
                    Some(Error::unavailable(&failure.message))
                }
                _ => None,
            })?,
        };
        Some(error.counted(files.len(), missing))
    }

    pub(super) fn report(&self) -> Report {
        let outcome = |file: &FileState| match &file.state {
            State::Over(outcome) | State::InDoubt(outcome) => outcome.clone(),
            _ => Outcome::failed(FailureKind::NotTried, "the run ended before its turn"),
        };
        let dists = self.plan.dists.iter().zip(&self.files).enumerate();
        let files: Vec<FileReport> = dists
            .map(|(place, (dist, file))| FileReport {
                outcome: outcome(file),
                verification: file.verification.clone(),
                attempts: file.attempts.clone(),
                url: file.url.clone(),
                attestations: self.shown_attestations(place),
                ..FileReport::planned(dist)
            })
            .collect();
        let error = self.final_error(&files);
        let planned = self.plan.report();
        let is_whole = files.iter().all(|file| file.outcome.is_present());
        let notes = self.notes.iter().filter(|_| !is_whole);
        let problems = planned.problems.iter().chain(&self.warnings).chain(notes);
        Report {
            files,
            problems: problems.cloned().collect(),
            tokens: self.tokens.summary(),
            error,
            ..planned
        }
    }
}
