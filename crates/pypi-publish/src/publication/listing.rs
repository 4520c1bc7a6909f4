//! What the index lists before anything is sent.

use std::time::Duration;

use pypi_http::RetryPolicy;
use pypi_metadata::Filename;
use pypi_upload::{
    Credentials, Evidence, Existing, FailureKind, Listed, Listing, Lookup, Outcome, RefusalKind,
    Verification,
};

use super::{Kind, Publication, Stage, reader::Reader};
use crate::task::{Task, Work};

impl Publication {
    pub(super) fn next_lookup(&mut self) -> Option<Task> {
        while self.is_free() {
            let ahead = |project: &super::Project| project.lookup == Stage::Ahead;
            let project = self.projects.iter().position(ahead)?;
            let files = self.files_of(project);
            let is_ahead = files.iter().any(|place| self.files[*place].is_ahead());
            if !is_ahead || !self.looks_up() {
                self.projects[project].lookup = Stage::Over;
                continue;
            }
            match self.reader(Duration::ZERO) {
                Reader::Later => return self.mint(),
                Reader::Nobody(why) => self.listed(project, Err(why)),
                Reader::With(credentials, token) => {
                    let policy = self.settings.policy.clone();
                    let lookup = self.lookup(project, credentials, policy)?;
                    self.projects[project].lookup = Stage::Running;
                    return Some(self.start(Kind::Lookup(project, token), lookup));
                }
            }
        }
        None
    }

    /// Whether projects are looked up before anything is sent.
    pub(super) fn looks_up(&self) -> bool {
        let is_known = self.settings.index.simple_url().is_some();
        is_known && self.settings.existing != Existing::IndexSays
    }

    /// The lookup of a project; `None` when the simple API of the index is not known.
    pub(super) fn lookup(
        &self,
        project: usize,
        credentials: Option<Credentials>,
        policy: RetryPolicy,
    ) -> Option<Work> {
        let name = &self.projects[project].name;
        let lookup = Lookup::new(&self.settings.index, name, policy)?;
        let lookup = match credentials {
            Some(credentials) => lookup.credentials(&credentials),
            None => lookup,
        };
        Some(Work::Lookup(name.clone(), Box::new(lookup)))
    }

    /// Takes the files that the index lists for a project.
    pub(super) fn listed(&mut self, project: usize, listing: Result<Listing, String>) {
        self.projects[project].lookup = Stage::Over;
        let files = self.files_of(project);
        let listing = match listing {
            Ok(listing) => listing,
            Err(why) => {
                for place in files {
                    self.end(place, Outcome::failed(FailureKind::Lookup, why.clone()));
                }
                return;
            }
        };
        self.note_releases(project, &listing);
        for place in files {
            let dist = &self.plan.dists[place];
            match listing.compare(dist.filename(), dist.digests.sha256()) {
                Listed::Same | Listed::Unknown if self.settings.existing == Existing::Never => {
                    let message = "the index lists a file of this name: build a new version";
                    self.end(place, Outcome::refused(RefusalKind::FileExists, message));
                }
                Listed::Same => {
                    self.files[place].url = listing.url(dist.filename());
                    self.confirm(place);
                    self.end(place, Outcome::already_present(Evidence::Listed));
                }
                Listed::Different(other) => self.end(place, Outcome::other_content(other)),
                _ => {
                    if let Some(outcome) = closed(&listing) {
                        self.end(place, outcome);
                    }
                }
            }
        }
    }

    /// Notes which releases the index has files of.
    fn note_releases(&mut self, project: usize, listing: &Listing) {
        let places = self.files_of(project);
        for name in listing.filenames() {
            self.projects[project].is_stored = true;
            let Ok(name) = Filename::parse(name) else {
                continue;
            };
            for place in &places {
                let ours = self.plan.dists[*place].distribution.filename();
                if ours.version() == name.version() {
                    self.releases[self.files[*place].release].is_stored = true;
                }
            }
        }
    }

    /// The listing that shows a file is its verification.
    pub(super) fn confirm(&mut self, place: usize) {
        self.files[place].verification = Verification::Confirmed;
    }
}

/// The outcome of a file of a project that accepts none.
///
/// # Source
///
/// [PEP 792](https://peps.python.org/pep-0792/): an archived project is not expected to be updated, a quarantined one
/// cannot be. A deprecated one can.
fn closed(listing: &Listing) -> Option<Outcome> {
    let status = listing.status()?;
    let help = match status {
        "archived" => "unarchive it in its settings on the index",
        "quarantined" => "an administrator of the index must release it",
        _ => return None,
    };
    let message = format!("the project is {status}, so the index accepts no file: {help}");
    Some(Outcome::refused(RefusalKind::ProjectStatus, message))
}
