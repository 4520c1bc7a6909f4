use std::collections::HashMap;

use crate::{CommitId, text::quoted};

/// What a CI run was started by, from the variables its provider sets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CiEvent {
    /// Who runs the job.
    pub provider: CiProvider,
    /// What started it.
    pub trigger: Trigger,
    /// What it runs on.
    pub git_ref: GitRef,
    /// The commit it is about.
    pub sha: Option<CommitId>,
    /// The repository, such as `owner/name`.
    pub repository: Option<String>,
    /// The default branch, where the provider says it.
    pub default_branch: Option<String>,
    /// 1 for the first attempt, more for reruns of the same run.
    pub attempt: u64,
}

/// The CI providers whose variables are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CiProvider {
    /// GitHub Actions: `GITHUB_ACTIONS` is `true`.
    GitHub,
    /// GitLab CI/CD: `GITLAB_CI` is `true`.
    GitLab,
}

impl CiProvider {
    /// Returns the name used in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }
}

/// What starts a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trigger {
    /// A push of a branch or tag.
    Push,
    /// An event of a release on GitHub, whose ref is its tag; of which kind (`types:
    /// [published]`) is for the workflow to say, variables do not.
    Release,
    /// A person: `workflow_dispatch` on GitHub, `web` on GitLab.
    Manual,
    /// A pull or merge request.
    PullRequest,
    /// Anything else, such as a schedule, by its name.
    Other(String),
}

/// What a run is on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GitRef {
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// A tag, without `refs/tags/`.
    Tag(String),
    /// Any other ref, in full.
    Other(String),
}

impl CiEvent {
    /// Reads the event from environment variables; all but the ones it knows are passed over.
    ///
    /// # Errors
    ///
    /// Each [`EventErrorKind`] says when it occurs.
    pub fn from_variables<N: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, EventError> {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        let variables = Variables(variables.filter(|(_, value)| !value.is_empty()).collect());
        if variables.get("GITHUB_ACTIONS") == Some("true") {
            return github(&variables);
        }
        if variables.get("GITLAB_CI") == Some("true") {
            return gitlab(&variables);
        }
        Err(EventError {
            kind: EventErrorKind::NoProvider,
            message: "neither GITHUB_ACTIONS nor GITLAB_CI is true, so this is no CI run whose \
                      event is known: run it in GitHub Actions or GitLab CI/CD"
                .to_owned(),
        })
    }
}

struct Variables(HashMap<String, String>);

impl Variables {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn required(&self, name: &str) -> Result<&str, EventError> {
        self.get(name).ok_or_else(|| EventError {
            kind: EventErrorKind::Missing,
            message: format!(
                "variable {name} is not set in this CI run: pass the environment of the job on"
            ),
        })
    }

    fn commit(&self, name: &str) -> Result<Option<CommitId>, EventError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        CommitId::parse(value).map(Some).map_err(|_| EventError {
            kind: EventErrorKind::Invalid,
            message: format!(
                "variable {name} has {}, which is not a full commit name: do not set it by hand",
                quoted(value)
            ),
        })
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(ToOwned::to_owned)
    }
}

fn github(variables: &Variables) -> Result<CiEvent, EventError> {
    let trigger = match variables.required("GITHUB_EVENT_NAME")? {
        "push" => Trigger::Push,
        "release" => Trigger::Release,
        "workflow_dispatch" => Trigger::Manual,
        "pull_request" | "pull_request_target" | "pull_request_review" | "merge_group" => {
            Trigger::PullRequest
        }
        other => Trigger::Other(other.to_owned()),
    };
    let name = variables.required("GITHUB_REF")?;
    let git_ref = match (
        name.strip_prefix("refs/heads/"),
        name.strip_prefix("refs/tags/"),
    ) {
        (Some(branch), _) => GitRef::Branch(branch.to_owned()),
        (None, Some(tag)) => GitRef::Tag(tag.to_owned()),
        (None, None) => GitRef::Other(name.to_owned()),
    };
    let attempt = variables
        .get("GITHUB_RUN_ATTEMPT")
        .and_then(|attempt| attempt.parse().ok());
    Ok(CiEvent {
        provider: CiProvider::GitHub,
        trigger,
        git_ref,
        sha: variables.commit("GITHUB_SHA")?,
        repository: variables.owned("GITHUB_REPOSITORY"),
        default_branch: None,
        attempt: attempt.unwrap_or(1),
    })
}

fn gitlab(variables: &Variables) -> Result<CiEvent, EventError> {
    let trigger = match variables.required("CI_PIPELINE_SOURCE")? {
        "push" => Trigger::Push,
        "web" => Trigger::Manual,
        "merge_request_event" | "external_pull_request_event" => Trigger::PullRequest,
        other => Trigger::Other(other.to_owned()),
    };
    let git_ref = match (
        variables.owned("CI_COMMIT_TAG"),
        variables.owned("CI_COMMIT_BRANCH"),
    ) {
        (Some(tag), _) => GitRef::Tag(tag),
        (None, Some(branch)) => GitRef::Branch(branch),
        // A pipeline of a merge request has neither.
        (None, None) => GitRef::Other(variables.required("CI_COMMIT_REF_NAME")?.to_owned()),
    };
    Ok(CiEvent {
        provider: CiProvider::GitLab,
        trigger,
        git_ref,
        sha: variables.commit("CI_COMMIT_SHA")?,
        repository: variables.owned("CI_PROJECT_PATH"),
        default_branch: variables.owned("CI_DEFAULT_BRANCH"),
        attempt: 1,
    })
}

/// The reason why variables do not tell of a CI event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EventError {
    kind: EventErrorKind,
    message: String,
}

impl EventError {
    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> EventErrorKind {
        self.kind
    }
}

/// The ways in which variables fail to tell of a CI event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventErrorKind {
    /// A commit name that is none.
    Invalid,
    /// A variable that the provider always sets is not there.
    Missing,
    /// Neither GitHub Actions nor GitLab CI/CD.
    NoProvider,
}
