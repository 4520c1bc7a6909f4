//! Whether the index shows what it accepted.

use pypi_upload::{FailureKind, Listing, Outcome, Verification, Verify};

use super::{Kind, Publication, Stage};
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
            match self.verification(project) {
                Some(verify) => {
                    self.projects[project].verification = Stage::Running;
                    let name = self.projects[project].name.clone();
                    self.tell(&Event::Verifying { project: &name });
                    let work = Work::Verify(name, Box::new(verify));
                    return Some(self.start(Kind::Verify(project), work));
                }
                None => self.projects[project].verification = Stage::Over,
            }
        }
        None
    }

    fn verification(&self, project: usize) -> Option<Verify> {
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
        Some(match self.access.given() {
            Some(credentials) => verify.credentials(credentials),
            None => verify,
        })
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

    /// Takes the results of a project; none when the task was abandoned.
    pub(super) fn verified(
        &mut self,
        project: usize,
        results: Option<Vec<Verification>>,
        listing: Option<&Listing>,
    ) {
        self.projects[project].verification = Stage::Over;
        let abandoned = || Verification::unknown("the run ended before the index replied");
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
