//! Why the facts of a checkout could not be read.

use std::{io, path::Path};

use crate::{Error, ErrorKind};

/// The maximum number of characters of git's own text that a message repeats.
const MAX_WORDS: usize = 300;

pub(super) fn not_started(error: io::Error) -> Error {
    let error_of = match error.kind() {
        io::ErrorKind::NotFound => Error::new(
            ErrorKind::GitMissing,
            "command git was not found on the PATH",
        )
        .with_help("install git"),
        _ => Error::new(ErrorKind::GitFailed, "command git could not be started")
            .with_help("check that `git --version` works"),
    };
    error_of.with_source(error)
}

pub(super) fn io(root: &Path, error: io::Error) -> Error {
    let error_of = match error.kind() {
        io::ErrorKind::FileTooLarge => {
            let message = format!("git printed too much about the repository at {root:?}");
            Error::new(ErrorKind::TooLong, message).with_help("delete tags that are not needed")
        }
        _ => {
            let message = format!("output of git in {root:?} could not be read");
            Error::new(ErrorKind::GitFailed, message).with_help("run the command again")
        }
    };
    error_of.with_source(error)
}

pub(super) fn no_commit(root: &Path) -> Error {
    let message = format!("repository at {root:?} has no commits");
    Error::new(ErrorKind::NoCommit, message).with_help("make a first commit")
}

pub(super) fn unexpected(root: &Path, command: &str) -> Error {
    let message = format!("git {command} in {root:?} printed something unexpected");
    Error::new(ErrorKind::GitFailed, message)
        .with_help("check that `git --version` is at least 2.17")
}

/// Interprets what git printed to standard error.
pub(super) fn from_stderr(root: &Path, command: &str, stderr: &str) -> Error {
    if stderr.contains("not a git repository") {
        let message = format!("{root:?} is not in a git repository");
        return Error::new(ErrorKind::NotRepository, message)
            .with_help("run this in a checkout, not in an unpacked archive");
    }
    if stderr.contains("must be run in a work tree") {
        let message =
            format!("{root:?} is in a bare repository or a .git folder, not in a working tree");
        return Error::new(ErrorKind::NoWorkTree, message)
            .with_help("run this in a checkout (git clone, or git worktree add)");
    }
    if stderr.contains("dubious ownership") {
        let remedy = stderr
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with("git config"))
            .unwrap_or("git config --global --add safe.directory <folder>");
        let message =
            format!("repository at {root:?} belongs to another user, so git does not read it");
        return Error::new(ErrorKind::DubiousOwnership, message)
            .with_help(format!("if you trust it, run `{}`", printable(remedy)));
    }
    let reason = stderr
        .lines()
        .rfind(|line| line.starts_with("fatal: ") || line.starts_with("error: "))
        .unwrap_or("no reason given");
    let message = format!("git {command} failed in {root:?} ({})", printable(reason));
    Error::new(ErrorKind::GitFailed, message).with_help("check that `git status` works there")
}

fn printable(words: &str) -> String {
    let words = words.chars().filter(|character| !character.is_control());
    words.take(MAX_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_of_git_is_passed_on() {
        let stderr = "fatal: detected dubious ownership in repository at '/src/a b'\n\
            To add an exception for this directory, call:\n\n\
            \tgit config --global --add safe.directory '/src/a b'\n";
        let error = from_stderr(Path::new("/src/a b"), "rev-parse", stderr);
        assert_eq!(error.kind(), ErrorKind::DubiousOwnership);
        assert_eq!(
            error.to_string(),
            "repository at \"/src/a b\" belongs to another user, so git does not read it"
        );
        assert_eq!(
            error.help(),
            Some("if you trust it, run `git config --global --add safe.directory '/src/a b'`")
        );
    }

    #[test]
    fn other_errors_are_one_line() {
        let stderr = "warning: x\nfatal: bad object \u{1b}[31mHEAD\nhint: y\n";
        let error = from_stderr(Path::new("."), "rev-list", stderr);
        assert_eq!(error.kind(), ErrorKind::GitFailed);
        assert_eq!(
            error.to_string(),
            "git rev-list failed in \".\" (fatal: bad object [31mHEAD)"
        );
        assert_eq!(error.help(), Some("check that `git status` works there"));
    }

    #[test]
    fn a_missing_git_has_a_kind() {
        let error = not_started(io::ErrorKind::NotFound.into());
        assert_eq!(error.kind(), ErrorKind::GitMissing);
        assert!(std::error::Error::source(&error).is_some());
    }
}
