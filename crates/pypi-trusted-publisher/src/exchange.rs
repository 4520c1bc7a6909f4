//! The exchange: audience, ID token, mint.

use std::{fmt, time::Duration};

use http::StatusCode;
use pypi_http::{
    Call, Clock, CommandOutput, Flow, Reply, Retry, RetryPolicy, Step, TransportError, failure,
};
use serde_json::json;

use crate::{
    ApiToken, Audience, BoxFlow, ClaimProblem, Claims, Endpoints, Error, IdToken, Identity, answer,
    requests::{complete, post_json},
    unsent,
};

/// Exchanges a CI identity for an API token.
///
/// ```text
/// Audience ──200──> IdToken ──token──> Mint ──200──> done
///                      ^                │
///                      └────────────────┘ no reply, 429 or 5xx: the ID token may be spent, so with a new one
/// ```
///
/// A request without a reply, or with 408, 425, 429 or 5xx, is repeated as the [`RetryPolicy`] says. An ID token is
/// single use on PyPI, so a mint is never repeated with one that may be spent: the two are retried together. Where the
/// provider has one ID token per job, a mint whose reply is lost ends the exchange.
///
/// The ID token goes only to the [`Endpoints`] that announced the audience, over https or to this machine. It is not sent
/// if it is for another audience; [`pypi_rules`](Self::pypi_rules) adds what PyPI certainly rejects.
pub struct Exchange {
    endpoints: Endpoints,
    identity: Identity,
    policy: RetryPolicy,
    clock: Clock,
    is_pypi: bool,
    /// How far the index's clock is behind ours.
    lag: Duration,
    problems: Vec<ClaimProblem>,
    claims: Option<Claims>,
    /// For the ID token and the mint together.
    retry: Retry,
    attempts: u32,
    failure: Option<String>,
    state: State,
}

enum State {
    Start,
    Audience(Audience),
    IdToken(String, BoxFlow<IdToken>),
    Mint(String, IdToken, Call),
    /// Before a new ID token, or the same one if the index certainly did not use it.
    Pause(String, Option<IdToken>, Duration),
}

impl Exchange {
    /// An exchange at an index for a job's identity.
    pub fn new(endpoints: Endpoints, identity: Identity, policy: RetryPolicy) -> Self {
        Self {
            endpoints,
            identity,
            retry: Retry::new(policy.clone()),
            attempts: 1,
            failure: None,
            policy,
            clock: Clock::system(),
            is_pypi: false,
            lag: Duration::ZERO,
            problems: Vec::new(),
            claims: None,
            state: State::Start,
        }
    }

    /// The clock that decides whether an ID token has expired; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Whether the index is known to be PyPI or TestPyPI; false by default. An ID token that they certainly reject is then
    /// not sent: it has expired, its audience is a list, it is not signed with RS256 by a named key, a claim that they require
    /// is missing or invalid, or the job was started by `pull_request_target` or CircleCI's rerun with SSH.
    ///
    /// Where the index's reply has a `Date`, the token has expired only if that shows it too. A token that PyPI may accept is
    /// sent; [`problems`](Self::problems) are what is wrong with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_trusted_publisher::{Endpoints, Environment, Exchange, Identity, provider::Supplied};
    /// use pypi_http::{RetryPolicy, Secret};
    ///
    /// let token = Supplied::value(Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"));
    /// let identity = Identity::of(token, &Environment::default(), None)?;
    /// let endpoints = Endpoints::at(&"https://index.example/legacy/".parse()?).expect("a host");
    /// let exchange = Exchange::new(endpoints, identity, RetryPolicy::default()).pypi_rules(true);
    /// assert!(exchange.problems().is_empty(), "no ID token was requested yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pypi_rules(mut self, is_pypi: bool) -> Self {
        self.is_pypi = is_pypi;
        self
    }

    fn id_token(&self, audience: String) -> State {
        let flow = self.identity.id_token(&audience);
        State::IdToken(audience, flow)
    }

    fn mint(&self, audience: String, token: IdToken) -> State {
        let request = post_json(
            &self.endpoints.mint,
            &json!({ "token": token.secret().reveal() }),
        );
        let call = Call::new(request, RetryPolicy::never());
        State::Mint(audience, token, call)
    }

    /// The state after a request for an ID token.
    fn issued(&mut self, audience: String, result: Result<IdToken, Error>) -> Result<State, Error> {
        let error = match result {
            Ok(token) => {
                let now = (self.clock.unix_seconds()).saturating_sub(self.lag.as_secs());
                let (problems, error) = unsent::check(token.claims(), &audience, now, self.is_pypi);
                self.problems = problems;
                self.claims = Some(token.claims().clone());
                return match error {
                    None => Ok(self.mint(audience, token)),
                    Some(error) => Err(error),
                };
            }
            Err(error) => error,
        };
        if !error.is_transient() {
            return Err(error);
        }
        match self.retry.pause_asked(error.retry_after()) {
            Some(pause) => Ok(self.again(audience, None, pause, error.causes())),
            None => Err(error),
        }
    }

    /// The pause after a mint that may be repeated; `None` when it is final.
    fn lost(
        &mut self,
        audience: &str,
        token: &IdToken,
        answer: &Result<Reply, TransportError>,
        call: &Call,
    ) -> Option<State> {
        let is_renewable = self.identity.is_renewable();
        if !is_renewable && may_be_spent(answer) {
            return None;
        }
        let pause = self.retry.after(answer)?;
        let token = (!is_renewable).then(|| token.clone());
        let failure = failure(answer, call.uri());
        Some(self.again(audience.to_owned(), token, pause, failure))
    }

    fn again(
        &mut self,
        audience: String,
        token: Option<IdToken>,
        pause: Duration,
        failure: String,
    ) -> State {
        self.attempts += 1;
        self.failure = Some(failure);
        State::Pause(audience, token, pause)
    }

    /// The result of a mint.
    fn minted(
        &self,
        answer: Result<Reply, TransportError>,
        token: &IdToken,
        call: &Call,
    ) -> Result<ApiToken, Error> {
        let is_spent = !self.identity.is_renewable() && may_be_spent(&answer);
        let minted = complete(answer, "an API token", call.uri())
            .and_then(|reply| answer::minted(&reply, token, self.clock.unix_seconds()));
        minted.map_err(|error| match error.is_transient() && is_spent {
            true => error.with_help(format!(
                "{} issues one ID token per job, which may be used up now: run the job again",
                self.identity.provider()
            )),
            false => error,
        })
    }

    /// What is wrong with the claims of the last ID token, besides the error of the exchange. The index may accept it.
    pub fn problems(&self) -> &[ClaimProblem] {
        &self.problems
    }

    /// The claims of the last ID token; `None` before the first one.
    pub fn claims(&self) -> Option<&Claims> {
        self.claims.as_ref()
    }

    /// Whether the request in flight asks for the API token: to abort it may leave a token behind that nobody can burn.
    pub fn is_minting(&self) -> bool {
        matches!(self.state, State::Mint(..))
    }

    /// How often the current request, or the ID token and the mint together, were tried.
    pub fn attempts(&self) -> u32 {
        match &self.state {
            State::Audience(flow) => flow.attempts(),
            _ => self.attempts,
        }
    }

    /// Why the last attempt has to be repeated.
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Audience(flow) => flow.failure(),
            _ => self.failure.as_deref(),
        }
    }
}

