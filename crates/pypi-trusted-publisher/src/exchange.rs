//! The exchange: audience, ID token, mint.

use http::{HeaderValue, Method, StatusCode, header};
use pypi_http::{
    Body, Flow, Reply, RetryPolicy, Secret, Step, TransportError, authorize, is_secure,
    is_transient, request,
};
use serde_json::{Value, json};
use url::Url;

use crate::{ApiToken, Endpoints, Error, ErrorKind, IdToken, Identity, error::Refusal};

/// Exchanges a CI identity for an API token.
///
/// ```text
/// Audience ──200──> IdToken ──200──> Mint ──200──> done
///                      ^               │
///                      └───────────────┘ no answer, 429 or 5xx: the ID token may be spent, so a new one
/// ```
///
/// A phase that gets no answer, 408, 425, 429 or 5xx is tried again as the [`RetryPolicy`] says. An ID token is
/// single use on PyPI, so a mint is never repeated with the same one.
#[derive(Debug)]
pub struct Exchange {
    endpoints: Endpoints,
    identity: Identity,
    policy: RetryPolicy,
    phase: Phase,
    attempts: u32,
    answer: Option<Result<Reply, TransportError>>,
}

#[derive(Debug)]
enum Phase {
    Audience,
    IdToken { audience: String },
    Mint { audience: String, token: IdToken },
}

impl Exchange {
    /// An exchange at an index for a job's identity.
    pub fn new(endpoints: Endpoints, identity: Identity, policy: RetryPolicy) -> Self {
        Self {
            endpoints,
            identity,
            policy,
            phase: Phase::Audience,
            attempts: 0,
            answer: None,
        }
    }

    fn ask(&mut self) -> Result<Step<ApiToken>, Error> {
        self.attempts += 1;
        let json = "application/json";
        let request = match &self.phase {
            Phase::Audience => {
                let url = &self.endpoints.audience;
                secure(url)?;
                request(Method::GET, url, json, Body::default()).map_err(malformed)?
            }
            Phase::IdToken { audience } => {
                let url = self.identity.request_url(audience);
                let mut request =
                    request(Method::GET, &url, json, Body::default()).map_err(malformed)?;
                authorize(&mut request, &url, &self.identity.authorization()).map_err(malformed)?;
                request
            }
            Phase::Mint { token, .. } => {
                let body = json!({ "token": token.secret().reveal() }).to_string();
                let mut request =
                    request(Method::POST, &self.endpoints.mint, json, Body::from(body))
                        .map_err(malformed)?;
                mark_json(&mut request);
                request
            }
        };
        Ok(Step::send(request))
    }

    /// Takes an answer: the next step, or `None` when the next phase can begin at once.
    fn take(
        &mut self,
        answer: Result<Reply, TransportError>,
    ) -> Result<Option<Step<ApiToken>>, Error> {
        let transient = match &answer {
            Ok(reply) => is_transient(reply.status()),
            Err(error) => error.kind().is_transient(),
        };
        if transient && let Some(pause) = self.policy.pause(self.attempts, answer.as_ref().ok()) {
            if let Phase::Mint { audience, .. } = &self.phase {
                self.phase = Phase::IdToken {
                    audience: audience.clone(),
                };
            }
            return Ok(Some(Step::Wait(pause)));
        }
        let asked = self.phase.asked();
        let reply = answer.map_err(|error| Error::transport(asked, error))?;
        let next = match &self.phase {
            Phase::Audience => Phase::IdToken {
                audience: audience(&reply)?,
            },
            Phase::IdToken { audience } => Phase::Mint {
                audience: audience.clone(),
                token: id_token(&reply, audience)?,
            },
            Phase::Mint { token, .. } => {
                return minted(&reply, token).map(|token| Some(Step::Done(token)));
            }
        };
        // The count of the ID token's phase goes on into the mint: the two are retried together.
        if matches!(next, Phase::IdToken { .. }) {
            self.attempts = 0;
        } else {
            self.attempts -= 1;
        }
        self.phase = next;
        Ok(None)
    }
}

impl Flow for Exchange {
    type Output = ApiToken;
    type Error = Error;

    fn step(&mut self) -> Result<Step<ApiToken>, Error> {
        if let Some(answer) = self.answer.take()
            && let Some(step) = self.take(answer)?
        {
            return Ok(step);
        }
        self.ask()
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.answer = Some(reply);
    }
}

