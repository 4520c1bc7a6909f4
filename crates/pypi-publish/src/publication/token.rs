//! The tokens of a run: minting and burning.

use std::time::{Duration, UNIX_EPOCH};

use pypi_http::{CancelToken, RetryPolicy};
use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{
    ApiToken, Burn, BurnOutcome, ClaimProblem, Claims, Context, Exchange,
};
use pypi_upload::{Credentials, FailureKind};

use super::{Kind, Publication, Stage};
use crate::{
    Error, ErrorKind, Event, Problem,
    limit::Limit,
    report::TokenSummary,
    settings::Access,
    task::{GRACE, Task, Work},
};

/// The tokens that were minted. The last one is the current one.
#[derive(Default)]
pub(super) struct Tokens {
    minted: Vec<Minted>,
    /// Of the mint that runs.
    mint: Option<Mint>,
    /// Why the last mint failed. There is no other one then.
    pub(super) failed: Option<String>,
}

struct Mint {
    /// Aborts the request for the token.
    abort: CancelToken,
    /// Ends the time that it has left after a stop.
    grace: Option<CancelToken>,
}

struct Minted {
    token: ApiToken,
    credentials: Credentials,
    /// How long it lives.
    life: Option<Duration>,
    /// Expired, or soon: no upload starts with it.
    is_spent: bool,
    was_used: bool,
    /// The tasks that it is used for now.
    users: usize,
    burn: BurnState,
    /// Whether its burn was started after the stop, so that nothing aborts it.
    is_last_burn: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum BurnState {
    Ahead,
    Running,
    Over(BurnOutcome),
}

impl Tokens {
    pub(super) fn credentials(&mut self, token: usize) -> Credentials {
        let minted = &mut self.minted[token];
        minted.was_used = true;
        minted.users += 1;
        minted.credentials.clone()
    }

    /// Ends the use of a token for one task.
    pub(super) fn release(&mut self, token: Option<usize>) {
        if let Some(token) = token {
            self.minted[token].users -= 1;
        }
    }

    /// Whether nothing is left to burn.
    pub(super) fn are_burned(&self) -> bool {
        let mut minted = self.minted.iter();
        minted.all(|minted| matches!(minted.burn, BurnState::Over(_)))
    }

    /// The last token, if it is not burned.
    pub(super) fn last_alive(&self) -> Option<usize> {
        let last = self.minted.len().checked_sub(1)?;
        (self.minted[last].burn == BurnState::Ahead).then_some(last)
    }

    /// Has a token burned when nothing uses it any more.
    pub(super) fn retire(&mut self, token: usize) {
        self.minted[token].is_spent = true;
    }

    pub(super) fn summary(&self) -> TokenSummary {
        let outcomes = self.minted.iter().map(|minted| match minted.burn {
            BurnState::Over(outcome) => outcome,
            BurnState::Ahead | BurnState::Running => BurnOutcome::Failed,
        });
        TokenSummary {
            expires: self.minted.last().and_then(|minted| minted.token.expires()),
            burned: outcomes.collect(),
        }
    }
}

impl Publication {
    /// The token to send a file with that takes this long, if there is one that lives long enough.
    pub(super) fn usable_token(&self, time: Duration) -> Option<usize> {
        let place = self.tokens.minted.len().checked_sub(1)?;
        let minted = &self.tokens.minted[place];
        if minted.is_spent || minted.burn != BurnState::Ahead {
            return None;
        }
        let (Some(expires), Some(life)) = (minted.token.expires(), minted.life) else {
            return Some(place);
        };
        let left = (UNIX_EPOCH + Duration::from_secs(expires))
            .duration_since(self.settings.clock.now())
            .unwrap_or_default();
        // A new token is used whatever its life: the next one would not live longer.
        let is_enough = !minted.was_used || left > time + margin(life);
        is_enough.then_some(place)
    }

