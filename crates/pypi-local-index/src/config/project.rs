//! Projects.

use serde::{Deserialize, Serialize};

/// A project, active and empty by default. The built-in account may upload to every project.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Project};
///
/// let index = LocalIndex::builder()
///     .project("demo")
///     .project(Project::new("old").archived())
///     .project(Project::new("large").total_limit(20 << 30))
///     .start()?;
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) members: Vec<String>,
    #[serde(default)]
    pub(crate) status: Status,
    #[serde(default, rename = "organization-inactive")]
    pub(crate) is_organization_inactive: bool,
    pub(crate) file_limit: Option<u64>,
    pub(crate) total_limit: Option<u64>,
    #[serde(default, rename = "stored-bytes")]
    pub(crate) reserved_bytes: u64,
}

/// The status of a project (PEP 792).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    #[default]
    Active,
    Archived,
    Quarantined,
}

impl Project {
    /// An active project with this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            members: Vec::new(),
            status: Status::Active,
            is_organization_inactive: false,
            file_limit: None,
            total_limit: None,
            reserved_bytes: 0,
        }
    }

    /// Adds an account that may upload, as an owner or a maintainer.
    #[must_use]
    pub fn member(mut self, user: impl Into<String>) -> Self {
        self.members.push(user.into());
        self
    }

    /// Archives the project (PEP 792): nobody may upload.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.status = Status::Archived;
        self
    }

    /// Quarantines the project (PEP 792): its files are hidden, and no trusted publisher may upload.
    #[must_use]
    pub fn quarantined(mut self) -> Self {
        self.status = Status::Quarantined;
        self
    }

    /// Makes an organization that is not in good standing own the project.
    #[must_use]
    pub fn organization_inactive(mut self) -> Self {
        self.is_organization_inactive = true;
        self
    }

    /// Raises the size limit of a file to this number of bytes.
    #[must_use]
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.file_limit = Some(bytes);
        self
    }

    /// Raises the size limit of the project to this number of bytes.
    #[must_use]
    pub fn total_limit(mut self, bytes: u64) -> Self {
        self.total_limit = Some(bytes);
        self
    }

    /// Counts this number of bytes as already stored, so that a limit is near.
    #[must_use]
    pub fn stored_bytes(mut self, bytes: u64) -> Self {
        self.reserved_bytes = bytes;
        self
    }
}

impl<T: Into<String>> From<T> for Project {
    /// An active project with this name.
    fn from(name: T) -> Self {
        Self::new(name)
    }
}

impl Status {
    /// The status in the simple API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Quarantined => "quarantined",
        }
    }
}
