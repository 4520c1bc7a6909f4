//! API tokens and their holders.

use std::collections::BTreeSet;

use pypi_http::Secret;
use pypi_metadata::ProjectName;
use serde::{Deserialize, Serialize};

use super::State;
use super::changes::Key;
use super::id::{canonical, project_id, publisher_id, user_id, uuid};
use super::macaroon::{Caveat, Context, Macaroon};
use crate::config::{TrustedPublisher, User};

/// The holder of an API token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Principal {
    /// An account.
    User {
        /// `None` is the built-in account, which may do everything.
        name: Option<String>,
    },
    /// A trusted publisher.
    Publisher { publisher: TrustedPublisher },
}

/// The projects of a trusted publisher.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Scope {
    /// Existing projects, by normalized name.
    Projects(BTreeSet<String>),
    /// Every project, new ones included. PyPI has no such scope.
    Any,
}

/// What the index knows of an API token. It does not implement `Debug`, because it contains the key.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Issued {
    principal: Principal,
    key: [u8; 32],
    caveats: Vec<Caveat>,
    /// When a test makes the token expire, whatever its caveats say.
    expires: Option<u64>,
}

/// An API token that a request contains. Its holder is known, but neither its signature nor its caveats are verified.
pub(crate) struct Bearer<'s> {
    id: String,
    pub(crate) principal: &'s Principal,
    issued: &'s Issued,
    macaroon: Macaroon,
}

impl Principal {
    pub(crate) fn is_user(&self) -> bool {
        matches!(self, Self::User { .. })
    }

    /// The id of an account.
    fn user_id(&self) -> Option<String> {
        match self {
            Self::User { name } => Some(user_id(name.as_deref().unwrap_or(User::BUILT_IN))),
            Self::Publisher { .. } => None,
        }
    }
}

impl Bearer<'_> {
    /// Checks the token for an upload to a project, whose name messages spell like this, or for a request to read.
    ///
    /// # Errors
    ///
    /// Warehouse's reasons.
    pub(crate) fn verify(
        &self,
        state: &State,
        project: Option<&ProjectName>,
        now: u64,
    ) -> Result<(), String> {
        let (publisher, is_of_publisher) = match self.principal {
            Principal::User { .. } => (None, false),
            Principal::Publisher { publisher } => {
                let is_own = match (state.scope_of(publisher), project) {
                    (Some(Scope::Projects(projects)), Some(project)) => {
                        projects.contains(project.normalized())
                    }
                    (scope, _) => scope.is_some(),
                };
                (Some(publisher_id(publisher)), is_own)
            }
        };
        let user = self.principal.user_id();
        let context = Context {
            project,
            user: user.as_deref(),
            publisher: publisher.as_deref(),
            is_of_publisher,
            now,
            is_expired: self.issued.expires.is_some_and(|expires| now >= expires),
        };
        let Issued { key, caveats, .. } = self.issued;
        self.macaroon.clone().verify(key, caveats, &context)
    }
}

impl State {
    /// Issues a token of the built-in account. `None` if the system provides no random number.
    pub(crate) fn issue_built_in(&mut self) -> Option<Secret> {
        self.issue_to_user(None, None, None)
    }

    /// Issues a token of an account, restricted to the projects with these normalized names and to times before `expires`
    /// (seconds since 1970). `None` if the system provides no random number.
    pub(crate) fn issue_to_user(
        &mut self,
        name: Option<&str>,
        projects: Option<Vec<String>>,
        expires: Option<u64>,
    ) -> Option<Secret> {
        let principal = Principal::User {
            name: name.map(str::to_owned),
        };
        let own = principal.user_id().map(Caveat::RequestUser);
        let caveat = projects.map(Caveat::ProjectName).or(own);
        let expiration = expires.map(|expires_at| Caveat::Expiration {
            expires_at,
            not_before: 0,
        });
        let caveats = caveat.into_iter().chain(expiration).collect();
        self.issue(principal, caveats)
    }

