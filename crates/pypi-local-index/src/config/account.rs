//! Accounts and their API tokens.

use serde::{Deserialize, Serialize};

/// An account, with a verified email address and two-factor authentication by default.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Project, Token, User};
///
/// let index = LocalIndex::builder()
///     .user(User::new("alice"))
///     .project(Project::new("demo").member("alice"))
///     .token("alice", Token::of("alice"))
///     .start()?;
/// assert!(index.token("alice").is_some());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct User {
    pub(crate) name: String,
    #[serde(default, rename = "unverified")]
    pub(crate) is_unverified: bool,
    #[serde(default, rename = "without-2fa")]
    pub(crate) has_no_2fa: bool,
    #[serde(default, rename = "disabled")]
    pub(crate) is_disabled: bool,
}

impl User {
    /// The name of the built-in account in emails and pages.
    pub(crate) const BUILT_IN: &'static str = "local-index";

    /// An account with this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            is_unverified: false,
            has_no_2fa: false,
            is_disabled: false,
        }
    }

    /// Leaves the email address unverified.
    #[must_use]
    pub fn unverified(mut self) -> Self {
        self.is_unverified = true;
        self
    }

    /// Leaves two-factor authentication disabled.
    #[must_use]
    pub fn without_2fa(mut self) -> Self {
        self.has_no_2fa = true;
        self
    }

    /// Disables the account: its tokens are unknown.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.is_disabled = true;
        self
    }
}

/// An API token of an account.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Token, User};
///
/// let index = LocalIndex::builder()
///     .user(User::new("alice"))
///     .token("only-demo", Token::of("alice").only(["demo"]))
///     .token("expired", Token::of("alice").expired())
///     .start()?;
/// assert!(index.token("only-demo").is_some());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Token {
    pub(crate) user: String,
    pub(crate) projects: Option<Vec<String>>,
    #[serde(default, rename = "expired")]
    pub(crate) is_expired: bool,
    #[serde(default, rename = "revoked")]
    pub(crate) is_revoked: bool,
}

impl Token {
    /// A token for all projects of the account.
    pub fn of(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            projects: None,
            is_expired: false,
            is_revoked: false,
        }
    }

    /// Restricts the token to these projects.
    #[must_use]
    pub fn only<N: Into<String>>(mut self, projects: impl IntoIterator<Item = N>) -> Self {
        self.projects = Some(projects.into_iter().map(Into::into).collect());
        self
    }

    /// Makes the token expire just before the index starts.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.is_expired = true;
        self
    }

    /// Revokes the token: it is unknown.
    #[must_use]
    pub fn revoked(mut self) -> Self {
        self.is_revoked = true;
        self
    }
}
