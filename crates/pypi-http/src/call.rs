//! One request with its retries: the part that other flows are made of.

use std::{convert::Infallible, fmt, time::Duration};

use crate::{
    Body, Flow, Reply, RequestError, Retry, RetryPolicy, Step, TransportError, TransportErrorKind,
};

/// Sends one request, repeats it as a [`RetryPolicy`] says, and returns the last answer.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, Method, StatusCode};
/// use pypi_http::{Body, Call, Flow, Reply, RetryPolicy, Step, request};
///
/// let page = request(Method::GET, &"https://index.example/".parse()?, "text/html", Body::default());
/// let mut call = Call::new(page, RetryPolicy::default());
/// assert!(matches!(call.step()?, Step::Send(_)));
/// call.received(Ok(Reply::new(StatusCode::BAD_GATEWAY, HeaderMap::new(), Vec::new())));
/// assert!(matches!(call.step()?, Step::Wait(_)), "502 is worth another attempt");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Call {
    request: Box<http::Request<Body>>,
    retry: Retry,
    attempts: u32,
    failure: Option<String>,
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Sent,
    Pause(Duration),
    Answered(Result<Reply, TransportError>),
    Over,
}

impl Call {
    /// A call of `request`. One that could not be made is answered without sending anything, with an error of kind
    /// [`Request`](crate::TransportErrorKind::Request).
    pub fn new(request: Result<http::Request<Body>, RequestError>, policy: RetryPolicy) -> Self {
        let (request, state) = match request {
            Ok(request) => (request, State::Ready),
            Err(error) => (
                http::Request::new(Body::default()),
                State::Answered(Err(error.into())),
            ),
        };
        Self {
            request: Box::new(request),
            retry: Retry::new(policy),
            attempts: 0,
            failure: None,
            state,
        }
    }

    /// The URL of the request.
    pub fn uri(&self) -> &http::Uri {
        self.request.uri()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Why the last attempt failed, on one line: the status, or the error with its causes.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

impl Flow for Call {
    type Output = Result<Reply, TransportError>;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Self::Output>, Infallible> {
        Ok(match std::mem::replace(&mut self.state, State::Over) {
            State::Ready => {
                self.attempts += 1;
                self.state = State::Sent;
                Step::Send(self.request.clone())
            }
            State::Sent => {
                self.state = State::Sent;
                Step::Send(self.request.clone())
            }
            State::Pause(pause) => {
                self.state = State::Ready;
                Step::Wait(pause)
            }
            State::Answered(answer) => Step::Done(answer),
            State::Over => Step::Done(Err(TransportError::new(TransportErrorKind::Unusable))),
        })
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        if matches!(self.state, State::Sent) {
            self.state = match self.retry.after(&reply) {
                Some(pause) => {
                    self.failure = Some(failure(&reply, self.request.uri()));
                    State::Pause(pause)
                }
                None => State::Answered(reply),
            };
        }
    }
}

/// Why an answer is a failure, on one line: the status, or the error with its causes and the origin of the URL.
pub fn failure(answer: &Result<Reply, TransportError>, uri: &http::Uri) -> String {
    match answer {
        Ok(reply) => reply.status().to_string(),
        Err(error) => {
            let url: Result<url::Url, _> = uri.to_string().parse();
            error.causes(url.ok().map(|url| url.origin()).as_ref())
        }
    }
}

impl fmt::Debug for Call {
    /// Prints neither the query nor the headers nor the body: each may contain a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, path) = (self.request.method(), self.request.uri().path());
        write!(f, "Call({method} {path}, {:?})", self.state)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, StatusCode};

    use super::*;
    use crate::request;

    fn call() -> Call {
        let url = "http://127.0.0.1/page".parse().expect("a URL");
        let request = request(Method::GET, &url, "*/*", Body::default());
        Call::new(request, RetryPolicy::default().attempts(2))
    }

    fn reply(status: StatusCode) -> Result<Reply, TransportError> {
        Ok(Reply::new(status, HeaderMap::new(), Vec::new()))
    }

    fn step(call: &mut Call) -> Step<Result<Reply, TransportError>> {
        match call.step() {
            Ok(step) => step,
            Err(never) => match never {},
        }
    }

    #[test]
    fn a_second_step_before_the_reply_repeats_the_request_and_counts_nothing() {
        let mut call = call();
        for _ in 0..3 {
            assert!(
                matches!(step(&mut call), Step::Send(request) if request.uri().path() == "/page")
            );
            assert_eq!(call.attempts(), 1);
        }
        call.received(reply(StatusCode::OK));
        assert!(matches!(step(&mut call), Step::Done(Ok(_))));
        assert!(
            matches!(step(&mut call), Step::Done(Err(_))),
            "nothing is sent after the end"
        );
    }

    #[test]
    fn a_reply_that_nobody_waits_for_changes_nothing() {
        let mut call = call();
        call.received(reply(StatusCode::OK));
        assert!(matches!(step(&mut call), Step::Send(_)));
        call.received(reply(StatusCode::BAD_GATEWAY));
        call.received(reply(StatusCode::OK));
        assert!(matches!(step(&mut call), Step::Wait(_)), "the first counts");
        assert!(matches!(step(&mut call), Step::Send(_)));
        call.received(reply(StatusCode::BAD_GATEWAY));
        assert!(matches!(step(&mut call), Step::Done(Ok(reply)) if reply.status() == 502));
        assert_eq!(call.attempts(), 2);
    }

    #[test]
    fn a_request_that_cannot_be_made_is_not_sent() {
        let mut call = Call::new(Err(RequestError::Insecure), RetryPolicy::default());
        let Step::Done(Err(error)) = step(&mut call) else {
            panic!("nothing to send");
        };
        assert_eq!(error.kind(), TransportErrorKind::Request);
        assert_eq!(call.attempts(), 0);
    }
}
