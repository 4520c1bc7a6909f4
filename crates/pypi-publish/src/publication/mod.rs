//! A whole publication as one flow.

mod phase;

use std::{collections::VecDeque, sync::Arc};

use pypi_http::{Flow, Part, Reply, RetryPolicy, Step, TransportError};
use pypi_trusted_publisher::{ApiToken, Burn, Exchange, Provider};
use pypi_upload::{
    Credentials, Evidence, Form, Index, Listed, Listing, Lookup, Outcome, Upload, Verification,
    Verify, exists_with_other_contents,
};

use phase::{
    Next, Phase, VERIFY_ATTEMPTS, ends_the_run, exchange_kind, progress, project, projects,
};

pub(crate) use phase::Access;

use crate::{Error, ErrorKind, Event, Observer, Plan, Report, dists::Dist};

/// Publishes a plan: a flow for [`drive`](pypi_http::drive) and [`drive_async`](pypi_http::drive_async), or to step by hand.
///
/// ```text
/// Lookup a project ──> Exchange ──> Upload a file ──> Verify a project ──> Burn ──> done
///    └──<──┘ each    (if needed)      └──<──┘ each       └──<──┘ each    (if minted)
/// ```
///
/// A file that the index already lists with the same sha256 is not sent; when that is true of all files, no token is
/// minted. After a refusal of the credentials, or when no connection can be made, the remaining files are not tried. A
/// minted token is burned on every path.
pub struct Publication {
    plan: Plan,
    index: Index,
    access: Access,
    policy: RetryPolicy,
    observer: Option<Arc<dyn Observer>>,
    projects: VecDeque<String>,
    credentials: Option<Credentials>,
    token: Option<ApiToken>,
    outcomes: Vec<Option<Outcome>>,
    verification: Verification,
    report: Report,
    phase: Phase,
}

impl Publication {
    pub(crate) fn new(
        plan: Plan,
        index: Index,
        access: Access,
        policy: RetryPolicy,
        observer: Option<Arc<dyn Observer>>,
    ) -> Self {
        Self {
            projects: projects(&plan.dists),
            outcomes: vec![None; plan.dists.len()],
            report: Report::new(&index),
            credentials: None,
            token: None,
            verification: Verification::default(),
            phase: Phase::Start,
            plan,
            index,
            access,
            policy,
            observer,
        }
    }

    fn tell(&self, event: &Event<'_>) {
        if let Some(observer) = &self.observer {
            observer.event(event);
        }
    }

    fn finish(&mut self, place: usize, outcome: Outcome) {
        let filename = self.plan.dists.get(place).map_or("", Dist::filename);
        self.tell(&Event::Finished {
            filename,
            outcome: &outcome,
        });
        if let Some(slot) = self.outcomes.get_mut(place) {
            *slot = Some(outcome);
        }
    }

    fn next_lookup(&mut self) -> Next {
        while let Some(project) = self.projects.pop_front() {
            if let Some(lookup) = Lookup::new(&self.index, &project, self.policy.clone()) {
                return Next::phase(Phase::Lookup(lookup));
            }
        }
        self.exchange()
    }

    fn listed(&mut self, listing: &Listing) {
        for place in 0..self.plan.dists.len() {
            let listed = self
                .plan
                .dists
                .get(place)
                .map(|dist| listing.compare(dist.filename(), dist.digests.sha256()));
            match listed {
                Some(Listed::Same) => self.finish(place, Outcome::already_listed(Evidence::Listed)),
                Some(Listed::Different) => self.finish(place, exists_with_other_contents()),
                _ => {}
            }
        }
    }

    fn exchange(&mut self) -> Next {
        if self.outcomes.iter().all(Option::is_some) {
            return Next::Over;
        }
        match &self.access {
            Access::Given(credentials) => {
                self.credentials = Some(credentials.clone());
                self.next_upload()
            }
            Access::Exchange(of) => {
                let (endpoints, identity) = &**of;
                let exchange =
                    Exchange::new(endpoints.clone(), identity.clone(), self.policy.clone());
                Next::phase(Phase::Exchange(exchange, identity.provider()))
            }
        }
    }

    fn minted(&mut self, token: ApiToken, provider: Provider) -> Next {
        self.tell(&Event::TokenMinted {
            provider,
            expires: token.expires(),
        });
        self.credentials = Some(Credentials::token(token.secret()));
        self.report.provider = Some(provider);
        self.report.token_expires = token.expires();
        self.token = Some(token);
        self.next_upload()
    }

    fn next_upload(&mut self) -> Next {
        let open = self.outcomes.iter().position(Option::is_none);
        let next = open.and_then(|place| {
            Some((
                place,
                self.plan.dists.get(place)?,
                self.credentials.clone()?,
            ))
        });
        let Some((place, dist, credentials)) = next else {
            return self.next_verify_after_uploads();
        };
        let content = Part::file(&dist.path, dist.digests.size());
        let mut form = Form::new(&dist.distribution, &dist.digests, content);
        if let (Some(json), Some(_)) = (&dist.attestations, &self.token) {
            form = form.attestations(json.clone());
        }
        let mut upload = Upload::new(
            form,
            dist.digests.sha256(),
            &self.index,
            &project(dist),
            credentials,
            self.policy.clone(),
        );
        if let Some(observer) = &self.observer {
            upload = upload.on_progress(progress(Arc::clone(observer), dist.filename()));
        }
        Next::phase(Phase::Upload(upload, place, 0))
    }