    /// Issues a token of a trusted publisher until `expires`. `None` if the system provides no random number.
    pub(crate) fn issue_to_publisher(
        &mut self,
        publisher: TrustedPublisher,
        scope: &Scope,
        now: u64,
        expires: u64,
    ) -> Option<Secret> {
        let mut caveats = vec![Caveat::OidcPublisher(publisher_id(&publisher))];
        if let Scope::Projects(projects) = scope {
            let ids = projects.iter().map(|project| project_id(project));
            caveats.push(Caveat::ProjectId(ids.collect()));
        }
        caveats.push(Caveat::Expiration {
            expires_at: expires,
            not_before: now,
        });
        self.issue(Principal::Publisher { publisher }, caveats)
    }

    fn issue(&mut self, principal: Principal, caveats: Vec<Caveat>) -> Option<Secret> {
        let id = uuid(&self.random.bytes()?);
        let issued = Issued {
            principal,
            key: self.random.bytes()?,
            caveats,
            expires: None,
        };
        let token = self.text_of(&id, &issued);
        self.changes.mark(Key::Token(id.clone()));
        self.tokens.insert(id, issued);
        Some(token)
    }

    /// The token itself.
    fn text_of(&self, id: &str, issued: &Issued) -> Secret {
        let domain = self.settings.profile.domain();
        Secret::new(Macaroon::new(domain, id, &issued.key, &issued.caveats).to_string())
    }

    /// A token of the built-in account that was issued before.
    #[cfg(feature = "persistent")]
    pub(crate) fn built_in_token(&self) -> Option<Secret> {
        let mut tokens = self.tokens.iter();
        let built_in =
            tokens.find(|(_, issued)| matches!(issued.principal, Principal::User { name: None }));
        built_in.map(|(id, issued)| self.text_of(id, issued))
    }

    /// The holder of a token. The tokens of disabled accounts are unknown.
    pub(crate) fn bearer(&self, token: &str) -> Option<Bearer<'_>> {
        let (id, macaroon) = identified(token)?;
        let issued = self.tokens.get(&id)?;
        match &issued.principal {
            Principal::User { name: Some(name) }
                if self.user(name).is_none_or(|user| user.is_disabled) =>
            {
                None
            }
            principal => Some(Bearer {
                id,
                principal,
                issued,
                macaroon,
            }),
        }
    }

    /// Makes a token unknown.
    pub(crate) fn revoke(&mut self, token: &Secret) {
        if let Some((id, _)) = identified(token.reveal()) {
            self.forget(id);
        }
    }

    /// Makes a minted token unknown. Tokens of accounts are not affected.
    pub(crate) fn burn(&mut self, token: &str) {
        let minted = self
            .bearer(token)
            .filter(|bearer| !bearer.principal.is_user());
        if let Some(id) = minted.map(|bearer| bearer.id) {
            self.forget(id);
        }
    }

    /// Makes every minted token expire at `time` (seconds since 1970).
    pub(crate) fn expire_minted(&mut self, time: u64) {
        for (id, issued) in &mut self.tokens {
            if !issued.principal.is_user() {
                issued.expires = Some(issued.expires.map_or(time, |earlier| earlier.min(time)));
                self.changes.mark(Key::Token(id.clone()));
            }
        }
    }

    /// Makes every minted token unknown.
    pub(crate) fn revoke_minted(&mut self) {
        let minted: Vec<String> = self
            .tokens
            .iter()
            .filter(|(_, issued)| !issued.principal.is_user())
            .map(|(id, _)| id.clone())
            .collect();
        for id in minted {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: String) {
        self.tokens.remove(&id);
        self.changes.mark(Key::Token(id));
    }
}

/// A token in parts, and its id. Nothing is verified.
fn identified(token: &str) -> Option<(String, Macaroon)> {
    let macaroon = Macaroon::parse(token)?;
    let id = canonical(std::str::from_utf8(&macaroon.identifier).ok()?)?;
    Some((id, macaroon))
}
