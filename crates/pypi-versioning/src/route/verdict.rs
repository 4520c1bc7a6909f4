//! What `route` decided.

use std::fmt;

use crate::Version;

/// What [`route`](crate::route()) decided, and why. Prints the code and the message.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{CiEvent, Facts, RouteCode, RouteSettings, Settings, route};
///
/// let event = CiEvent::from_variables([
///     ("GITHUB_ACTIONS", "true"),
///     ("GITHUB_EVENT_NAME", "push"),
///     ("GITHUB_REF", "refs/heads/next"),
/// ])?;
/// let verdict = route(&event, &Facts::new(), &Settings::new(), &RouteSettings::new());
/// assert_eq!((verdict.code(), verdict.target()), (RouteCode::OtherBranch, None));
/// assert_eq!(verdict.message(), "branch next is not the default branch main");
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Verdict {
    code: RouteCode,
    message: String,
    version: Option<Version>,
    notes: Vec<String>,
}

impl Verdict {
    pub(super) fn new(code: RouteCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            version: None,
            notes: Vec::new(),
        }
    }

    pub(super) fn with_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    pub(super) fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Explains in a rerun why files may exist already.
    pub(super) fn with_attempt(self, attempt: u64) -> Self {
        if self.target().is_none() || attempt < 2 {
            return self;
        }
        self.with_note(format!(
            "this is attempt {attempt} of the run: files that an earlier attempt uploaded exist \
             already, which is fine if their hashes match"
        ))
    }

    /// Returns the index to publish to, `None` if nothing is published.
    pub fn target(&self) -> Option<Target> {
        self.code.target()
    }

    /// Returns the public version to publish, `None` if nothing is published.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Returns the decision, for `match`.
    pub fn code(&self) -> RouteCode {
        self.code
    }

    /// Returns the reason for the decision, in one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what else to know before or after publishing, one line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// An index to publish to. Prints its name.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{RouteCode, Target};
///
/// assert_eq!(RouteCode::ReleaseToPyPi.target(), Some(Target::PyPi));
/// assert_eq!(Target::PyPi.to_string(), "pypi");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// pypi.org.
    PyPi,
    /// test.pypi.org.
    TestPyPi,
}

impl Target {
    /// Returns the name used in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Self::PyPi => "pypi",
            Self::TestPyPi => "testpypi",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The decision of [`route`](crate::route()). Its [`name`](Self::name) does not change between releases.
///
/// # Examples
///
/// ```
/// use pypi_versioning::RouteCode;
///
/// assert_eq!(RouteCode::TagNotOnHead.to_string(), "tag-not-on-head");
/// assert!(RouteCode::TagNotOnHead.is_error());
/// assert_eq!(RouteCode::TagNotOnHead.target(), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RouteCode {
    /// Published: a development version of the default branch.
    DevelopmentToTestPyPi,
    /// Published: a tagged pre-release, if the settings send these to TestPyPI.
    PrereleaseToTestPyPi,
    /// Published: a tagged version.
    ReleaseToPyPi,

    /// Nothing: the run is in a repository other than the one that publishes.
    Fork,
    /// Nothing: the commit on the default branch is a release, which the run of its tag publishes.
    OnReleaseTag,
    /// Nothing: a branch other than the default branch.
    OtherBranch,
    /// Nothing: an event that does not publish, such as a schedule.
    OtherEvent,
    /// Nothing: a ref that is neither a branch nor a tag.
    OtherRef,
    /// Nothing: a tag that does not match the pattern of releases.
    OtherTag,
    /// Nothing: a pull request or merge request.
    PullRequest,
    /// Nothing: a tag that matches the pattern but does not name a version, such as `vendor-1`.
    TagNotVersion,

    /// Error: the tag is a development version.
    DevelopmentTag,
    /// Error: tracked files differ from the commit.
    Dirty,
    /// Error: the tag has a local part.
    LocalVersion,
    /// Error: the default branch does not have a version, for example because a tag is missing.
    NoVersion,
    /// Error: the scheme does not make development versions for the default branch.
    NotDevelopment,
    /// Error: the commit of the event is not checked out.
    NotHead,
    /// Error: the clone is shallow, and its version is unknown.
    Shallow,
    /// Error: the commit that is checked out does not have the tag.
    TagNotOnHead,
    /// Error: the version of the checkout is not that of the tag.
    VersionNotTag,
}

impl RouteCode {
    /// Returns the code for scripts and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::DevelopmentToTestPyPi => "development-to-testpypi",
            Self::PrereleaseToTestPyPi => "prerelease-to-testpypi",
            Self::ReleaseToPyPi => "release-to-pypi",
            Self::Fork => "fork",
            Self::OnReleaseTag => "on-release-tag",
            Self::OtherBranch => "other-branch",
            Self::OtherEvent => "other-event",
            Self::OtherRef => "other-ref",
            Self::OtherTag => "other-tag",
            Self::PullRequest => "pull-request",
            Self::TagNotVersion => "tag-not-version",
            Self::DevelopmentTag => "development-tag",
            Self::Dirty => "dirty",
            Self::LocalVersion => "local-version",
            Self::NoVersion => "no-version",
            Self::NotDevelopment => "not-development",
            Self::NotHead => "not-head",
            Self::Shallow => "shallow",
            Self::TagNotOnHead => "tag-not-on-head",
            Self::VersionNotTag => "version-not-tag",
        }
    }

    /// Returns the index to publish to, `None` if nothing is published.
    pub fn target(self) -> Option<Target> {
        match self {
            Self::ReleaseToPyPi => Some(Target::PyPi),
            Self::DevelopmentToTestPyPi | Self::PrereleaseToTestPyPi => Some(Target::TestPyPi),
            _ => None,
        }
    }

    /// Returns whether publishing was intended but would go wrong, so that the job should fail.
    pub fn is_error(self) -> bool {
        match self {
            Self::DevelopmentTag
            | Self::Dirty
            | Self::LocalVersion
            | Self::NoVersion
            | Self::NotDevelopment
            | Self::NotHead
            | Self::Shallow
            | Self::TagNotOnHead
            | Self::VersionNotTag => true,
            Self::DevelopmentToTestPyPi
            | Self::PrereleaseToTestPyPi
            | Self::ReleaseToPyPi
            | Self::Fork
            | Self::OnReleaseTag
            | Self::OtherBranch
            | Self::OtherEvent
            | Self::OtherRef
            | Self::OtherTag
            | Self::PullRequest
            | Self::TagNotVersion => false,
        }
    }
}

impl fmt::Display for RouteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
