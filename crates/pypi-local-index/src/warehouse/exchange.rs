//! The newest exchanges of ID tokens, for the web UI.

use pypi_metadata::Rule;

use super::State;
use super::publisher::{RegisteredPublisher, nearest};
use crate::config::{Claims, Issuer};

/// An ID token that a client exchanged, or tried to.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) time: u64,
    /// The fingerprint of the ID token.
    pub(crate) id_token: String,
    /// Empty if the token could not be read.
    pub(crate) claims: Claims,
    pub(crate) outcome: Result<Granted, Rejected>,
}

/// The API token that a client got.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    /// The fingerprint of the API token.
    pub(crate) token: String,
    /// The publisher that matched.
    pub(crate) publisher: RegisteredPublisher,
    /// In seconds since 1970.
    pub(crate) expires: u64,
}

/// Why a client got no API token.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    pub(crate) rule: &'static Rule,
    pub(crate) description: String,
    /// The publisher that the claims agree with most.
    pub(crate) nearest: Option<RegisteredPublisher>,
}

/// How many exchanges are remembered.
const MAX_EXCHANGES: usize = 100;

impl State {
    /// Remembers an exchange. The oldest one is forgotten.
    pub(crate) fn record_exchange(&mut self, exchange: Exchange) {
        if self.exchanges.len() >= MAX_EXCHANGES {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back(exchange);
    }

    /// The registered publisher whose expectations the claims meet most of.
    pub(crate) fn nearest_publisher(&self, claims: &Claims) -> Option<RegisteredPublisher> {
        let issuer = Issuer::from_url(claims.get("iss")?.as_str()?)?;
        nearest(&self.publishers, issuer, claims).cloned()
    }
}