    /// How long a file may take: as long as before, if its token expired meanwhile.
    pub(super) fn time_for(&self, place: usize) -> Duration {
        let before = self.files[place].attempts.last().map(|last| last.duration);
        let estimate = self.estimate(self.plan.dists[place].digests.size());
        estimate.max(before.unwrap_or_default())
    }

    /// How long a file of this size takes: half as much again as at the rate so far.
    fn estimate(&self, size: u64) -> Duration {
        let (bytes, time) = self.sent;
        if bytes == 0 {
            return Duration::ZERO;
        }
        time.mul_f64(1.5 * size as f64 / bytes as f64)
    }

    /// The task that mints a token, unless one runs.
    pub(super) fn mint(&mut self) -> Option<Task> {
        if self.tokens.mint.is_some() {
            return None;
        }
        match self.tokens.minted.len().checked_sub(1) {
            Some(last) => self.tokens.retire(last),
            None if self.reads_with_token() => {}
            None => self.note_new_projects(),
        }
        let Access::Exchange(of) = &self.access else {
            return None;
        };
        let (endpoints, identity) = &**of;
        let policy = self.settings.policy.clone();
        let exchange = Exchange::new(endpoints.clone(), identity.clone(), policy)
            .clock(self.settings.clock.clone())
            .pypi_rules(self.is_pypi());
        let abort = CancelToken::new();
        self.tokens.mint = Some(Mint {
            abort: abort.clone(),
            grace: None,
        });
        Some(self.start(Kind::Mint, Work::Mint(Box::new(exchange), abort)))
    }

    /// The task that gives a mint under way a little more time after a stop: the token could not be burned otherwise.
    pub(super) fn next_grace(&mut self, limit: Limit) -> Option<Task> {
        let mint = self.tokens.mint.as_mut()?;
        if mint.grace.is_some() {
            return None;
        }
        mint.grace = Some(limit.cancel.clone());
        Some(self.start_within(limit, Kind::Grace, Work::Grace(GRACE)))
    }

    pub(super) fn grace_is_over(&self) {
        if let Some(mint) = &self.tokens.mint {
            mint.abort.cancel();
        }
    }

    pub(super) fn minted(
        &mut self,
        result: Result<ApiToken, Option<pypi_trusted_publisher::Error>>,
        claims: Option<Claims>,
    ) {
        if let Some(grace) = self.tokens.mint.take().and_then(|mint| mint.grace) {
            grace.cancel();
        }
        match result {
            Ok(token) => {
                self.add_token(token);
                // What is sent, and so what its attestations are, is not known before the lookups.
                match claims {
                    Some(claims) if self.reads_with_token() => {
                        self.early_claims.get_or_insert(claims);
                    }
                    Some(claims) => self.take_claims(claims),
                    None => {}
                }
            }
            Err(error) if self.stop.is_none() => {
                let why = match &error {
                    Some(error) => error.to_string(),
                    None => "the exchange was abandoned".to_owned(),
                };
                let no_token = format!("no API token: {why}");
                self.tokens.failed = Some(no_token.clone());
                if !self.files.iter().any(super::FileState::is_ahead) {
                    // It was for reading only.
                    return;
                }
                self.give_up(None, FailureKind::Token, &no_token);
                self.error = Some(match error {
                    Some(error) => Error::of_exchange(error, &self.context()),
                    None => Error::new(ErrorKind::Identity, why),
                });
            }
            Err(_) => {}
        }
    }

    /// Notes what is wrong with an ID token, once.
    pub(super) fn note_claims(&mut self, problems: Vec<ClaimProblem>) {
        for problem in problems {
            let finding = Finding::new(&rules::IDENTITY_CLAIMS, problem.message());
            let finding = finding.with_help(problem.remedy());
            let problem = Problem::new(self.settings.index.name(), finding);
            self.warn(problem);
        }
    }

