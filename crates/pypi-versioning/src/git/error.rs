use std::{io, path::Path};

/// The reason why the facts of a checkout could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct GitError {
    kind: GitErrorKind,
    message: String,
    source: Option<io::Error>,
}

impl GitError {
    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> GitErrorKind {
        self.kind
    }

    pub(super) fn not_started(error: io::Error) -> Self {
        let (kind, message) = match error.kind() {
            io::ErrorKind::NotFound => (
                GitErrorKind::GitMissing,
                "command git was not found on the PATH: install git",
            ),
            _ => (
                GitErrorKind::Failed,
                "command git could not be started: check that `git --version` runs",
            ),
        };
        Self {
            source: Some(error),
            ..Self::new(kind, message.to_owned())
        }
    }

    pub(super) fn io(root: &Path, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::FileTooLarge => GitErrorKind::TooMuchOutput,
            _ => GitErrorKind::Failed,
        };
        let message = match kind {
            GitErrorKind::TooMuchOutput => format!(
                "git said more of the repository at {root:?} than fits in memory: delete tags \
                 that are not needed"
            ),
            _ => format!("answer of git in {root:?} could not be read: run the command again"),
        };
        Self {
            source: Some(error),
            ..Self::new(kind, message)
        }
    }

    fn no_work_tree(root: &Path) -> Self {
        let message = format!(
            "{root:?} is in a bare repository or a .git folder, not in a working tree: run this \
             in a checkout (git clone, or git worktree add)"
        );
        Self::new(GitErrorKind::NoWorkTree, message)
    }

    pub(super) fn no_commit(root: &Path) -> Self {
        let message = format!("repository at {root:?} has no commit yet: make one first");
        Self::new(GitErrorKind::NoCommit, message)
    }

    pub(super) fn unexpected(root: &Path, call: &str) -> Self {
        let message = format!(
            "git {call} in {root:?} answered something unexpected: check that `git --version` \
             is at least 2.17"
        );
        Self::new(GitErrorKind::Failed, message)
    }

    /// Reads what git said on standard error.
    pub(super) fn from_complaint(root: &Path, call: &str, complaint: &str) -> Self {
        if complaint.contains("not a git repository") {
            let message = format!(
                "{root:?} is not in a git repository: run this in a checkout, not in an unpacked \
                 archive"
            );
            return Self::new(GitErrorKind::NotRepository, message);
        }
        if complaint.contains("must be run in a work tree") {
            return Self::no_work_tree(root);
        }
        if complaint.contains("dubious ownership") {
            let remedy = complaint
                .lines()
                .map(str::trim)
                .find(|line| line.starts_with("git config"))
                .unwrap_or("git config --global --add safe.directory <folder>");
            let message = format!(
                "repository at {root:?} belongs to another user and git does not read it: if you \
                 trust it, run `{}`",
                printable(remedy)
            );
            return Self::new(GitErrorKind::DubiousOwnership, message);
        }
        let reason = complaint
            .lines()
            .rfind(|line| line.starts_with("fatal: ") || line.starts_with("error: "))
            .unwrap_or("no reason given");
        let message = format!(
            "git {call} failed in {root:?} ({}): check that `git status` works there",
            printable(reason)
        );
        Self::new(GitErrorKind::Failed, message)
    }

    fn new(kind: GitErrorKind, message: String) -> Self {
        Self {
            kind,
            message,
            source: None,
        }
    }
}

/// The ways in which a checkout fails to give facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GitErrorKind {
    /// The command `git` is not installed.
    GitMissing,
    /// The folder is in no git repository.
    NotRepository,
    /// The folder is in a bare repository, or in a `.git` folder.
    NoWorkTree,
    /// The repository belongs to another user and `safe.directory` does not list it.
    DubiousOwnership,
    /// Nothing has been committed.
    NoCommit,
    /// An answer was longer than 64 MiB.
    TooMuchOutput,
    /// Anything else git complains of, such as a damaged repository.
    Failed,
}

/// The most characters of git's own words a message repeats.
const MAX_WORDS: usize = 300;

fn printable(words: &str) -> String {
    let words = words.chars().filter(|character| !character.is_control());
    words.take(MAX_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_of_git_is_passed_on() {
        let complaint = "fatal: detected dubious ownership in repository at '/src/a b'\n\
            To add an exception for this directory, call:\n\n\
            \tgit config --global --add safe.directory '/src/a b'\n";
        let error = GitError::from_complaint(Path::new("/src/a b"), "rev-parse", complaint);
        assert_eq!(error.kind(), GitErrorKind::DubiousOwnership);
        assert_eq!(
            error.to_string(),
            "repository at \"/src/a b\" belongs to another user and git does not read it: if \
             you trust it, run `git config --global --add safe.directory '/src/a b'`"
        );
    }

    #[test]
    fn other_complaints_are_one_line() {
        let complaint = "warning: x\nfatal: bad object \u{1b}[31mHEAD\nhint: y\n";
        let error = GitError::from_complaint(Path::new("."), "rev-list", complaint);
        assert_eq!(error.kind(), GitErrorKind::Failed);
        assert_eq!(
            error.to_string(),
            "git rev-list failed in \".\" (fatal: bad object [31mHEAD): check that `git status` \
             works there"
        );
    }

    #[test]
    fn a_missing_git_is_told_apart() {
        let error = GitError::not_started(io::ErrorKind::NotFound.into());
        assert_eq!(error.kind(), GitErrorKind::GitMissing);
        assert!(std::error::Error::source(&error).is_some());
    }
}
