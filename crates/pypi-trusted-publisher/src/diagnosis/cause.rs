//! A possible cause of a refusal.

use serde::Serialize;

/// A possible cause of a refusal, and what to change on either side.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{CauseKind, Context, Diagnosis};
///
/// let diagnosis = Diagnosis::new("not-enabled", "trusted publishing not enabled", None, &Context::new("PyPI"));
/// let cause = &diagnosis.causes()[0];
/// assert_eq!(cause.kind(), CauseKind::Disabled);
/// assert_eq!(cause.in_job(), Some("use an API token if it cannot wait"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cause {
    kind: CauseKind,
    explanation: String,
    on_index: Option<String>,
    in_job: Option<String>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseKind {
    /// Another account, organization or project is registered (Google and ActiveState).
    Account,
    /// Two clocks differ.
    Clock,
    /// Trusted publishing, or the creation of projects, is switched off on the index.
    Disabled,
    /// An environment is given on one side only, or another one.
    Environment,
    /// The job runs in a fork of the registered repository.
    Fork,
    /// The index does not accept the issuer.
    Issuer,
    /// The issuer has a new signing key, which the index has not fetched yet.
    KeyRotation,
    /// The index does not allow the name of the project.
    NameNotAllowed,
    /// Somebody else has a project of this name or of one like it.
    NameTaken,
    /// A publisher is registered, but on another index.
    OtherIndex,
    /// The project does not exist, and its pending publisher has expired, is used up, or was never registered.
    PendingPublisher,
    /// The project exists, and no publisher of it has these values.
    NotRegistered,
    /// The repository or its owner has, or is registered with, another name or letter case.
    Renamed,
    /// The ID token was exchanged before.
    Replay,
    /// The request was changed on its way.
    Request,
    /// The job is in a reusable workflow.
    ReusableWorkflow,
    /// Something is wrong with the ID token or its claims.
    Token,
    /// Another workflow or pipeline file is registered.
    WorkflowFile,
}

impl Cause {
    pub(super) fn new(kind: CauseKind, explanation: impl Into<String>) -> Self {
        Self {
            kind,
            explanation: explanation.into(),
            on_index: None,
            in_job: None,
        }
    }

    pub(super) fn change_on_index(mut self, change: impl Into<String>) -> Self {
        self.on_index = Some(change.into());
        self
    }

    pub(super) fn change_in_job(mut self, change: impl Into<String>) -> Self {
        self.in_job = Some(change.into());
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> CauseKind {
        self.kind
    }

    /// What may have happened, on one line.
    pub fn explanation(&self) -> &str {
        &self.explanation
    }

    /// What to change on the index, on one line, if that helps.
    pub fn on_index(&self) -> Option<&str> {
        self.on_index.as_deref()
    }

    /// What to change in the job or its CI service, on one line, if that helps.
    pub fn in_job(&self) -> Option<&str> {
        self.in_job.as_deref()
    }
}
