//! Commits, and which of them belong to a version.

use crate::{CommitId, Tag, TagFilter, Timestamp, Version};

/// A person, as a commit or `.mailmap` names them. Both texts come from the author of the commit.
///
/// # Examples
///
/// ```
/// use pypi_versioning::Person;
///
/// let person = Person::new("Ada", "ada@example.org");
/// assert_eq!(person.email, "ada@example.org");
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Person {
    /// The name, or an empty text.
    pub name: String,
    /// The address without angle brackets, or an empty text. It need not be one.
    pub email: String,
}

impl Person {
    /// Returns a person.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
        }
    }
}

/// A commit of a [`History`].
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Commit, CommitId, Person};
///
/// let id = CommitId::parse("0123456789abcdef0123456789abcdef01234567")?;
/// let commit = Commit::new(id, Person::new("Ada", "ada@example.org"), "Fix it\n\nAt last.\n");
/// assert_eq!(commit.subject(), "Fix it");
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Commit {
    /// The ID.
    pub id: CommitId,
    /// The IDs of the parents, the one that a merge continues first. Some may be outside of the history.
    pub parents: Vec<String>,
    /// The author, with the name and address that `.mailmap` gives them.
    pub author: Person,
    /// The author as the commit names them.
    pub recorded_author: Person,
    /// The message, of at most 64 KiB. Bytes that are not UTF-8 are replaced.
    pub message: String,
}

impl Commit {
    /// Returns a commit without parents.
    pub fn new(id: CommitId, author: Person, message: impl Into<String>) -> Self {
        Self {
            id,
            parents: Vec::new(),
            recorded_author: author.clone(),
            author,
            message: message.into(),
        }
    }

    /// Returns the first line of the message.
    pub fn subject(&self) -> &str {
        self.message
            .trim_start()
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end()
    }
}

/// Which commits [`GitCommand::history`](crate::GitCommand::history) returns; by default those since the last release before `HEAD`.
///
/// # Examples
///
/// ```no_run
/// use pypi_versioning::{GitCommand, HistoryRange};
///
/// let history = GitCommand::new(".").history(&HistoryRange::new().until("v1.1"))?;
/// for commit in history.commits {
///     println!("{}", commit.subject());
/// }
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HistoryRange {
    /// Which tags are versions.
    pub tags: TagFilter,
    /// The tag of the last commit; `None` for `HEAD`.
    pub until: Option<String>,
    /// The version of the last commit; `None` for that of its tag.
    pub version: Option<Version>,
    /// The tag of the release before; `None` for the one with the highest version.
    pub since: Option<String>,
    /// Whether only commits that changed something in the folder of the [`GitCommand`](crate::GitCommand) count.
    pub in_folder: bool,
    /// The maximum number of commits.
    pub max_commits: usize,
}

impl Default for HistoryRange {
    fn default() -> Self {
        Self {
            tags: TagFilter::new(),
            until: None,
            version: None,
            since: None,
            in_folder: false,
            max_commits: 1000,
        }
    }
}

impl HistoryRange {
    /// Returns the default range, of at most 1,000 commits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which tags are versions.
    #[must_use]
    pub fn tags(mut self, tags: TagFilter) -> Self {
        self.tags = tags;
        self
    }

    /// Sets the tag of the last commit.
    #[must_use]
    pub fn until(mut self, tag: impl Into<String>) -> Self {
        self.until = Some(tag.into());
        self
    }

    /// Sets the version of the last commit.
    #[must_use]
    pub fn version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// Sets the tag of the release before.
    #[must_use]
    pub fn since(mut self, tag: impl Into<String>) -> Self {
        self.since = Some(tag.into());
        self
    }

    /// Sets whether only commits that changed something in the folder count.
    #[must_use]
    pub fn in_folder(mut self, in_folder: bool) -> Self {
        self.in_folder = in_folder;
        self
    }

    /// Sets the maximum number of commits.
    #[must_use]
    pub fn max_commits(mut self, max_commits: usize) -> Self {
        self.max_commits = max_commits;
        self
    }
}

/// The commits of a version: those that its commit contains and the release before does not.
///
/// Returned by [`GitCommand::history`](crate::GitCommand::history).
///
/// # Examples
///
/// ```no_run
/// use pypi_versioning::{GitCommand, HistoryRange};
///
/// let history = GitCommand::new(".").history(&HistoryRange::new())?;
/// let since = history.previous.map_or("the beginning".to_owned(), |tag| tag.name);
/// println!("{} commits since {since}", history.commits.len());
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// The last commit.
    pub head: CommitId,
    /// When the last commit was made.
    pub time: Option<Timestamp>,
    /// The version tag of the last commit.
    pub tag: Option<Tag>,
    /// The release before; `None` if this is the first.
    pub previous: Option<Tag>,
    /// The commits, children before parents.
    pub commits: Vec<Commit>,
    /// Whether there are more commits than the maximum.
    pub is_truncated: bool,
    /// Whether older commits and their tags are missing, as in a clone made with `--depth`.
    pub is_shallow: bool,
}
