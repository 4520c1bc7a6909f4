//! ID tokens from endpoints: requests whose replies contain them.

use std::time::Duration;

use http::StatusCode;
use pypi_http::{
    Body, Call, Deadline, Flow, Reply, RequestError, RetryPolicy, Secret, Step, TransportError,
    is_transient,
};
use serde_json::Value;
use url::Url;

use super::BoxFlow;
use crate::{Error, ErrorKind, IdToken, answer};

/// A flow of one request to `provider`, such as `the CI service`, whose reply of status 200 `read` turns into an ID token.
///
/// A request without a reply, or with 408, 425, 429 or 5xx, is an error that [may pass](Error::is_transient); any other
/// status is one of kind
/// [`ErrorKind::IdToken`] with `help`.
///
/// # Examples
///
/// ```
/// use http::Method;
/// use pypi_http::{Body, Flow, Step, request};
/// use pypi_trusted_publisher::{Error, ErrorKind, IdToken, provider};
///
/// let url = "https://ci.example/id-token".parse()?;
/// let request = request(Method::POST, &url, "text/plain", Body::default());
/// let mut flow = provider::fetch("our CI service", "allow ID tokens", request, |reply| {
///     let text = str::from_utf8(reply.body()).unwrap_or_default();
///     IdToken::parse(text).ok_or_else(|| Error::new(ErrorKind::IdToken, "the reply is not an ID token"))
/// });
/// assert!(matches!(flow.step()?, Step::Send(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fetch(
    provider: &str,
    help: &str,
    request: Result<http::Request<Body>, RequestError>,
    read: impl FnOnce(Reply) -> Result<IdToken, Error> + Send + 'static,
) -> BoxFlow<IdToken> {
    let read = |reply| read(reply).map(Fetched::Token);
    Box::new(Fetch::new(provider, help, request, read))
}

/// A request, and how its reply is read.
pub(super) struct Fetch {
    provider: String,
    help: String,
    call: Call,
    read: Option<Read>,
}

type Read = Box<dyn FnOnce(Reply) -> Result<Fetched, Error> + Send>;

pub(super) enum Fetched {
    Token(IdToken),
    /// Another request comes first.
    Next(Box<Fetch>),
}

impl Fetch {
    pub(super) fn new(
        provider: &str,
        help: &str,
        request: Result<http::Request<Body>, RequestError>,
        read: impl FnOnce(Reply) -> Result<Fetched, Error> + Send + 'static,
    ) -> Self {
        let request = request.map(|mut request| {
            request.extensions_mut().insert(Deadline::total(DEADLINE));
            request
        });
        Self {
            provider: provider.to_owned(),
            help: help.to_owned(),
            call: Call::new(request, RetryPolicy::never()),
            read: Some(Box::new(read)),
        }
    }

    fn fetched(&mut self, answer: Result<Reply, TransportError>) -> Result<Fetched, Error> {
        let reply = answer.map_err(|error| {
            let url = self.call.uri().to_string().parse();
            let origin = url.map_or_else(|_| url::Origin::new_opaque(), |url: Url| url.origin());
            Error::transport("an ID token", &origin, error)
        })?;
        let status = reply.status();
        if is_transient(status) || status.is_server_error() {
            let message = format!("{}, asked for an ID token, replied {status}", self.provider);
            let asked = RetryPolicy::never().asked(&reply);
            return Err(Error::new(ErrorKind::Unavailable, message).with_retry_after(asked));
        }
        if status != StatusCode::OK {
            let message = format!(
                "{} rejected the request for an ID token, with status {}",
                self.provider,
                status.as_u16()
            );
            return Err(Error::new(ErrorKind::IdToken, message).with_help(self.help.clone()));
        }
        let over = || Error::new(ErrorKind::IdToken, "the request for an ID token is over");
        self.read.take().ok_or_else(over)?(reply)
    }
}

impl Flow for Fetch {
    type Output = IdToken;
    type Error = Error;

    fn step(&mut self) -> Result<Step<IdToken>, Error> {
        loop {
            let Ok(step) = self.call.step();
            match step.output() {
                Err(step) => return Ok(step),
                Ok(answer) => match self.fetched(answer)? {
                    Fetched::Token(token) => return Ok(Step::Done(token)),
                    Fetched::Next(next) => *self = *next,
                },
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.call.received(reply);
    }
}

/// The text of a member of a JSON object.
pub(super) fn member(provider: &str, reply: &Reply, name: &str) -> Result<Secret, Error> {
    match answer::member(reply, name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(Secret::new(text)),
        _ => Err(Error::new(
            ErrorKind::IdToken,
            format!("the reply of {provider} contains no ID token: expected it in {name:?}"),
        )),
    }
}

/// The ID token in `text`.
pub(super) fn parsed(provider: &str, text: &str) -> Result<IdToken, Error> {
    IdToken::parse(text.trim()).ok_or_else(|| {
        let message = format!("the reply of {provider} contains no ID token: expected a JWT");
        Error::new(ErrorKind::IdToken, message)
    })
}

/// The longest time for each request.
const DEADLINE: Duration = Duration::from_secs(30);
