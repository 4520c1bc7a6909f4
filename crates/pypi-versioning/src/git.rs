mod command;
mod error;
mod tags;

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use command::Git;
pub use error::{GitError, GitErrorKind};

use crate::facts::{CommitId, Date, Facts, Tag};

/// How many tagged commits are compared by distance: as many as `git describe` looks at.
const MAX_CANDIDATES: usize = 10;

/// What [`read_git`] should look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSettings {
    tag_prefix: String,
}

impl GitSettings {
    /// Makes the default settings: tags such as `v1.2.3` and `1.2.3`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what version tags begin with, as in `client-v1.2.3`; see [`Tag::parse`].
    #[must_use]
    pub fn with_tag_prefix(mut self, tag_prefix: impl Into<String>) -> Self {
        self.tag_prefix = tag_prefix.into();
        self
    }
}

/// Reads the facts of the checkout that holds the folder `root`, by running `git`.
///
/// The tag is the nearest one as `git describe --tags` would have it, tags that name no
/// version left aside; of several on one commit, the one with the highest version. The
/// distance counts the commits that the tag does not contain.
///
/// The date is the day of the commit, so that a second run gives the same version; set
/// another one with [`Facts::with_date`].
///
/// `git` is run without the `GIT_*` variables of the environment, which in a hook point to
/// another repository, and without hooks, file system monitor or replaced objects. Whether the
/// repository may be trusted is git's decision (`safe.directory`), made again on every call.
///
/// # Errors
///
/// Each [`GitErrorKind`] says when it occurs. A checkout without any version tag or with a
/// shallow history is no error here: [`describe`](crate::describe()) decides about those.
pub fn read_git(root: &Path, settings: &GitSettings) -> Result<Facts, GitError> {
    let git = Git::new(root);
    let shallow = is_shallow(&git)?;
    let head = head(&git)?;
    let tags = tags::by_commit(
        &git.bytes_or_empty(&["show-ref", "--tags", "-d"])?,
        settings,
    );
    let (tag, distance) = nearest(&git, &head, tags)?;
    let branch = git.bytes_or_empty(&["symbolic-ref", "--short", "--quiet", "HEAD"])?;
    Ok(Facts {
        tag,
        distance,
        dirty: is_dirty(&git)?,
        branch: String::from_utf8(branch).ok().and_then(nonempty_line),
        shallow,
        date: commit_date(&git, &head)?,
        node: Some(head),
    })
}

fn is_shallow(git: &Git<'_>) -> Result<bool, GitError> {
    let answer = git.text(&[
        "rev-parse",
        "--is-inside-work-tree",
        "--is-shallow-repository",
    ])?;
    match answer.lines().collect::<Vec<_>>()[..] {
        ["true", "true"] => Ok(true),
        ["true", "false"] => Ok(false),
        ["false", _] => Err(GitError::no_work_tree(git.root())),
        _ => Err(GitError::unexpected(git.root(), "rev-parse")),
    }
}

fn head(git: &Git<'_>) -> Result<CommitId, GitError> {
    let bytes = git.bytes_or_empty(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    let Some(name) = String::from_utf8(bytes).ok().and_then(nonempty_line) else {
        return Err(GitError::no_commit(git.root()));
    };
    CommitId::parse(&name).map_err(|_| GitError::unexpected(git.root(), "rev-parse"))
}

/// Finds the tagged ancestor with the fewest commits since, among the ones a walk from the
/// newest commit on meets first: what `git describe` does, which cannot be told to skip tags
/// by more than a list of patterns.
fn nearest(
    git: &Git<'_>,
    head: &CommitId,
    mut tags: HashMap<String, Tag>,
) -> Result<(Option<Tag>, u64), GitError> {
    if let Some(tag) = tags.remove(head.as_str()) {
        return Ok((Some(tag), 0));
    }
    let mut best: Option<(u64, String)> = None;
    for commit in tagged_ancestors(git, head, &tags)? {
        let distance = count(git, &[head.as_str(), &format!("^{commit}")])?;
        if best.as_ref().is_none_or(|(least, _)| distance < *least) {
            best = Some((distance, commit));
        }
    }
    match best {
        Some((distance, commit)) => Ok((tags.remove(&commit), distance)),
        None => Ok((None, count(git, &[head.as_str()])?)),
    }
}

fn tagged_ancestors(
    git: &Git<'_>,
    head: &CommitId,
    tags: &HashMap<String, Tag>,
) -> Result<Vec<String>, GitError> {
    let wanted = tags.len().min(MAX_CANDIDATES);
    let mut found = Vec::new();
    if wanted == 0 {
        return Ok(found);
    }
    git.read(&["rev-list", head.as_str()], |output| {
        for line in output.lines() {
            let commit = line?;
            if tags.contains_key(&commit) {
                found.push(commit);
            }
            if found.len() == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    Ok(found)
}

fn count(git: &Git<'_>, revisions: &[&str]) -> Result<u64, GitError> {
    let answer = git.text(&[&["rev-list", "--count"], revisions].concat())?;
    let number = answer.trim_end().parse();
    number.map_err(|_| GitError::unexpected(git.root(), "rev-list"))
}

fn is_dirty(git: &Git<'_>) -> Result<bool, GitError> {
    git.read(
        &["status", "--porcelain=v2", "--untracked-files=no", "-z"],
        |mut output| Ok(!output.fill_buf()?.is_empty()),
    )
}

fn commit_date(git: &Git<'_>, head: &CommitId) -> Result<Option<Date>, GitError> {
    let answer = git.text(&["show", "--no-patch", "--format=%ct", head.as_str()])?;
    let seconds = answer.trim_end().parse().ok();
    Ok(seconds.and_then(|seconds| Date::from_unix_seconds(seconds).ok()))
}

fn nonempty_line(text: String) -> Option<String> {
    let line = text.lines().next()?;
    (!line.is_empty()).then(|| line.to_owned())
}
