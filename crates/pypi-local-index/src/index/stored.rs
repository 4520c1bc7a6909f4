//! The projects and releases of an index, for tests and rehearsals.

use pypi_metadata::{ProjectName, Version};

use super::LocalIndex;

/// A project of an index.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Project};
///
/// let index = LocalIndex::builder().project(Project::new("Old.Demo").archived()).start()?;
/// let project = index.project("old-demo").ok_or("no project")?;
/// assert_eq!((project.name.as_str(), project.status), ("Old.Demo", "archived"));
/// assert_eq!(project.total_limit, 10 << 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredProject {
    /// The name, as the last upload spelled it.
    pub name: String,
    /// `active`, `archived` or `quarantined` (PEP 792).
    pub status: &'static str,
    /// The accounts that may upload, besides the built-in one, in alphabetical order.
    pub members: Vec<String>,
    /// The bytes that count against `total_limit`.
    pub size: u64,
    /// The largest size of a file in bytes.
    pub file_limit: u64,
    /// The largest size of the project in bytes.
    pub total_limit: u64,
}

/// A release of a project, which may have no files.
///
/// # Examples
///
/// ```
/// use pypi_local_index::LocalIndex;
///
/// let index = LocalIndex::start()?;
/// assert_eq!(index.release("demo", "1.0"), None);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredRelease {
    /// The version, normalized.
    pub version: String,
    /// When it was created, in seconds since 1970.
    pub created: u64,
    /// The reason, which may be empty, if it is yanked.
    pub yanked: Option<String>,
    /// Whether it is too old for new files: on PyPI after 14 days.
    pub is_closed: bool,
}

impl LocalIndex {
    /// The project with this name, in any spelling.
    pub fn project(&self, name: &str) -> Option<StoredProject> {
        let name = ProjectName::parse(name).ok()?;
        let state = self.application.state();
        let project = state.project(name.normalized())?;
        let limit = |general: u64, raised: Option<u64>| general.max(raised.unwrap_or(0));
        Some(StoredProject {
            name: project.name.as_str().to_owned(),
            status: project.status.as_str(),
            members: project.members.iter().cloned().collect(),
            size: project.total_size(),
            file_limit: limit(state.settings.file_limit, project.file_limit),
            total_limit: limit(state.settings.total_limit, project.total_limit),
        })
    }

    /// The release of a project, by any spelling of its version.
    pub fn release(&self, project: &str, version: &str) -> Option<StoredRelease> {
        let name = ProjectName::parse(project).ok()?;
        let version = Version::parse(version).ok()?;
        let now = self.clock().now();
        let state = self.application.state();
        let release = state.project(name.normalized())?.release(&version)?;
        Some(StoredRelease {
            version: release.version.to_string(),
            created: release.created,
            yanked: release.yanked.clone(),
            is_closed: release.is_closed(&state.settings, now),
        })
    }

    /// Whether a file with this name was deleted, so that the name cannot be used again.
    pub fn is_deleted(&self, filename: &str) -> bool {
        self.application.state().is_deleted(filename)
    }
}