/// Whether the index may have used the ID token: unless the request did not arrive, or was rate limited.
fn may_be_spent(answer: &Result<Reply, TransportError>) -> bool {
    match answer {
        Ok(reply) => reply.status() != StatusCode::TOO_MANY_REQUESTS,
        Err(error) => error.kind().may_have_arrived(),
    }
}

impl Flow for Exchange {
    type Output = ApiToken;
    type Error = Error;

    fn step(&mut self) -> Result<Step<ApiToken>, Error> {
        loop {
            let state = std::mem::replace(&mut self.state, State::Start);
            self.state = match state {
                State::Start => {
                    State::Audience(Audience::new(&self.endpoints, self.policy.clone()))
                }
                State::Audience(mut flow) => match flow.step()?.output() {
                    Ok(audience) => {
                        self.identity.check(&audience)?;
                        let now = self.clock.now();
                        self.lag = flow.date().map_or(Duration::ZERO, |date| {
                            now.duration_since(date).unwrap_or_default()
                        });
                        self.id_token(audience)
                    }
                    Err(step) => {
                        self.state = State::Audience(flow);
                        return Ok(step);
                    }
                },
                State::IdToken(audience, mut flow) => match flow.step().map(Step::output) {
                    Ok(Ok(token)) => self.issued(audience, Ok(token))?,
                    Ok(Err(step)) => {
                        self.state = State::IdToken(audience, flow);
                        return Ok(step);
                    }
                    Err(error) => self.issued(audience, Err(error))?,
                },
                State::Mint(audience, token, mut call) => {
                    let Ok(step) = call.step();
                    match step.output() {
                        Ok(answer) => match self.lost(&audience, &token, &answer, &call) {
                            Some(pause) => pause,
                            None => return self.minted(answer, &token, &call).map(Step::Done),
                        },
                        Err(step) => {
                            self.state = State::Mint(audience, token, call);
                            return Ok(step);
                        }
                    }
                }
                State::Pause(audience, token, pause) => {
                    self.state = match token {
                        Some(token) => self.mint(audience, token),
                        None => self.id_token(audience),
                    };
                    return Ok(Step::Wait(pause));
                }
            };
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        match &mut self.state {
            State::Audience(flow) => flow.received(reply),
            State::Mint(_, _, call) => call.received(reply),
            State::IdToken(_, flow) => flow.received(reply),
            State::Start | State::Pause(..) => {}
        }
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        if let State::IdToken(_, flow) = &mut self.state {
            flow.ran(output);
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Start => "start",
            State::Audience(_) => "audience",
            State::IdToken(..) => "ID token",
            State::Mint(..) => "mint",
            State::Pause(..) => "pause",
        };
        f.debug_struct("Exchange")
            .field("endpoints", &self.endpoints)
            .field("provider", &self.identity.provider())
            .field("attempts", &self.attempts)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
