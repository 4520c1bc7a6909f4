//! Ending a token's life after use.

use std::convert::Infallible;

use http::{Method, StatusCode};
use pypi_http::{Body, Flow, Reply, Step, TransportError, is_secure, request};
use serde_json::json;

use crate::{ApiToken, Endpoints};

/// What came of burning a token. None of it changes what was published.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum BurnOutcome {
    /// The index took the request. PyPI answers 202 whatever it does.
    Accepted,
    /// No complete answer, or one of another status: the token ends by itself.
    Failed,
    /// The index has no such endpoint (404 or 405): the token ends by itself.
    Unsupported,
}

/// Asks an index to revoke a minted token, once. The answer's body is never looked at: it may echo the token.
#[derive(Debug)]
pub struct Burn {
    endpoints: Endpoints,
    token: ApiToken,
    outcome: Option<BurnOutcome>,
}

impl Burn {
    /// A flow that burns `token`. Burn only what was minted: a token that a user supplied is theirs.
    pub fn new(endpoints: Endpoints, token: ApiToken) -> Self {
        Self {
            endpoints,
            token,
            outcome: None,
        }
    }
}

impl Flow for Burn {
    type Output = BurnOutcome;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<BurnOutcome>, Infallible> {
        if let Some(outcome) = self.outcome {
            return Ok(Step::Done(outcome));
        }
        let url = &self.endpoints.burn;
        let body = json!({ "token": self.token.secret().reveal() }).to_string();
        Ok(
            match request(Method::POST, url, "application/json", Body::from(body)) {
                Ok(mut request) if is_secure(url) => {
                    crate::exchange::mark_json(&mut request);
                    Step::send(request)
                }
                _ => Step::Done(BurnOutcome::Failed),
            },
        )
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.outcome = Some(match reply.map(|reply| reply.status()) {
            Ok(status) if status.is_success() => BurnOutcome::Accepted,
            Ok(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => BurnOutcome::Unsupported,
            _ => BurnOutcome::Failed,
        });
    }
}
