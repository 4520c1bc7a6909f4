//! The issuers of ID tokens.

use serde::{Deserialize, Serialize};

/// An issuer that PyPI trusts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Issuer {
    ActiveState,
    GitHub,
    GitLab,
    Google,
}

impl Issuer {
    pub(crate) const ALL: [Self; 4] = [Self::ActiveState, Self::GitHub, Self::GitLab, Self::Google];

    /// The `iss` claim of its tokens.
    pub(crate) fn url(self) -> &'static str {
        match self {
            Self::ActiveState => "https://platform.activestate.com/api/v1/oauth/oidc",
            Self::GitHub => "https://token.actions.githubusercontent.com",
            Self::GitLab => "https://gitlab.com",
            Self::Google => "https://accounts.google.com",
        }
    }

    /// Its name in paths of the index and in PyPI's messages.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::ActiveState => "activestate",
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Google => "google",
        }
    }

    pub(crate) fn from_url(url: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|issuer| issuer.url() == url)
    }

    pub(crate) fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|issuer| issuer.slug() == slug)
    }
}
