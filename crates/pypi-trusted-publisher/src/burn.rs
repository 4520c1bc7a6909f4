//! Revoking a token after use.

use std::convert::Infallible;

use http::StatusCode;
use pypi_http::{Call, Flow, Reply, RetryPolicy, Step, TransportError};
use serde_json::json;

use crate::{ApiToken, Endpoints, requests::post_json};

/// The result of burning a token. None of them changes what was published.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum BurnOutcome {
    /// The index accepted the request. PyPI replies 202 whatever it does.
    Accepted,
    /// There was no complete reply, or one of another status: the token lives until it expires.
    Failed,
    /// The index has no such endpoint (404 or 405): the token lives until it expires.
    Unsupported,
}

/// Asks an index to revoke a minted token. The reply's body is never read: it may echo the token.
///
/// # Examples
///
/// ```
/// use pypi_http::{Flow, RetryPolicy, Secret, Step};
/// use pypi_trusted_publisher::{ApiToken, Burn, Endpoints};
///
/// let endpoints = Endpoints::at(&"https://index.example/legacy/".parse()?).expect("a URL with a host");
/// let token = ApiToken::new(Secret::new("pypi-…"));
/// let mut burn = Burn::new(&endpoints, &token, RetryPolicy::default());
/// let Step::Send(request) = burn.step()? else { panic!("the first step sends") };
/// assert_eq!(request.uri(), "https://index.example/_/oidc/burn-token");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Burn(Call);

impl Burn {
    /// A flow that burns `token`. Burn only minted tokens: a token that a user supplied is theirs.
    pub fn new(endpoints: &Endpoints, token: &ApiToken, policy: RetryPolicy) -> Self {
        let body = json!({ "token": token.secret().reveal() });
        let request = post_json(&endpoints.burn, &body);
        Self(Call::new(request, policy))
    }
}

impl Burn {
    /// Why the last attempt failed, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.0.failure()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts()
    }
}

impl Flow for Burn {
    type Output = BurnOutcome;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<BurnOutcome>, Infallible> {
        Ok(match self.0.step()?.output() {
            Ok(answer) => Step::Done(outcome(&answer)),
            Err(step) => step,
        })
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.0.received(reply);
    }
}

fn outcome(answer: &Result<Reply, TransportError>) -> BurnOutcome {
    match answer.as_ref().map(Reply::status) {
        Ok(status) if status.is_success() => BurnOutcome::Accepted,
        Ok(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => BurnOutcome::Unsupported,
        _ => BurnOutcome::Failed,
    }
}
