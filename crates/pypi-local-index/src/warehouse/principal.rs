//! API tokens and their holders.

use std::collections::BTreeSet;

use pypi_http::Secret;
use serde::{Deserialize, Serialize};

use super::State;
use super::changes::Key;
use crate::config::TrustedPublisher;

/// The holder of an API token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Principal {
    /// An account.
    User {
        /// `None` is the built-in account, which may do everything.
        name: Option<String>,
        /// The normalized projects to which the token is restricted.
        projects: Option<BTreeSet<String>>,
        /// In seconds since 1970.
        expires: Option<u64>,
    },
    /// A trusted publisher.
    Publisher {
        publisher: TrustedPublisher,
        scope: Scope,
        /// In seconds since 1970.
        expires: u64,
    },
}

/// The projects of a trusted publisher.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Scope {
    /// Existing projects, by normalized name.
    Projects(BTreeSet<String>),
    /// Every project, new ones included. PyPI has no such scope.
    Any,
}

impl Principal {
    /// The built-in account.
    pub(crate) const BUILT_IN: Self = Self::User {
        name: None,
        projects: None,
        expires: None,
    };

    /// Whether its token has expired at `now` (seconds since 1970).
    pub(crate) fn is_expired(&self, now: u64) -> bool {
        let expires = match self {
            Self::User { expires, .. } => *expires,
            Self::Publisher { expires, .. } => Some(*expires),
        };
        expires.is_some_and(|expires| now > expires)
    }

    pub(crate) fn is_user(&self) -> bool {
        matches!(self, Self::User { .. })
    }
}

impl State {
    /// Issues a token. `None` if the system provides no random number.
    pub(crate) fn issue(&mut self, principal: Principal) -> Option<Secret> {
        let token = format!("pypi-{}", self.random.text()?);
        self.changes.mark(Key::Token(token.clone()));
        self.tokens.insert(token.clone(), principal);
        Some(Secret::new(token))
    }

    /// The holder of a token. The tokens of disabled accounts are unknown.
    pub(crate) fn principal(&self, token: &str) -> Option<&Principal> {
        let principal = self.tokens.get(token)?;
        match principal {
            Principal::User {
                name: Some(name), ..
            } if self.user(name).is_none_or(|user| user.is_disabled) => None,
            _ => Some(principal),
        }
    }

    /// Makes a token unknown.
    pub(crate) fn revoke(&mut self, token: &str) {
        if self.tokens.remove(token).is_some() {
            self.changes.mark(Key::Token(token.to_owned()));
        }
    }

    /// Makes a minted token unknown. Tokens of accounts are not affected.
    pub(crate) fn burn(&mut self, token: &str) {
        if matches!(self.tokens.get(token), Some(Principal::Publisher { .. })) {
            self.revoke(token);
        }
    }

    /// Makes every minted token expire at `time` (seconds since 1970).
    pub(crate) fn expire_minted(&mut self, time: u64) {
        for (token, principal) in &mut self.tokens {
            if let Principal::Publisher { expires, .. } = principal {
                *expires = (*expires).min(time);
                self.changes.mark(Key::Token(token.clone()));
            }
        }
    }

    /// Makes every minted token unknown.
    pub(crate) fn revoke_minted(&mut self) {
        let minted: Vec<String> = self
            .tokens
            .iter()
            .filter(|(_, principal)| !principal.is_user())
            .map(|(token, _)| token.clone())
            .collect();
        for token in minted {
            self.revoke(&token);
        }
    }
}
