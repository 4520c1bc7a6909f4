mod command;
mod error;
mod walk;

use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

use command::Git;
use walk::{Nearest, nearest};

use crate::{Backend, CommitId, Facts, TagFilter};

pub use error::{GitError, GitErrorKind};

/// Reads the facts of a checkout by at most four calls of the command `git`.
///
/// The tag is the nearest one as `git describe --tags` would have it, tags that name no version
/// left aside; of several on one commit, the one with the highest version, and of equal ones
/// the first name in byte order. The distance counts the commits that the tag does not contain,
/// which `git describe` only estimates when clocks were wrong.
///
/// `git` is run without the `GIT_*` variables of the environment, which in a hook point to
/// another repository, and without hooks, file system monitor or replaced objects. Whether the
/// repository may be trusted is git's decision (`safe.directory`), made again on every call.
///
/// ```no_run
/// use pypi_versioning::{Backend, GitCommand, Settings, TagFilter, describe};
///
/// let facts = GitCommand::new(".").facts(&TagFilter::new())?;
/// println!("{}", describe(facts, &Settings::new())?.public());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct GitCommand {
    root: PathBuf,
}

impl GitCommand {
    /// Reads the checkout that holds the folder `root`.
    #[must_use]
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self {
            root: root.as_ref().to_owned(),
        }
    }
}

impl Backend for GitCommand {
    type Error = GitError;

    fn facts(&self, tags: &TagFilter) -> Result<Facts, GitError> {
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

fn status(git: &Git<'_>) -> Result<Status, GitError> {
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
        Some("(initial)") => return Err(GitError::no_commit(git.root())),
        oid => oid.and_then(|oid| CommitId::parse(oid).ok()),
    };
    Ok(Status {
        head: head.ok_or_else(|| GitError::unexpected(git.root(), "status"))?,
        branch: header("branch.head ").filter(|branch| branch != "(detached)"),
        dirty,
    })
}

fn is_shallow(git: &Git<'_>) -> Result<bool, GitError> {
    match git
        .text(&["rev-parse", "--is-shallow-repository"])?
        .trim_end()
    {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(GitError::unexpected(git.root(), "rev-parse")),
    }
}
