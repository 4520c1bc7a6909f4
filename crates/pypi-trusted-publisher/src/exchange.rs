//! The exchange: audience, ID token, mint.

use std::time::Duration;

use http::{HeaderValue, Method, header};
use pypi_http::{
    Body, Call, Flow, Reply, RequestError, Retry, RetryPolicy, Step, TransportError, authorize,
    is_secure, request,
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
            policy,
            state: State::Start,
        }
    }

    fn audience(&self) -> Result<State, Error> {
        let url = &self.endpoints.audience;
        secure(url)?;
        let request = request(Method::GET, url, JSON, Body::default());
        Ok(State::Audience(Call::new(request, self.policy.clone())))
    }

    fn id_token(&self, audience: String) -> State {
        let url = self.identity.request_url(&audience);
        let request = request(Method::GET, &url, JSON, Body::default()).and_then(|mut request| {
            authorize(&mut request, &url, &self.identity.authorization())?;
            Ok(request)
        });
        State::IdToken(audience, Call::new(request, RetryPolicy::never()))
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
    fn pause(&mut self, audience: &str, answer: &Result<Reply, TransportError>) -> Option<State> {
        let pause = self.retry.after(answer)?;
        Some(State::Pause(audience.to_owned(), pause))
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
                            let reply = complete(answer, "the index for its audience")?;
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
                        Ok(answer) => match self.pause(&audience, &answer) {
                            Some(pause) => pause,
                            None => {
                                let reply = complete(answer, "the CI provider for an ID token")?;
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
                        Ok(answer) => match self.pause(&audience, &answer) {
                            Some(pause) => pause,
                            None => {
                                let reply = complete(answer, "the index for an API token")?;
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
    Ok(request)
}

fn complete(answer: Result<Reply, TransportError>, asked: &str) -> Result<Reply, Error> {
    answer.map_err(|error| Error::transport(asked, error))
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
