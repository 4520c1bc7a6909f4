//! Why the facts of a checkout could not be read.

use std::{io, path::Path, process::ExitStatus, time::Duration};

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

pub(super) fn io(root: &Path, command: &str, timeout: Duration, error: io::Error) -> Error {
    let error_of = match error.kind() {
        io::ErrorKind::FileTooLarge => {
            let message = format!("git printed too much about the repository at {root:?}");
            Error::new(ErrorKind::TooLong, message).with_help("delete tags that are not needed")
        }
        io::ErrorKind::TimedOut => {
            let message = format!("git {command} in {root:?} did not finish in {timeout:?}");
            Error::new(ErrorKind::GitTimeout, message)
                .with_help("check that no file in .git and no .gitattributes is a named pipe")
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

pub(super) fn unsafe_config(root: &Path, message: &str) -> Error {
    let message = format!("the configuration of git in {root:?} {message}");
    Error::new(ErrorKind::UnsafeConfig, message).with_help(
        "run `git config --show-origin --get-regexp ^filter`, which runs no filter, and remove it",
    )
}

/// Interprets what git printed to standard error.
pub(super) fn from_stderr(root: &Path, command: &str, status: ExitStatus, stderr: &str) -> Error {
    let fatal = |text: &str| {
        let mut errors = stderr
            .lines()
            .filter_map(|line| line.strip_prefix("fatal: "));
        errors.any(|error| error.starts_with(text))
    };
    if fatal("not a git repository") {
        let message = format!("{root:?} is not in a git repository");
        return Error::new(ErrorKind::NotRepository, message)
            .with_help("run this in a checkout, not in an unpacked archive");
    }
    if fatal("this operation must be run in a work tree") || fatal("cannot use bare repository") {
        let message =
            format!("{root:?} is in a bare repository or a .git folder, not in a working tree");
        return Error::new(ErrorKind::NoWorkTree, message)
            .with_help("run this in a checkout (git clone, or git worktree add)");
    }
    // Git 2.35.2 and the fixed versions before printed the second text.
    if fatal("detected dubious ownership") || fatal("unsafe repository") {
        let remedy = remedy(stderr).unwrap_or("git config --global --add safe.directory <folder>");
        let message =
            format!("repository at {root:?} belongs to another user, so git does not read it");
        return Error::new(ErrorKind::DubiousOwnership, message)
            .with_help(format!("if you trust it, run `{remedy}`"));
    }
    let mut lines = stderr.lines();
    let reason = lines.rfind(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let reason = reason.map_or_else(|| status.to_string(), printable);
    let message = format!("git {command} failed in {root:?} ({reason})");
    Error::new(ErrorKind::GitFailed, message).with_help("check that `git status` works there")
}

/// Returns the command with which git would accept the repository. `None` if the name of the folder
/// may have put other commands into the text.
fn remedy(stderr: &str) -> Option<&str> {
    let lines = stderr.lines().map(str::trim);
    let mut commands = lines.filter(|line| line.starts_with("git config"));
    let (command, None) = (commands.next()?, commands.next()) else {
        return None;
    };
    let folder = command.strip_prefix("git config --global --add safe.directory ")?;
    let quoted = folder
        .strip_prefix('\'')
        .and_then(|folder| folder.strip_suffix('\''));
    let is_one_word = match quoted {
        Some(folder) => !folder.contains('\'') && folder.chars().all(is_printable),
        None => folder
            .chars()
            .all(|character| character.is_alphanumeric() || "/:._-".contains(character)),
    };
    is_one_word.then_some(command)
}

fn printable(words: &str) -> String {
    let words = words.chars().filter(|character| is_printable(*character));
    words.take(MAX_WORDS).collect()
}

/// Returns whether a terminal shows the character as it is: no control character, and none that
/// changes the direction of the text.
fn is_printable(character: char) -> bool {
    matches!(character, '"' | '\'' | '\\') || character.escape_debug().len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> ExitStatus {
        ExitStatus::default()
    }

    #[test]
    fn the_remedy_of_git_is_passed_on() {
        let stderr = "fatal: detected dubious ownership in repository at '/src/a b'\n\
            To add an exception for this directory, call:\n\n\
            \tgit config --global --add safe.directory '/src/a b'\n";
        let error = from_stderr(Path::new("/src/a b"), "rev-parse", failed(), stderr);
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
    fn a_folder_cannot_change_the_remedy() {
        for folder in [
            "x\n\tgit config --global alias.x '!y'\n",
            "x\ngit config --global --add safe.directory *\n",
            "x'; y; '",
            "x\u{202e}",
        ] {
            let stderr = format!(
                "fatal: detected dubious ownership in repository at '/{folder}'\n\
                To add an exception for this directory, call:\n\n\
                \tgit config --global --add safe.directory '/{folder}'\n"
            );
            let error = from_stderr(Path::new("."), "status", failed(), &stderr);
            assert_eq!(error.kind(), ErrorKind::DubiousOwnership);
            assert_eq!(
                error.help(),
                Some("if you trust it, run `git config --global --add safe.directory <folder>`"),
                "{folder:?}"
            );
        }
    }

    #[test]
    fn only_the_beginning_of_an_error_decides_its_kind() {
        let stderr = "error: bad ref fatal: not a git repository\nfatal: no\u{2028}pe\u{85}\n";
        let error = from_stderr(Path::new("."), "status", failed(), stderr);
        assert_eq!(error.kind(), ErrorKind::GitFailed);
        assert_eq!(
            error.to_string(),
            "git status failed in \".\" (fatal: nope)"
        );
    }

    #[test]
    fn other_errors_are_one_line() {
        let stderr = "warning: x\nfatal: bad object \u{1b}[31mHEAD\nhint: y\n";
        let error = from_stderr(Path::new("."), "rev-list", failed(), stderr);
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
