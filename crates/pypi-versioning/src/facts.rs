//! The facts of a checkout.

use crate::{CommitId, Tag, Timestamp};

/// What is known about a checkout: the input of [`describe`](crate::describe()).
///
/// `GitCommand` (feature `git`) reads the facts of a git checkout. Other sources of facts fill the
/// fields themselves.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{CommitId, Facts, Tag};
///
/// let facts = Facts::new()
///     .tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .distance(4)
///     .node(CommitId::parse("ea48643d95b2c4f2f5c3b3b0a3e3d5c5b8a1f0e2")?);
/// assert_eq!(facts.distance, 4);
/// assert!(!facts.is_exact());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// The nearest version tag, on the commit or on one of its ancestors.
    pub tag: Option<Tag>,
    /// The number of commits since the tag, or in the whole history without a tag.
    pub distance: u64,
    /// The commit that is checked out. Its ID is abbreviated only where nothing states all of it.
    pub node: Option<CommitId>,
    /// Whether tracked files differ from the commit. Untracked files do not count.
    pub dirty: bool,
    /// The branch that is checked out, `None` for a detached head.
    pub branch: Option<String>,
    /// Whether the history is shallow, so that tags and commits may be missing.
    pub shallow: bool,
    /// The commit date. Unlike the current time, it is the same in every run.
    pub commit_time: Option<Timestamp>,
}

impl Facts {
    /// Returns the facts of a clean checkout without tag, commit or time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the nearest version tag.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// Sets the number of commits since the tag.
    #[must_use]
    pub fn distance(mut self, distance: u64) -> Self {
        self.distance = distance;
        self
    }

    /// Sets the commit.
    #[must_use]
    pub fn node(mut self, node: CommitId) -> Self {
        self.node = Some(node);
        self
    }

    /// Sets whether tracked files differ from the commit.
    #[must_use]
    pub fn dirty(mut self, dirty: bool) -> Self {
        self.dirty = dirty;
        self
    }

    /// Sets the branch.
    #[must_use]
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Sets whether the history is shallow.
    #[must_use]
    pub fn shallow(mut self, shallow: bool) -> Self {
        self.shallow = shallow;
        self
    }

    /// Sets the commit date.
    #[must_use]
    pub fn commit_time(mut self, commit_time: Timestamp) -> Self {
        self.commit_time = Some(commit_time);
        self
    }

    /// Returns whether this is a tagged commit with a clean tree.
    pub fn is_exact(&self) -> bool {
        self.tag.is_some() && self.distance == 0 && !self.dirty
    }
}
