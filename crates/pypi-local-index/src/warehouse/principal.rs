//! API tokens, and whose they are.

use std::collections::BTreeSet;

use pypi_http::Secret;
use serde::{Deserialize, Serialize};

use crate::api::oidc::TrustedPublisher;
use crate::warehouse::{Key, State};

/// The projects a minted token is for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Scope {
    /// Existing projects, by normalized name.
    Projects(BTreeSet<String>),
    /// Every project, also one that does not exist: the index's own rule, not PyPI's.
    Any,
}

/// The holder of an API token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Principal {
    /// An account's own token, for some projects or for all of the account.
    User {
        /// None is the index's own account, which may do everything.
        name: Option<String>,
        /// By normalized name.
        projects: Option<BTreeSet<String>>,
        expires: Option<u64>,
    },
    /// A token minted for a publisher, which `expires` at a time in seconds since 1970.
    Publisher {
        publisher: TrustedPublisher,
        scope: Scope,
        expires: u64,
    },
}

impl Principal {
    /// A token of the index's own account.
    pub(crate) const BUILT_IN: Self = Self::User {
        name: None,
        projects: None,
        expires: None,
    };

    pub(crate) fn is_user(&self) -> bool {
        matches!(self, Self::User { .. })
    }
}

impl State {
    /// A new token; `None` when no random number can be made.
    pub(crate) fn issue(&mut self, principal: Principal) -> Option<Secret> {
        let token = format!("pypi-{}", self.random.text()?);
        self.storage.touch(Key::Token(token.clone()));
        self.tokens.insert(token.clone(), principal);
        Some(Secret::new(token))
    }

    /// The holder of a token. The tokens of disabled accounts are unknown.
    pub(crate) fn principal(&self, token: &str) -> Option<&Principal> {
        let principal = self.tokens.get(token)?;
        match principal {
            Principal::User {
                name: Some(name), ..
            } => self
                .user(name)
                .filter(|user| !user.is_disabled)
                .map(|_| principal),
            _ => Some(principal),
        }
    }

    /// Makes a token unknown.
    pub(crate) fn revoke(&mut self, token: &str) {
        if self.tokens.remove(token).is_some() {
            self.storage.touch(Key::Token(token.to_owned()));
        }
    }

    /// Makes a minted token unknown; an account's token is kept.
    pub(crate) fn burn(&mut self, token: &str) {
        if matches!(self.tokens.get(token), Some(Principal::Publisher { .. })) {
            self.revoke(token);
        }
    }

    /// Ends every minted token: `expires` is the time that they end at.
    pub(crate) fn expire_minted(&mut self, at: u64) {
        for (token, principal) in &mut self.tokens {
            if let Principal::Publisher { expires, .. } = principal {
                *expires = (*expires).min(at);
                self.storage.touch(Key::Token(token.clone()));
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

    #[cfg(feature = "persistent")]
    pub(crate) fn token(&self, token: &str) -> Option<&Principal> {
        self.tokens.get(token)
    }

    #[cfg(feature = "persistent")]
    pub(crate) fn restore_token(&mut self, token: String, principal: Principal) {
        self.tokens.insert(token, principal);
    }
}
