//! One request to GitHub with its retries.

use std::time::Duration;

use pypi_trusted_upload::{
    http,
    transport::{
        Body, Clock, Flow, Redactor, Reply, RequestError, Retry, RetryPolicy, Step, TransportError,
        is_transient,
    },
    url::Url,
};

use super::error::{Error, limit};

/// Sends one request, repeats it where that is safe, and returns what `parse` finds in the reply.
pub(super) struct Call<T> {
    what: String,
    url: Url,
    request: http::Request<Body>,
    /// Whether a request that may have been carried out can be sent again.
    is_idempotent: bool,
    retry: Retry,
    attempts: u32,
    clock: Clock,
    redactor: Redactor,
    parse: fn(&Reply) -> Option<T>,
    state: State<T>,
}

enum State<T> {
    Ready,
    Sent,
    Pause(Duration),
    Over(Option<Result<T, Error>>),
}

/// What a [`Call`] is made of besides its request.
pub(super) struct Terms<'a> {
    /// The request in words: "list the assets of release 7".
    pub(super) what: String,
    pub(super) is_idempotent: bool,
    pub(super) policy: &'a RetryPolicy,
    pub(super) clock: &'a Clock,
    pub(super) redactor: &'a Redactor,
}

impl<T> Call<T> {
    pub(super) fn new(
        url: Url,
        request: Result<http::Request<Body>, RequestError>,
        terms: Terms<'_>,
        parse: fn(&Reply) -> Option<T>,
    ) -> Self {
        let (request, state) = match request {
            Ok(request) => (request, State::Ready),
            Err(error) => {
                let error = Error::transport(&terms.what, &url, &error.into());
                (
                    http::Request::new(Body::default()),
                    State::Over(Some(Err(error))),
                )
            }
        };
        Self {
            what: terms.what,
            url,
            request,
            is_idempotent: terms.is_idempotent,
            retry: Retry::new(terms.policy.clone()),
            attempts: 0,
            clock: terms.clock.clone(),
            redactor: terms.redactor.clone(),
            parse,
            state,
        }
    }

    fn after(&mut self, answer: &Result<Reply, TransportError>) -> State<T> {
        let pause = match answer {
            Ok(reply) if reply.status().is_success() => {
                let found = (self.parse)(reply).ok_or_else(|| Error::malformed(&self.what));
                return State::Over(Some(found));
            }
            Ok(reply) => match limit(reply, self.clock.unix_seconds()) {
                // The request was not carried out.
                Some(limit) => {
                    let asked = limit.pause(self.attempts);
                    match self.retry.pause_asked(Some(asked)) {
                        Some(pause) => Some(pause),
                        None => {
                            let error = Error::limited(&self.what, asked);
                            return State::Over(Some(Err(error)));
                        }
                    }
                }
                None if is_transient(reply.status()) && self.is_idempotent => {
                    self.retry.pause(Some(reply))
                }
                None => None,
            },
            Err(error) if error.kind().is_transient() => {
                let is_safe = self.is_idempotent || !error.kind().may_have_arrived();
                is_safe.then(|| self.retry.pause(None)).flatten()
            }
            Err(_) => None,
        };
        match (pause, answer) {
            (Some(pause), _) => State::Pause(pause),
            (None, Ok(reply)) => {
                State::Over(Some(Err(Error::reply(&self.what, reply, &self.redactor))))
            }
            (None, Err(error)) => {
                State::Over(Some(Err(Error::transport(&self.what, &self.url, error))))
            }
        }
    }
}

impl<T> Flow for Call<T> {
    type Output = T;
    type Error = Error;

    fn step(&mut self) -> Result<Step<T>, Error> {
        match std::mem::replace(&mut self.state, State::Over(None)) {
            State::Ready => {
                self.attempts += 1;
                self.state = State::Sent;
                Ok(Step::send(self.request.clone()))
            }
            State::Sent => {
                self.state = State::Sent;
                Ok(Step::send(self.request.clone()))
            }
            State::Pause(pause) => {
                self.state = State::Ready;
                Ok(Step::Wait(pause))
            }
            State::Over(Some(result)) => result.map(Step::Done),
            State::Over(None) => Err(Error::malformed(&self.what)),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        if matches!(self.state, State::Sent) {
            self.state = self.after(&reply);
        }
    }
}
