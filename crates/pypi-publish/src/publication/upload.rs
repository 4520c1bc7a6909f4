//! Uploads: which file is next, and what follows from its outcome.

use std::sync::Arc;

use pypi_http::{Progress, TransportErrorKind};
use pypi_upload::{
    Attempt, Credentials, Evidence, FailureKind, Form, Outcome, RefusalKind, Upload,
};

use super::{Kind, Publication, State};
use crate::{
    Event, Observer,
    settings::Access,
    task::{Task, Work},
};

impl Publication {
    /// The next upload; or the mint of the token that it needs.
    pub(super) fn next_upload(&mut self) -> Option<Task> {
        if !self.is_free() {
            return None;
        }
        let place = (0..self.files.len()).find(|place| self.may_send(*place))?;
        let (credentials, token) = match &self.access {
            Access::Given(credentials) => (credentials.clone(), None),
            Access::Exchange(_) => match self.usable_token(self.time_for(place)) {
                Some(token) => {
                    self.note_new_projects();
                    (self.tokens.credentials(token), Some(token))
                }
                None => return self.mint(),
            },
        };
        Some(self.send(place, credentials, token))
    }

    fn may_send(&self, place: usize) -> bool {
        let file = &self.files[place];
        let release = &self.releases[file.release];
        let project = &self.projects[release.project];
        let is_free = match (project.is_stored, release.is_stored) {
            (_, true) => true,
            // The first file of a release creates it, and that of a project the project: it goes alone.
            (true, false) => release.sending == 0,
            (false, false) => project.sending == 0,
        };
        let is_after_wheels = release.wheels_left == 0 || !self.plan.dists[place].is_sdist();
        file.is_ahead() && project.level == self.level && is_free && is_after_wheels
    }

    fn send(&mut self, place: usize, credentials: Credentials, token: Option<usize>) -> Task {
        let state = std::mem::replace(&mut self.files[place].state, State::Sending);
        let upload = match state {
            State::Renewed(mut upload, _) => {
                upload.renew(credentials);
                upload
            }
            _ => Box::new(self.upload(place, credentials)),
        };
        let release = self.files[place].release;
        self.releases[release].sending += 1;
        self.projects[self.releases[release].project].sending += 1;
        let dist = &self.plan.dists[place];
        let work = Work::Upload(dist.filename().into(), dist.digests.size(), upload);
        self.start(Kind::Upload(place, token), work)
    }

    fn upload(&self, place: usize, credentials: Credentials) -> Upload {
        let dist = &self.plan.dists[place];
        let mut form = Form::new(&dist.distribution, &dist.digests, dist.content.clone());
        if let Some(md5) = dist
            .digests
            .md5()
            .filter(|_| self.settings.index.profile().md5)
        {
            form = form.md5(md5);
        }
        if let Some(json) = self.form_value(place) {
            form = form.attestations(json);
        }
        let upload = Upload::new(form, &self.settings.index, credentials)
            .existing(self.settings.existing)
            .retry(self.settings.policy.clone())
            .clock(self.settings.clock.clone());
        match &self.settings.observer {
            Some(observer) => upload.on_progress(progress(Arc::clone(observer), dist.filename())),
            None => upload,
        }
    }

    pub(super) fn uploaded(
        &mut self,
        place: usize,
        token: Option<usize>,
        outcome: Outcome,
        attempts: Vec<Attempt>,
        unfinished: Option<Box<Upload>>,
    ) {
        self.leave(place, token);
        let may_renew =
            self.stop.is_none() && self.files[place].renewals < self.most_renewals(&outcome);
        self.measure(&outcome, &attempts);
        self.files[place].attempts = attempts;
        match (unfinished, token) {
            (Some(upload), Some(token)) if may_renew => {
                self.tokens.retire(token);
                let file = &mut self.files[place];
                file.renewals += 1;
                file.state = State::Renewed(upload, outcome);
            }
            _ if self.stop.is_some() && matches!(outcome, Outcome::Unknown(_)) => {
                self.files[place].state = State::InDoubt(outcome);
            }
            _ => self.conclude(place, outcome),
        }
    }

    /// How often a file with this outcome may be sent with another token. Each exchange of an ID token creates the project of
    /// one pending publisher, so a project that does not exist yet may be that of a later one.
    fn most_renewals(&self, outcome: &Outcome) -> usize {
        let is_missing = matches!(outcome, Outcome::Refused(refusal) if refusal.kind == RefusalKind::ProjectMissing);
        match (is_missing, &self.access) {
            (true, Access::Exchange(of)) if of.1.is_renewable() => {
                self.new_projects.unwrap_or_default()
            }
            (true, _) => 0,
            (false, _) => 1,
        }
    }

    /// Counts a file no longer as being sent.
    pub(super) fn leave(&mut self, place: usize, token: Option<usize>) {
        let release = self.files[place].release;
        self.releases[release].sending -= 1;
        self.projects[self.releases[release].project].sending -= 1;
        self.tokens.release(token);
    }

    /// Takes the rate of an upload that was accepted.
    fn measure(&mut self, outcome: &Outcome, attempts: &[Attempt]) {
        let is_accepted = matches!(
            outcome,
            Outcome::Uploaded {
                evidence: Evidence::Reply,
                ..
            }
        );
        if let (true, Some(last)) = (is_accepted, attempts.last()) {
            self.sent.0 += last.bytes;
            self.sent.1 += last.duration;
        }
    }

    /// Sets an outcome, and ends the uploads for which it means that they would fare the same.
    fn conclude(&mut self, place: usize, outcome: Outcome) {
        let project = self.project_of(place);
        let name = self.plan.dists[place].filename().to_owned();
        let listed = [Evidence::ListedAfterFailure, Evidence::ListedAfterRefusal];
        if outcome
            .evidence()
            .is_some_and(|evidence| listed.contains(&evidence))
        {
            self.confirm(place);
        }
        let why = format!("not tried after {name}: {outcome}");
        self.explain(place, &outcome);
        let reach = reach(&outcome);
        self.end(place, outcome);
        match reach {
            Reach::File => {}
            Reach::Project => self.give_up(Some(project), FailureKind::NotTried, &why),
            Reach::Run => self.give_up(None, FailureKind::NotTried, &why),
        }
    }
}

/// How far an outcome tells that of other files.
enum Reach {
    File,
    Project,
    Run,
}

fn reach(outcome: &Outcome) -> Reach {
    match outcome {
        Outcome::Refused(refusal) => match refusal.kind {
            RefusalKind::Authentication
            | RefusalKind::ProjectMissing
            | RefusalKind::TokenExpired => Reach::Project,
            RefusalKind::WrongUrl => Reach::Run,
            _ => Reach::File,
        },
        Outcome::Failed(failure) => match failure.kind {
            FailureKind::Transport(
                TransportErrorKind::ClientCertificate
                | TransportErrorKind::Connect
                | TransportErrorKind::Proxy
                | TransportErrorKind::Request
                | TransportErrorKind::Tls
                | TransportErrorKind::Unusable,
            ) => Reach::Run,
            _ => Reach::File,
        },
        _ => Reach::File,
    }
}

fn progress(observer: Arc<dyn Observer>, filename: &str) -> Progress {
    let filename = filename.to_owned();
    Arc::new(move |count| {
        observer.event(&Event::BytesSent {
            filename: &filename,
            count,
        });
    })
}
