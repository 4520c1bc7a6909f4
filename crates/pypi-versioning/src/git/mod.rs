//! The facts of a git checkout, from the command `git`.

mod command;
mod commit;
mod error;
mod filters;
mod history;
mod output;
mod stat;
mod status;
mod walk;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{Error, Facts, TagFilter};

use command::Git;
use filters::Filters;
use status::Status;
use walk::{Nearest, nearest};

pub use commit::{Commit, History, HistoryRange, Person};

/// The default time limit of a call of git, which needs some seconds for a million commits.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Reads the facts of a checkout with at most six calls of the command `git`.
///
/// The tag is the one that `git describe --tags` would choose among the version tags. If a commit has
/// several, it is the one with the highest version, and of equal versions the first name in byte
/// order. The distance is the number of commits that the tag does not contain, which `git describe`
/// only estimates if clocks were wrong.
///
/// The checkout need not be trusted. Git runs no program that its configuration names, such as
/// filters, hooks and file system monitors, fetches no missing objects, starts no git in submodules,
/// and changes nothing. Whether git reads the repository of another user depends on its configuration
/// (`safe.directory`). The `GIT_*` variables of the environment are removed.
///
/// A checkout is dirty if a tracked file differs or a submodule is at another commit. A file with a
/// filter, such as that of Git LFS, also counts as equal if the index has its size and time. Changes
/// within submodules do not count.
///
/// # Examples
///
/// ```no_run
/// use pypi_versioning::{GitCommand, Settings, TagFilter, describe};
///
/// let facts = GitCommand::new(".").facts(&TagFilter::new())?;
/// println!("{}", describe(facts, &Settings::new())?.public());
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GitCommand {
    root: PathBuf,
    timeout: Duration,
}

impl GitCommand {
    /// Returns a reader of the checkout that contains the folder `root`.
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self {
            root: root.as_ref().to_owned(),
            timeout: TIMEOUT,
        }
    }

    /// Sets the time limit of each call of git, by default two minutes.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Reads the facts of the checkout.
    ///
    /// A checkout without version tags, or with a shallow history, is not an error here.
    /// [`describe`](crate::describe()) decides about those.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::DubiousOwnership`] if the repository belongs to another user.
    /// - [`ErrorKind::GitFailed`] if git cannot be run or fails, for example because the repository
    ///   is damaged.
    /// - [`ErrorKind::GitMissing`] if git is not installed.
    /// - [`ErrorKind::GitTimeout`] if a call of git takes longer than the [`timeout`](Self::timeout).
    /// - [`ErrorKind::NoCommit`] if the repository has no commits.
    /// - [`ErrorKind::NoWorkTree`] if the folder is in a bare repository or in a `.git` folder.
    /// - [`ErrorKind::NotRepository`] if the folder is not in a git repository.
    /// - [`ErrorKind::TooLong`] if git prints more than 1 GiB, or a name is longer than 64 KiB.
    /// - [`ErrorKind::UnsafeConfig`] if the configuration defines filters that cannot be disabled,
    ///   because a name contains `=` or there are hundreds.
    ///
    /// [`ErrorKind::DubiousOwnership`]: crate::ErrorKind::DubiousOwnership
    /// [`ErrorKind::GitFailed`]: crate::ErrorKind::GitFailed
    /// [`ErrorKind::GitMissing`]: crate::ErrorKind::GitMissing
    /// [`ErrorKind::GitTimeout`]: crate::ErrorKind::GitTimeout
    /// [`ErrorKind::NoCommit`]: crate::ErrorKind::NoCommit
    /// [`ErrorKind::NoWorkTree`]: crate::ErrorKind::NoWorkTree
    /// [`ErrorKind::NotRepository`]: crate::ErrorKind::NotRepository
    /// [`ErrorKind::TooLong`]: crate::ErrorKind::TooLong
    /// [`ErrorKind::UnsafeConfig`]: crate::ErrorKind::UnsafeConfig
    pub fn facts(&self, tags: &TagFilter) -> Result<Facts, Error> {
        let mut git = Git::new(&self.root, self.timeout);
        let filters = Filters::configured(&git)?;
        git.configure(filters.disabled());
        let Status {
            head,
            branch,
            dirty,
            shallow,
        } = Status::read(&git, &filters)?;
        let Nearest {
            tag,
            distance,
            commit_time,
        } = nearest(&git, &head, tags)?;
        Ok(Facts {
            tag,
            distance,
            node: Some(head),
            dirty,
            branch,
            shallow,
            commit_time,
        })
    }
}
