use std::fmt;

use crate::Version;

/// What [`route`](crate::route()) decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    code: RouteCode,
    reason: String,
    version: Option<Version>,
    notes: Vec<String>,
}

impl Verdict {
    pub(super) fn new(code: RouteCode, reason: String) -> Self {
        Self {
            code,
            reason,
            version: None,
            notes: Vec::new(),
        }
    }

    pub(super) fn with_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    pub(super) fn with_note(mut self, note: String) -> Self {
        self.notes.push(note);
        self
    }

    /// Explains a rerun to whoever reads about files that exist already.
    pub(super) fn with_attempt(self, attempt: u64) -> Self {
        if self.target().is_none() || attempt < 2 {
            return self;
        }
        self.with_note(format!(
            "this is attempt {attempt} of the run: files that an earlier one uploaded are there \
             already, which is well when their hashes are the same"
        ))
    }

    /// Returns the index to publish to, none where nothing is published.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.code.target()
    }

    /// Returns the version to publish; it is public, and there only with a target.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Returns the decision, to branch on.
    #[must_use]
    pub fn code(&self) -> RouteCode {
        self.code
    }

    /// Returns one line for a person.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns what else a person should know before or after publishing.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// An index that [`route`](crate::route()) sends versions to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// pypi.org.
    PyPi,
    /// test.pypi.org.
    TestPyPi,
}

impl Target {
    /// Returns the name used in configuration and output.
    #[must_use]
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

/// Each decision there is. The text of [`Self::as_str`] does not change between releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RouteCode {
    /// Published: a development version of the default branch.
    DevelopmentToTestPyPi,
    /// Published: a tagged pre-release, where the settings send these to TestPyPI.
    PrereleaseToTestPyPi,
    /// Published: a tagged version.
    ReleaseToPyPi,

    /// Nothing: the run is of another repository than the one that publishes.
    Fork,
    /// Nothing: the commit on the default branch is a release; the run of its tag publishes it.
    OnReleaseTag,
    /// Nothing: another branch than the default one.
    OtherBranch,
    /// Nothing: an event that does not publish, such as a schedule.
    OtherEvent,
    /// Nothing: a ref that is neither branch nor tag.
    OtherRef,
    /// Nothing: a tag that does not match the pattern of releases.
    OtherTag,
    /// Nothing: a pull or merge request.
    PullRequest,
    /// Nothing: a tag that matches the pattern and names no version, such as `vendor-1`.
    TagNotVersion,

    /// Error: the tag is a development version.
    DevelopmentTag,
    /// Error: tracked files differ from the commit.
    Dirty,
    /// Error: the tag has a local part.
    LocalVersion,
    /// Error: the default branch has no version, for want of a tag for example.
    NoVersion,
    /// Error: the scheme gives the default branch versions that are not development ones.
    NotDevelopment,
    /// Error: the commit of the event is not the one checked out.
    NotHead,
    /// Error: the clone is shallow and its version unknown.
    Shallow,
    /// Error: the commit checked out does not have the tag.
    TagNotOnHead,
    /// Error: the version of the checkout is not the one in the tag.
    VersionNotTag,
}

impl RouteCode {
    /// Returns the code for scripts and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
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

    /// Returns the index to publish to, none where nothing is published.
    #[must_use]
    pub fn target(self) -> Option<Target> {
        match self {
            Self::ReleaseToPyPi => Some(Target::PyPi),
            Self::DevelopmentToTestPyPi | Self::PrereleaseToTestPyPi => Some(Target::TestPyPi),
            _ => None,
        }
    }

    /// Tells whether publishing was meant and would go wrong: the job should fail.
    #[must_use]
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
        f.write_str(self.as_str())
    }
}
