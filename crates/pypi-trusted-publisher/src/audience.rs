//! The audience that an index expects.

use std::time::SystemTime;

use http::Method;
use pypi_http::{Body, Call, Flow, Reply, RetryPolicy, Step, TransportError, request};
use url::Url;

use crate::{
    Endpoints, Error, answer,
    requests::{JSON, complete, secure, with_deadline},
};

/// Requests the audience that an index expects of ID tokens, as the first step of an [`Exchange`](crate::Exchange) does.
///
/// # Examples
///
/// ```
/// use pypi_http::{Flow, RetryPolicy, Step};
/// use pypi_trusted_publisher::{Audience, Endpoints};
///
/// let endpoints = Endpoints::at(&"https://index.example/legacy/".parse()?).expect("a host");
/// let mut flow = Audience::new(&endpoints, RetryPolicy::default());
/// let Step::Send(request) = flow.step()? else { panic!("the first step is a request") };
/// assert_eq!(request.uri(), "https://index.example/_/oidc/audience");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Audience {
    url: Url,
    call: Call,
    date: Option<SystemTime>,
}

impl Audience {
    /// A request to the index with these endpoints.
    pub fn new(endpoints: &Endpoints, policy: RetryPolicy) -> Self {
        let url = endpoints.audience.clone();
        let request = with_deadline(request(Method::GET, &url, JSON, Body::default()));
        Self {
            call: Call::new(request, policy),
            url,
            date: None,
        }
    }

    /// The time at which the index replied, by its own clock, or before if the reply comes out of a cache.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        self.date
    }

    /// How often it was tried.
    pub fn attempts(&self) -> u32 {
        self.call.attempts()
    }

    /// Why the last attempt has to be repeated.
    pub fn failure(&self) -> Option<&str> {
        self.call.failure()
    }
}

impl Flow for Audience {
    type Output = String;
    type Error = Error;

    fn step(&mut self) -> Result<Step<String>, Error> {
        secure(&self.url)?;
        let Ok(step) = self.call.step();
        match step.output() {
            Ok(answer) => {
                let reply = complete(answer, "its audience", self.call.uri())?;
                self.date = reply.date();
                answer::audience(&reply).map(Step::Done)
            }
            Err(step) => Ok(step),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.call.received(reply);
    }
}
