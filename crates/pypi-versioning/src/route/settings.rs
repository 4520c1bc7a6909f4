//! Where a project wants its versions published.

use super::{event::CiEvent, verdict::Target};
use crate::TagFilter;

/// Where a project wants its versions published.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{RouteSettings, Target};
///
/// let settings = RouteSettings::new()
///     .repository("owner/name")
///     .prereleases(Target::TestPyPi);
/// assert_eq!(settings.prereleases, Target::TestPyPi);
/// assert_eq!(settings.release_tags.glob.as_deref(), Some("v*"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct RouteSettings {
    /// The branch whose development versions go to TestPyPI. If not set, the default branch of the
    /// event, or else `main`.
    pub default_branch: Option<String>,
    /// The only repository that publishes, such as `owner/name`. If not set, forks that run the
    /// workflow publish, too.
    pub repository: Option<String>,
    /// Which tags are releases, by default `v*`.
    pub release_tags: TagFilter,
    /// Where tagged alphas, betas and release candidates go, by default to PyPI.
    pub prereleases: Target,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self {
            default_branch: None,
            repository: None,
            release_tags: TagFilter::new().glob("v*"),
            prereleases: Target::PyPi,
        }
    }
}

impl RouteSettings {
    /// Returns the default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the branch whose development versions go to TestPyPI.
    #[must_use]
    pub fn default_branch(mut self, branch: impl Into<String>) -> Self {
        self.default_branch = Some(branch.into());
        self
    }

    /// Sets the only repository that publishes.
    #[must_use]
    pub fn repository(mut self, repository: impl Into<String>) -> Self {
        self.repository = Some(repository.into());
        self
    }

    /// Sets which tags are releases.
    #[must_use]
    pub fn release_tags(mut self, release_tags: TagFilter) -> Self {
        self.release_tags = release_tags;
        self
    }

    /// Sets where tagged alphas, betas and release candidates go.
    #[must_use]
    pub fn prereleases(mut self, target: Target) -> Self {
        self.prereleases = target;
        self
    }

    /// Returns the reason if the run is in a fork.
    pub(super) fn fork(&self, event: &CiEvent) -> Option<String> {
        let expected = self.repository.as_deref()?;
        let found = event.repository.as_deref();
        if found.is_some_and(|found| found.eq_ignore_ascii_case(expected)) {
            return None;
        }
        let found = found.unwrap_or("an unknown repository");
        Some(format!(
            "the run is in {found}, but only {expected} publishes"
        ))
    }
}
