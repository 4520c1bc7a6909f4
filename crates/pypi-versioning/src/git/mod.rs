//! The facts of a git checkout, from the command `git`.

mod command;
mod error;
mod walk;

use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

use crate::{CommitId, Error, Facts, TagFilter};

use command::Git;
use walk::{Nearest, nearest};

/// Reads the facts of a checkout with at most four calls of the command `git`.
///
/// The tag is the one that `git describe --tags` would choose among the version tags. If a commit has
/// several, it is the one with the highest version, and of equal versions the first name in byte
/// order. The distance is the number of commits that the tag does not contain, which `git describe`
/// only estimates if clocks were wrong.
///
/// `git` runs without the `GIT_*` variables of the environment, which in a hook point to another
/// repository, and without hooks, file system monitor or replaced objects. Whether the repository can
/// be trusted is git's decision (`safe.directory`).
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
}

impl GitCommand {
    /// Returns a reader of the checkout that contains the folder `root`.
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self {
            root: root.as_ref().to_owned(),
        }
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
    /// - [`ErrorKind::NoCommit`] if the repository has no commits.
    /// - [`ErrorKind::NoWorkTree`] if the folder is in a bare repository or in a `.git` folder.
    /// - [`ErrorKind::NotRepository`] if the folder is not in a git repository.
    /// - [`ErrorKind::TooLong`] if git prints more than 64 MiB.
    ///
    /// [`ErrorKind::DubiousOwnership`]: crate::ErrorKind::DubiousOwnership
    /// [`ErrorKind::GitFailed`]: crate::ErrorKind::GitFailed
    /// [`ErrorKind::GitMissing`]: crate::ErrorKind::GitMissing
    /// [`ErrorKind::NoCommit`]: crate::ErrorKind::NoCommit
    /// [`ErrorKind::NoWorkTree`]: crate::ErrorKind::NoWorkTree
    /// [`ErrorKind::NotRepository`]: crate::ErrorKind::NotRepository
    /// [`ErrorKind::TooLong`]: crate::ErrorKind::TooLong
    pub fn facts(&self, tags: &TagFilter) -> Result<Facts, Error> {
        let git = Git::new(&self.root);
        let Status {
            head,
            branch,
            dirty,
        } = status(&git)?;
        let shallow = is_shallow(&git)?;
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

struct Status {
    head: CommitId,
    branch: Option<String>,
    dirty: bool,
}

fn status(git: &Git<'_>) -> Result<Status, Error> {
    let mut headers = Vec::new();
    let mut dirty = false;
    let args = [
        "status",
        "--porcelain=v2",
        "--branch",
        "--no-ahead-behind",
        "--untracked-files=no",
        "-z",
    ];
    git.read(&args, |output| {
        for record in output.split(0) {
            let record = record?;
            match record.strip_prefix(b"# ") {
                Some(header) => headers.push(header.to_vec()),
                None => {
                    dirty = true;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    })?;
    let header = |name: &str| {
        let mut values = headers
            .iter()
            .filter_map(|header| header.strip_prefix(name.as_bytes()));
        values
            .next()
            .map(<[u8]>::to_vec)
            .and_then(|value| String::from_utf8(value).ok())
    };
    let head = match header("branch.oid ").as_deref() {
        Some("(initial)") => return Err(error::no_commit(git.root())),
        oid => oid.and_then(|oid| CommitId::parse(oid).ok()),
    };
    Ok(Status {
        head: head.ok_or_else(|| error::unexpected(git.root(), "status"))?,
        branch: header("branch.head ").filter(|branch| branch != "(detached)"),
        dirty,
    })
}

fn is_shallow(git: &Git<'_>) -> Result<bool, Error> {
    match git
        .text(&["rev-parse", "--is-shallow-repository"])?
        .trim_end()
    {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(error::unexpected(git.root(), "rev-parse")),
    }
}