    /// Names the projects that need a pending publisher, before the index refuses them.
    pub(super) fn note_new_projects(&mut self) {
        if self.new_projects.is_some() {
            return;
        }
        let is_new = |project: &&super::Project| !project.is_stored;
        self.new_projects = Some(self.projects.iter().filter(is_new).count());
        if !self.looks_up() {
            return;
        }
        let index = self.settings.index.name().to_owned();
        for project in self.projects.iter().filter(is_new) {
            let name = &project.name;
            let message = format!(
                "{index} lists no files of {name}: if the project is new, trusted publishing needs a pending publisher for it"
            );
            let help =
                "register one for each new project; an exchange creates the project of one of them";
            let finding = Finding::new(&rules::PROJECT_NEW, message).with_help(help);
            self.notes.push(Problem::new(index.clone(), finding));
        }
    }

    /// What is known besides the ID token.
    fn context(&self) -> Context {
        let context = self.settings.context();
        self.projects.iter().fold(context, |context, project| {
            let is_known = self.looks_up() && project.lookup == Stage::Over;
            context.project(&project.name, is_known.then_some(project.is_stored))
        })
    }

    fn add_token(&mut self, token: ApiToken) {
        if let Some(mask) = &self.settings.mask {
            mask(token.secret());
        }
        if let Access::Exchange(of) = &self.access {
            self.tell(&Event::TokenMinted {
                provider: of.1.provider(),
                expires: token.expires(),
            });
        }
        let now = self.settings.clock.unix_seconds();
        let life = token.expires().map(|expires| expires.saturating_sub(now));
        self.tokens.minted.push(Minted {
            credentials: Credentials::token(token.secret()),
            token,
            life: life.map(Duration::from_secs),
            is_spent: false,
            was_used: false,
            users: 0,
            burn: BurnState::Ahead,
            is_last_burn: false,
        });
    }

    /// The task that burns a token which nothing needs.
    pub(super) fn next_burn(&mut self) -> Option<Task> {
        if !self.is_free() {
            return None;
        }
        let is_needed = self.files.iter().any(super::FileState::is_ahead) || self.may_read();
        let last = self.tokens.minted.len().checked_sub(1)?;
        let is_idle = |(place, minted): (usize, &Minted)| {
            let is_current = place == last && is_needed && !minted.is_spent;
            minted.burn == BurnState::Ahead && minted.users == 0 && !is_current
        };
        let place = self.tokens.minted.iter().enumerate().position(is_idle)?;
        let (work, kind) = self.burn(place, self.settings.policy.clone())?;
        Some(self.start(kind, work))
    }

    /// The task that burns a token at once, or after the last page that is read with it.
    pub(super) fn next_burn_when_stopped(&mut self, limit: Limit) -> Option<Task> {
        let waits = self.reads_with_token();
        let is_alive =
            |minted: &Minted| minted.burn == BurnState::Ahead && !(waits && minted.users > 0);
        let place = self.tokens.minted.iter().position(is_alive)?;
        let policy = self
            .settings
            .policy
            .clone()
            .longest_pause(Duration::from_secs(1));
        self.tokens.minted[place].is_last_burn = true;
        let (work, kind) = self.burn(place, policy)?;
        Some(self.start_within(limit, kind, work))
    }

    fn burn(&mut self, place: usize, policy: RetryPolicy) -> Option<(Work, Kind)> {
        let Access::Exchange(of) = &self.access else {
            return None;
        };
        let minted = &mut self.tokens.minted[place];
        minted.burn = BurnState::Running;
        let burn = Burn::new(&of.0, &minted.token, policy);
        Some((Work::Burn(Box::new(burn)), Kind::Burn(place)))
    }

    pub(super) fn burned(&mut self, token: usize, outcome: BurnOutcome, failure: Option<&str>) {
        let minted = &mut self.tokens.minted[token];
        if outcome == BurnOutcome::Failed && self.stop.is_some() && !minted.is_last_burn {
            // The stop has aborted it.
            minted.burn = BurnState::Ahead;
            return;
        }
        minted.burn = BurnState::Over(outcome);
        self.tell(&Event::Burned { outcome, failure });
    }
}

/// How much of a token's life is left unused.
fn margin(life: Duration) -> Duration {
    (life / 10).min(Duration::from_secs(10))
}
