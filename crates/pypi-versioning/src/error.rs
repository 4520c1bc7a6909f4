//! The error type of everything except versions and specifiers, which have small ones of their own.

use std::{borrow::Cow, error::Error as StdError};

use crate::VersionError;

/// An error from any function of this crate, except those that parse versions and specifiers.
///
/// [`Display`](std::fmt::Display) prints one line that says what is wrong. It contains neither the
/// remedy, which [`help`](Self::help) returns, nor the cause, which is behind `source()`.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{CommitId, ErrorKind};
///
/// let Err(error) = CommitId::parse("a0eb9ac") else {
///     return Err("not abbreviated".into());
/// };
/// assert_eq!(error.kind(), ErrorKind::InvalidCommitId);
/// assert_eq!(error.to_string(), "\"a0eb9ac\" is not a full commit ID");
/// assert_eq!(error.help(), Some("give all of its 40 or 64 hexadecimal digits"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<Cow<'static, str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            source: None,
        }))
    }

    /// An error that a version causes, with its remedy.
    pub(crate) fn invalid_version(message: impl Into<String>, source: VersionError) -> Self {
        let error = Self::new(ErrorKind::InvalidVersion, message);
        match source.help() {
            Some(help) => error.with_help(help).with_source(source),
            None => error.with_source(source),
        }
    }

    pub(crate) fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what to do about it, in one line.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

/// The category of an [`Error`]. Alphabetical; a new kind is a minor release.
///
/// # Examples
///
/// See [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `project.version` and `tool.poetry.version` differ.
    ConflictingVersions,
    /// The repository belongs to another user, and `safe.directory` does not list it.
    DubiousOwnership,
    /// `project.dynamic` lists `version`, so `pyproject.toml` does not contain it.
    DynamicVersion,
    /// The command `git` failed for another reason, such as a damaged repository.
    GitFailed,
    /// The command `git` was not found.
    GitMissing,
    /// The command `git` did not finish in time.
    GitTimeout,
    /// A bump is unknown, or bumps were combined that exclude each other.
    InvalidBump,
    /// A commit ID is missing, abbreviated or not hexadecimal.
    InvalidCommitId,
    /// `pyproject.toml` has an unknown key, or a value that is not valid.
    InvalidPyProject,
    /// A template of a version file has an unknown field or an unmatched brace.
    InvalidTemplate,
    /// A time is malformed, or not between 1970 and 9999.
    InvalidTime,
    /// The text is not TOML.
    InvalidToml,
    /// A variable of setuptools-scm has a value that is not valid, or does not apply to the project.
    InvalidVariable,
    /// A version is invalid; the cause is a [`VersionError`].
    InvalidVersion,
    /// A variable that the CI provider always sets is missing.
    MissingVariable,
    /// The environment is not that of a supported CI provider.
    NoCi,
    /// The repository has no commits.
    NoCommit,
    /// A version has no equivalent in the other of PEP 440 and Semantic Versioning.
    NoCounterpart,
    /// No version tag was found, and no base version is configured.
    NoTag,
    /// A version file has no default template, because its name ends in neither `.py` nor `.txt`.
    NoTemplate,
    /// A scheme needs a time, and neither the facts nor the settings have one.
    NoTime,
    /// The file does not contain a version.
    NoVersion,
    /// The folder is in a bare repository or in a `.git` folder.
    NoWorkTree,
    /// The new version would not be higher than the current one.
    NotHigher,
    /// The folder is not in a git repository.
    NotRepository,
    /// `.git_archival.txt` was not filled in by `git archive`.
    NotSubstituted,
    /// The resulting version would exceed the limits of [`Version`](crate::Version).
    OutOfRange,
    /// The history is shallow, so the commits since the tag cannot be counted.
    Shallow,
    /// The input exceeds a size limit.
    TooLong,
    /// The name of a scheme is unknown.
    UnknownScheme,
    /// The configuration of git defines filters that cannot be disabled.
    UnsafeConfig,
    /// The scheme cannot continue from a tag of this form, such as `v1.0.dev3`.
    UnsupportedTag,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_word_wide_and_crosses_threads() {
        fn assert_send<T: Send + Sync + 'static>() {}
        assert_send::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn the_printed_line_contains_neither_help_nor_cause() {
        let error = Error::new(ErrorKind::NoCommit, "no commit")
            .with_help("commit something")
            .with_source("cause");
        assert_eq!(error.to_string(), "no commit");
        assert_eq!(error.help(), Some("commit something"));
        let source = StdError::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("cause"));
    }
}
