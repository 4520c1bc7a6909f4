//! The accounts, projects and tokens that an index begins with.

use serde::{Deserialize, Serialize};

use crate::warehouse::Status;

/// An account. It has a verified address and a second factor unless told otherwise.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Project, Token, User};
///
/// let index = LocalIndex::builder()
///     .user(User::new("alice"))
///     .project(Project::new("demo").member("alice"))
///     .project(Project::new("other").member("alice"))
///     .token("only-demo", Token::of("alice").only(["demo"]))
///     .start()?;
/// assert!(index.token("only-demo").is_some());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct User {
    pub(crate) name: String,
    #[serde(default, rename = "unverified")]
    pub(crate) is_unverified: bool,
    #[serde(default, rename = "without-2fa")]
    pub(crate) has_no_second_factor: bool,
    #[serde(default, rename = "disabled")]
    pub(crate) is_disabled: bool,
}

impl User {
    /// What emails and pages call the index's own account.
    pub(crate) const OWN: &'static str = "local-index";

    /// An account of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            is_unverified: false,
            has_no_second_factor: false,
            is_disabled: false,
        }
    }

    /// Has no verified address.
    #[must_use]
    pub fn unverified(mut self) -> Self {
        self.is_unverified = true;
        self
    }

    /// Has no second factor.
    #[must_use]
    pub fn without_2fa(mut self) -> Self {
        self.has_no_second_factor = true;
        self
    }

    /// Is frozen: its tokens are nobody's.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.is_disabled = true;
        self
    }
}

/// A project that is there from the start. The index's own account may upload to every project.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) members: Vec<String>,
    #[serde(default = "active")]
    pub(crate) status: Status,
    #[serde(default, rename = "organization-inactive")]
    pub(crate) is_organization_inactive: bool,
    pub(crate) file_limit: Option<u64>,
    pub(crate) total_limit: Option<u64>,
    #[serde(default, rename = "stored-bytes")]
    pub(crate) ballast: u64,
}

fn active() -> Status {
    Status::Active
}

impl Project {
    /// An active project of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            members: Vec::new(),
            status: Status::Active,
            is_organization_inactive: false,
            file_limit: None,
            total_limit: None,
            ballast: 0,
        }
    }

    /// An account that may upload, as owner or maintainer.
    #[must_use]
    pub fn member(mut self, user: impl Into<String>) -> Self {
        self.members.push(user.into());
        self
    }

    /// Is archived (PEP 792): nobody may upload.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.status = Status::Archived;
        self
    }

    /// Is quarantined (PEP 792): its files are hidden, and no trusted publisher may upload.
    #[must_use]
    pub fn quarantined(mut self) -> Self {
        self.status = Status::Quarantined;
        self
    }

    /// Belongs to an organization that is not in good standing.
    #[must_use]
    pub fn organization_inactive(mut self) -> Self {
        self.is_organization_inactive = true;
        self
    }

    /// Raises the largest file to this number of bytes.
    #[must_use]
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.file_limit = Some(bytes);
        self
    }

    /// Raises the most bytes of the project to this number.
    #[must_use]
    pub fn total_limit(mut self, bytes: u64) -> Self {
        self.total_limit = Some(bytes);
        self
    }

    /// Counts as if files of this number of bytes were stored already, so that a limit is near.
    #[must_use]
    pub fn stored_bytes(mut self, bytes: u64) -> Self {
        self.ballast = bytes;
        self
    }
}

impl<T: Into<String>> From<T> for Project {
    fn from(name: T) -> Self {
        Self::new(name)
    }
}

/// An API token of an account.
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

    /// Ended before the index was started.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.is_expired = true;
        self
    }

    /// Was deleted by its account.
    #[must_use]
    pub fn revoked(mut self) -> Self {
        self.is_revoked = true;
        self
    }
}
