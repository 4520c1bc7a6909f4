//! The exchange: audience, ID token, mint.

use std::time::Duration;

use http::{HeaderValue, Method, header};
use pypi_http::{
    Body, Call, Deadline, Flow, Reply, RequestError, Retry, RetryPolicy, Step, TransportError,
    authorize, failure, is_secure, request,
};
use serde_json::json;
use url::Url;

use crate::{ApiToken, Endpoints, Error, ErrorKind, IdToken, Identity, answer};

/// Exchanges a CI identity for an API token.
///
/// ```text
/// Audience ──200──> IdToken ──200──> Mint ──200──> done
///                      ^               │
///                      └───────────────┘ no reply, 429 or 5xx: the ID token may be spent, so with a new one
/// ```
///
/// A request without a reply, or with 408, 425, 429 or 5xx, is repeated as the [`RetryPolicy`] says. An ID token is
/// single use on PyPI, so a mint is never repeated with the same one; the two are retried together.
#[derive(Debug)]
pub struct Exchange {
    endpoints: Endpoints,
    identity: Identity,
    policy: RetryPolicy,
    /// For the ID token and the mint together.
    retry: Retry,
    attempts: u32,
    failure: Option<String>,
    state: State,
}

#[derive(Debug)]
enum State {
    Start,
    Audience(Call),
    IdToken(String, Call),
    Mint(String, IdToken, Call),
    Pause(String, Duration),
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
            state: State::Start,
        }
    }

    fn audience(&self) -> Result<State, Error> {
        let url = &self.endpoints.audience;
        secure(url)?;
        let request = with_deadline(request(Method::GET, url, JSON, Body::default()));
        Ok(State::Audience(Call::new(request, self.policy.clone())))
    }

    fn id_token(&self, audience: String) -> State {
        let url = self.identity.request_url(&audience);
        let request = request(Method::GET, &url, JSON, Body::default()).and_then(|mut request| {
            authorize(&mut request, &url, &self.identity.authorization())?;
            Ok(request)
        });
        let call = Call::new(with_deadline(request), RetryPolicy::never());
        State::IdToken(audience, call)
    }

    fn mint(&self, audience: String, token: IdToken) -> State {
        let request = post_json(
            &self.endpoints.mint,
            &json!({ "token": token.secret().reveal() }),
        );
        let call = Call::new(request, RetryPolicy::never());
        State::Mint(audience, token, call)
    }

    /// The pause before the next ID token, unless the answer is final.
    fn pause(
        &mut self,
        audience: &str,
        answer: &Result<Reply, TransportError>,
        call: &Call,
    ) -> Option<State> {
        let pause = self.retry.after(answer)?;
        self.attempts += 1;
        self.failure = Some(failure(answer, call.uri()));
        Some(State::Pause(audience.to_owned(), pause))
    }

    /// Whether the request in flight asks for the API token: to abort it may leave a token behind that nobody can burn.
    pub fn is_minting(&self) -> bool {
        matches!(self.state, State::Mint(..))
    }

    /// How often the current request, or the ID token and the mint together, were tried.
    pub fn attempts(&self) -> u32 {
        match &self.state {
            State::Audience(call) => call.attempts(),
            _ => self.attempts,
        }
    }

    /// Why the last attempt has to be repeated.
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Audience(call) => call.failure(),
            _ => self.failure.as_deref(),
        }
    }
}

impl Flow for Exchange {
    type Output = ApiToken;
    type Error = Error;

    fn step(&mut self) -> Result<Step<ApiToken>, Error> {
        loop {
            let state = std::mem::replace(&mut self.state, State::Start);
            self.state = match state {
                State::Start => self.audience()?,
                State::Audience(mut call) => {
                    let Ok(step) = call.step();
                    match step.output() {
                        Ok(answer) => {
                            let reply = complete(answer, "its audience", call.uri())?;
                            self.id_token(answer::audience(&reply)?)
                        }
                        Err(step) => {
                            self.state = State::Audience(call);
                            return Ok(step);
                        }
                    }
                }
                State::IdToken(audience, mut call) => {
                    let Ok(step) = call.step();
                    match step.output() {
                        Ok(answer) => match self.pause(&audience, &answer, &call) {
                            Some(pause) => pause,
                            None => {
                                let reply = complete(answer, "an ID token", call.uri())?;
                                let token = answer::id_token(&reply, &audience)?;
                                self.mint(audience, token)
                            }
                        },
                        Err(step) => {
                            self.state = State::IdToken(audience, call);
                            return Ok(step);
                        }
                    }
                }
                State::Mint(audience, token, mut call) => {
                    let Ok(step) = call.step();
                    match step.output() {
                        Ok(answer) => match self.pause(&audience, &answer, &call) {
                            Some(pause) => pause,
                            None => {
                                let reply = complete(answer, "an API token", call.uri())?;
                                return answer::minted(&reply, &token).map(Step::Done);
                            }
                        },
                        Err(step) => {
                            self.state = State::Mint(audience, token, call);
                            return Ok(step);
                        }
                    }
                }
                State::Pause(audience, pause) => {
                    self.state = self.id_token(audience);
                    return Ok(Step::Wait(pause));
                }
            };
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        match &mut self.state {
            State::Audience(call) | State::IdToken(_, call) | State::Mint(_, _, call) => {
                call.received(reply);
            }
            State::Start | State::Pause(..) => {}
        }
    }
}

const JSON: &str = "application/json";

/// A request with a JSON body, to a URL that may be sent a secret.
pub(crate) fn post_json(
    url: &Url,
    body: &serde_json::Value,
) -> Result<http::Request<Body>, RequestError> {
    if !is_secure(url) {
        return Err(RequestError::Insecure);
    }
    let mut request = request(Method::POST, url, JSON, Body::from(body.to_string()))?;
    let json = HeaderValue::from_static(JSON);
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    with_deadline(Ok(request))
}

fn with_deadline(
    request: Result<http::Request<Body>, RequestError>,
) -> Result<http::Request<Body>, RequestError> {
    request.map(|mut request| {
        request.extensions_mut().insert(Deadline::total(DEADLINE));
        request
    })
}

/// The longest time for each request.
const DEADLINE: Duration = Duration::from_secs(30);

fn complete(
    answer: Result<Reply, TransportError>,
    asked: &str,
    uri: &http::Uri,
) -> Result<Reply, Error> {
    answer.map_err(|error| {
        let url = uri.to_string().parse();
        let origin = url.map_or_else(|_| url::Origin::new_opaque(), |url: Url| url.origin());
        Error::transport(asked, &origin, error)
    })
}

fn secure(url: &Url) -> Result<(), Error> {
    if is_secure(url) {
        return Ok(());
    }
    let origin = url.origin().ascii_serialization();
    Err(Error::new(
        ErrorKind::Insecure,
        format!("{origin} is neither https nor on this machine: no token is sent to it"),
    ))
}