impl Phase {
    fn asked(&self) -> &'static str {
        match self {
            Self::Audience => "the index, asked for its audience",
            Self::IdToken { .. } => "the CI provider, asked for an ID token",
            Self::Mint { .. } => "the index, asked to mint an API token",
        }
    }
}

pub(crate) fn mark_json(request: &mut http::Request<Body>) {
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
}

fn secure(url: &Url) -> Result<(), Error> {
    if is_secure(url) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Insecure,
        format!(
            "{} is neither https nor on this machine: no token is sent to it",
            url.origin().ascii_serialization()
        ),
    ))
}

fn malformed(error: pypi_http::RequestError) -> Error {
    Error::new(ErrorKind::Insecure, error.to_string())
}

fn audience(reply: &Reply) -> Result<String, Error> {
    match reply.status() {
        StatusCode::OK => text(reply, "audience").ok_or_else(|| unexpected(reply, "its audience")),
        StatusCode::FORBIDDEN => Err(Error::new(
            ErrorKind::Disabled,
            "the index has trusted publishing switched off: try again later, or give an API token",
        )),
        StatusCode::NOT_FOUND => Err(Error::new(
            ErrorKind::Unsupported,
            "the index does not offer trusted publishing: give an API token",
        )),
        _ => Err(unexpected(reply, "its audience")),
    }
}

fn id_token(reply: &Reply, audience: &str) -> Result<IdToken, Error> {
    if reply.status() != StatusCode::OK {
        return Err(Error::new(
            ErrorKind::IdToken,
            format!(
                "the CI provider refused an ID token with status {}",
                reply.status().as_u16()
            ),
        ));
    }
    let token = text(reply, "value")
        .and_then(IdToken::parse)
        .ok_or_else(|| {
            Error::new(
                ErrorKind::IdToken,
                "the CI provider's answer holds no ID token",
            )
        })?;
    match token.claim("aud") {
        Some(got) if got == audience => Ok(token),
        got => Err(Error::new(
            ErrorKind::IdToken,
            format!(
                "the ID token is for audience {:?}, and the index expects {audience:?}",
                got.unwrap_or("(not a text)")
            ),
        )),
    }
}

fn minted(reply: &Reply, id_token: &IdToken) -> Result<ApiToken, Error> {
    match reply.status() {
        StatusCode::OK => {
            let token = text(reply, "token").filter(|token| !token.is_empty());
            let token = token.ok_or_else(|| unexpected(reply, "an API token"))?;
            let expires = json_of(reply).and_then(|json| json.get("expires")?.as_u64());
            Ok(ApiToken::minted(Secret::new(token), expires))
        }
        StatusCode::UNPROCESSABLE_ENTITY => Err(refused(reply, id_token)),
        _ => Err(unexpected(reply, "an API token")),
    }
}

fn refused(reply: &Reply, id_token: &IdToken) -> Error {
    let first = json_of(reply).and_then(|json| {
        let first = json.get("errors")?.get(0)?;
        let field = |name: &str| Some(one_line(id_token.secret(), first.get(name)?.as_str()?));
        Some(Refusal {
            code: field("code")?,
            description: field("description")?,
        })
    });
    let Some(refusal) = first else {
        return unexpected(reply, "an API token");
    };
    let unknown = refusal.code == "invalid-publisher";
    let error = Error::refused(refusal);
    match id_token.publisher() {
        Some(publisher) if unknown => error.with_help(format!(
            "register this trusted publisher for the project, spelled exactly so: {publisher}"
        )),
        _ => error,
    }
}

/// A server's text on one line, of bounded length, without the token that it may echo.
fn one_line(secret: &Secret, text: &str) -> String {
    let clean = secret.redact_in(text);
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ").chars().take(MAX_TEXT).collect()
}

/// The most characters of a server's sentence that an error holds.
const MAX_TEXT: usize = 500;

fn unexpected(reply: &Reply, asked: &str) -> Error {
    Error::new(
        ErrorKind::UnexpectedReply,
        format!(
            "the index, asked for {asked}, answered {} in a form that is not documented",
            reply.status().as_u16()
        ),
    )
}

fn json_of(reply: &Reply) -> Option<Value> {
    serde_json::from_slice(reply.body()).ok()
}

fn text(reply: &Reply, key: &str) -> Option<String> {
    Some(json_of(reply)?.get(key)?.as_str()?.to_owned())
}
