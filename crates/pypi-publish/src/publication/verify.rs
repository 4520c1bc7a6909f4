//! Whether the index shows what it accepted.

use std::time::Duration;

use pypi_upload::{FailureKind, Listing, Outcome, Verification, Verify};

use super::{Kind, Publication, Stage, reader::Reader};
use crate::{
    Event,
    task::{Task, Work},
};

impl Publication {
    /// The next verification, once no file of the level is left to send.
    pub(super) fn next_verification(&mut self) -> Option<Task> {
        let is_over = |place: &usize| self.files[*place].outcome().is_some();
        if !self.of_level().iter().all(is_over) {
            return None;
        }
        while self.is_free() {
            let project = self.projects.iter().position(|project| {
                project.level == self.level && project.verification == Stage::Ahead
            })?;
            let Some((verify, timeout)) = self.verification(project) else {
                self.projects[project].verification = Stage::Over;
                continue;
            };
            match self.reader(timeout) {
                Reader::Later => return self.mint(),
                Reader::Nobody(why) => self.verified(project, Err(&why), None),
                Reader::With(credentials, token) => {
                    let verify = match credentials {
                        Some(credentials) => verify.credentials(&credentials),
                        None => verify,
                    };
                    self.projects[project].verification = Stage::Running;
                    let name = self.projects[project].name.clone();
                    self.tell(&Event::Verifying { project: &name });
                    let work = Work::Verify(name, Box::new(verify));
                    return Some(self.start(Kind::Verify(project, token), work));
                }
            }
        }
        None
    }

    /// The verification of a project, and how long it may take; `None` if nothing is to be verified.
    fn verification(&self, project: usize) -> Option<(Verify, Duration)> {
        let timeout = self.settings.verify?;
        let files: Vec<(String, String)> = self
            .unverified(project)
            .into_iter()
            .map(|place| {
                let dist = &self.plan.dists[place];
                (dist.filename().to_owned(), dist.digests.sha256().to_owned())
            })
            .collect();
        if files.is_empty() {
            return None;
        }
        let name = &self.projects[project].name;
        let verify = Verify::new(&self.settings.index, name, files)?
            .retry(self.settings.policy.clone())
            .clock(self.settings.clock.clone())
            .timeout(timeout);
        Some((verify, timeout))
    }

    /// The files that were uploaded, without those that the index was seen to list.
    fn unverified(&self, project: usize) -> Vec<usize> {
        let mut files = self.files_of(project);
        files.retain(|place| {
            let file = &self.files[*place];
            let is_uploaded = matches!(file.outcome(), Some(Outcome::Uploaded { .. }));
            is_uploaded && file.verification == Verification::NotAsked
        });
        files
    }

    /// Takes the results of a project, or why there are none.
    pub(super) fn verified(
        &mut self,
        project: usize,
        results: Result<Vec<Verification>, &str>,
        listing: Option<&Listing>,
    ) {
        self.projects[project].verification = Stage::Over;
        let why = results.as_ref().err().copied().unwrap_or(ABANDONED);
        let abandoned = || Verification::unknown(why);
        let mut results = results.unwrap_or_default().into_iter();
        for place in self.unverified(project) {
            let result = results.next().unwrap_or_else(abandoned);
            let filename = self.plan.dists[place].filename();
            self.tell(&Event::Verified {
                filename,
                verification: &result,
            });
            self.files[place].url = listing.and_then(|listing| listing.url(filename));
            self.files[place].verification = result;
        }
    }

    /// Goes to the next level of projects once the index shows this one; false when there is none, or this one is not
    /// over.
    pub(super) fn next_level(&mut self) -> bool {
        let is_over = |project: &super::Project| {
            project.level != self.level || project.verification == Stage::Over
        };
        let last = self.projects.iter().map(|project| project.level).max();
        if !self.projects.iter().all(is_over) || last <= Some(self.level) {
            return false;
        }
        let is_shown = |place: &usize| {
            let file = &self.files[*place];
            let is_present = file.outcome().is_some_and(Outcome::is_present);
            let result = &file.verification;
            is_present && matches!(result, Verification::Confirmed | Verification::NotAsked)
        };
        let missing = self.of_level().into_iter().find(|place| !is_shown(place));
        if let Some(place) = missing {
            let filename = self.plan.dists[place].filename();
            let why = format!("the index does not show {filename}, which goes before it");
            self.give_up(None, FailureKind::NotTried, &why);
        }
        self.level += 1;
        true
    }

    /// The places of the files of the current level.
    fn of_level(&self) -> Vec<usize> {
        (0..self.files.len())
            .filter(|place| self.projects[self.project_of(*place)].level == self.level)
            .collect()
    }
}

/// Why a task has no result that was given up.
pub(super) const ABANDONED: &str = "the run ended before the index replied";