    fn uploaded(&mut self, place: usize, outcome: Outcome) -> Next {
        let stop = ends_the_run(&outcome);
        self.finish(place, outcome);
        if stop {
            for place in 0..self.outcomes.len() {
                if matches!(self.outcomes.get(place), Some(None)) {
                    self.finish(place, Outcome::not_tried());
                }
            }
        }
        self.next_upload()
    }

    fn next_verify_after_uploads(&mut self) -> Next {
        self.projects = projects(&self.plan.dists);
        self.next_verify()
    }

    fn next_verify(&mut self) -> Next {
        while let Some(name) = self.projects.pop_front() {
            let sent: Vec<(String, String)> = self
                .plan
                .dists
                .iter()
                .zip(&self.outcomes)
                .filter(|(dist, outcome)| {
                    project(dist) == name && matches!(outcome, Some(Outcome::Uploaded { .. }))
                })
                .map(|(dist, _)| (dist.filename().to_owned(), dist.digests.sha256().to_owned()))
                .collect();
            let policy = match self.policy.is_never() {
                true => RetryPolicy::never(),
                false => self.policy.clone().attempts(VERIFY_ATTEMPTS),
            };
            if !sent.is_empty()
                && let Some(verify) = Verify::new(&self.index, &name, sent, policy)
            {
                return Next::phase(Phase::Verify(verify));
            }
        }
        match (&self.token, &self.access) {
            (Some(token), Access::Exchange(of)) => {
                let burn = Burn::new(of.0.clone(), token.clone());
                Next::phase(Phase::Burn(burn))
            }
            _ => Next::Over,
        }
    }

    fn verified(&mut self, verification: Verification) -> Next {
        self.tell(&Event::Verified(&verification));
        self.verification.confirmed.extend(verification.confirmed);
        self.verification.different.extend(verification.different);
        self.verification.missing.extend(verification.missing);
        self.next_verify()
    }

    fn failed(
        &self,
        kind: ErrorKind,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Error {
        Error::new(kind, self.plan.clone()).with_source(source)
    }

    /// Steps the flow of the current phase: its next step, or the phase after it.
    fn advance(&mut self) -> Result<Next, Error> {
        Ok(match &mut self.phase {
            Phase::Start => {
                self.tell(&Event::Planned {
                    files: self.plan.dists.len(),
                    bytes: self.plan.size(),
                });
                self.next_lookup()
            }
            Phase::Lookup(lookup) => match lookup.step().map(Step::output) {
                Ok(Ok(listing)) => {
                    self.listed(&listing);
                    self.next_lookup()
                }
                Ok(Err(step)) => Next::step(step),
                Err(error) => return Err(self.failed(ErrorKind::Unavailable, error)),
            },
            Phase::Exchange(exchange, provider) => {
                let provider = *provider;
                match exchange.step().map(Step::output) {
                    Ok(Ok(token)) => self.minted(token, provider),
                    Ok(Err(step)) => Next::step(step),
                    Err(error) => return Err(self.failed(exchange_kind(&error), error)),
                }
            }
            Phase::Upload(upload, place, announced) => {
                let place = *place;
                let Ok(step) = upload.step();
                let attempts = upload.attempts();
                let is_new = std::mem::replace(announced, attempts) < attempts;
                match step.output() {
                    Ok(outcome) => self.uploaded(place, outcome),
                    Err(step) => {
                        if is_new {
                            self.attempt(place, attempts);
                        }
                        Next::step(step)
                    }
                }
            }
            Phase::Verify(verify) => {
                let Ok(step) = verify.step();
                match step.output() {
                    Ok(verification) => self.verified(verification),
                    Err(step) => Next::step(step),
                }
            }
            Phase::Burn(burn) => {
                let Ok(step) = burn.step();
                match step.output() {
                    Ok(outcome) => {
                        self.tell(&Event::Burned(outcome));
                        self.report.burned = Some(outcome);
                        Next::Over
                    }
                    Err(step) => Next::step(step),
                }
            }
        })
    }

    fn attempt(&self, place: usize, attempt: u32) {
        if let Some(dist) = self.plan.dists.get(place) {
            self.tell(&Event::AttemptStarted {
                filename: dist.filename(),
                size: dist.digests.size(),
                attempt,
            });
        }
    }
}

impl Flow for Publication {
    type Output = Report;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Report>, Error> {
        loop {
            match self.advance()? {
                Next::Phase(phase) => self.phase = *phase,
                Next::Step(step) => {
                    if let Step::Wait(pause) = &*step {
                        self.tell(&Event::RetryIn(*pause));
                    }
                    return Ok(*step);
                }
                Next::Over => {
                    self.report
                        .fill(&self.plan, &self.outcomes, &self.verification);
                    return Ok(Step::Done(self.report.clone()));
                }
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        match &mut self.phase {
            Phase::Start => {}
            Phase::Lookup(flow) => flow.received(reply),
            Phase::Exchange(flow, _) => flow.received(reply),
            Phase::Upload(flow, ..) => flow.received(reply),
            Phase::Verify(flow) => flow.received(reply),
            Phase::Burn(flow) => flow.received(reply),
        }
    }
}

impl std::fmt::Debug for Publication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publication")
            .field("index", &self.index)
            .field("outcomes", &self.outcomes)
            .finish_non_exhaustive()
    }
}

#[expect(
    dead_code,
    reason = "a compile-time check: the flow may move between threads"
)]
fn assert_send(publication: Publication) -> impl Send {
    publication
}
