use crate::{CommitId, Tag, Timestamp};

/// What is known of a checkout: the only input of [`describe`](crate::describe()).
///
/// `GitCommand` (feature `git`) fills it from a git checkout; a caller with another source of
/// facts fills it by hand.
///
/// ```
/// use pypi_versioning::{CommitId, Facts, Tag};
///
/// let facts = Facts::new()
///     .with_tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .with_distance(4)
///     .with_node(CommitId::parse("ea48643d95b2c4f2f5c3b3b0a3e3d5c5b8a1f0e2")?);
/// assert!(!facts.is_exact());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The nearest version tag that the commit is, or descends from.
    pub tag: Option<Tag>,
    /// The number of commits since the tag; since the beginning where there is no tag.
    pub distance: u64,
    /// The commit that is checked out.
    pub node: Option<CommitId>,
    /// Whether tracked files differ from the commit. Untracked files do not count.
    pub dirty: bool,
    /// The branch that is checked out, none for a detached head.
    pub branch: Option<String>,
    /// Whether the history is cut off, so that tags and commits may be missing.
    pub shallow: bool,
    /// When the commit was made, which a second run finds unchanged.
    pub commit_time: Option<Timestamp>,
}

impl Facts {
    /// Makes the facts of a clean checkout without tag, commit or time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the nearest version tag.
    #[must_use]
    pub fn with_tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// Sets the number of commits since the tag.
    #[must_use]
    pub fn with_distance(mut self, distance: u64) -> Self {
        self.distance = distance;
        self
    }

    /// Sets the commit.
    #[must_use]
    pub fn with_node(mut self, node: CommitId) -> Self {
        self.node = Some(node);
        self
    }

    /// Sets whether tracked files differ from the commit.
    #[must_use]
    pub fn with_dirty(mut self, dirty: bool) -> Self {
        self.dirty = dirty;
        self
    }

    /// Sets the branch.
    #[must_use]
    pub fn with_branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Sets whether the history is cut off.
    #[must_use]
    pub fn with_shallow(mut self, shallow: bool) -> Self {
        self.shallow = shallow;
        self
    }

    /// Sets when the commit was made.
    #[must_use]
    pub fn with_commit_time(mut self, commit_time: Timestamp) -> Self {
        self.commit_time = Some(commit_time);
        self
    }

    /// Tells whether the checkout is what was tagged: on the tag, and clean.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.tag.is_some() && self.distance == 0 && !self.dirty
    }
}
