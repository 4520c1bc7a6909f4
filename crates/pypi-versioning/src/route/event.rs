//! The event that started a CI run.

use std::{collections::HashMap, fmt};

use crate::{CommitId, Error, ErrorKind};

/// The event that started a CI run, read from the variables that the provider sets.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{CiEvent, CiProvider, GitRef, Trigger};
///
/// let event = CiEvent::from_variables([
///     ("GITLAB_CI", "true"),
///     ("CI_PIPELINE_SOURCE", "push"),
///     ("CI_COMMIT_BRANCH", "main"),
/// ])?;
/// assert_eq!(event.provider, CiProvider::GitLab);
/// assert_eq!(event.trigger, Trigger::Push);
/// assert_eq!(event.git_ref, GitRef::Branch("main".to_owned()));
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct CiEvent {
    /// The provider that runs the job.
    pub provider: CiProvider,
    /// What started the run.
    pub trigger: Trigger,
    /// The branch or tag of the run.
    pub git_ref: GitRef,
    /// The commit of the run.
    pub sha: Option<CommitId>,
    /// The repository, such as `owner/name`.
    pub repository: Option<String>,
    /// The default branch, if the provider names it.
    pub default_branch: Option<String>,
    /// 1 for the first attempt, more for reruns.
    pub attempt: u64,
}

/// A CI provider whose variables are read. Prints its name.
///
/// # Examples
///
/// See [`CiEvent`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CiProvider {
    /// GitHub Actions: `GITHUB_ACTIONS` is `true`.
    GitHub,
    /// GitLab CI/CD: `GITLAB_CI` is `true`.
    GitLab,
}

impl CiProvider {
    /// Returns the name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }
}

impl fmt::Display for CiProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What started a run.
///
/// # Examples
///
/// See [`CiEvent`].
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Trigger {
    /// A person: `workflow_dispatch` on GitHub, `web` on GitLab.
    Manual,
    /// Anything else, such as a schedule, by its name.
    Other(String),
    /// A pull request or merge request.
    PullRequest,
    /// A push of a branch or tag.
    Push,
    /// An event of a GitHub release, whose ref is its tag. Variables do not show which event; the
    /// workflow selects it (`types: [published]`).
    Release,
}

/// The ref of a run.
///
/// # Examples
///
/// See [`CiEvent`].
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum GitRef {
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// Any other ref, in full.
    Other(String),
    /// A tag, without `refs/tags/`.
    Tag(String),
}

impl CiEvent {
    /// Reads the event from environment variables. Other variables are ignored.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidCommitId`] if the commit of the run is not a full commit ID.
    /// - [`ErrorKind::MissingVariable`] if a variable that the provider always sets is missing.
    /// - [`ErrorKind::NoCi`] if the variables are not those of GitHub Actions or GitLab CI/CD.
    pub fn from_variables<N: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Error> {
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
        let message = "not a supported CI run: neither GITHUB_ACTIONS nor GITLAB_CI is true";
        Err(Error::new(ErrorKind::NoCi, message)
            .with_help("run this in GitHub Actions or GitLab CI/CD"))
    }
}

struct Variables(HashMap<String, String>);

impl Variables {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| {
            let message = format!("variable {name} is not set in this CI run");
            Error::new(ErrorKind::MissingVariable, message)
                .with_help("pass the environment of the job")
        })
    }

    fn commit(&self, name: &str) -> Result<Option<CommitId>, Error> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        CommitId::parse(value).map(Some).map_err(|error| {
            let message = format!("value of variable {name} is invalid");
            Error::new(ErrorKind::InvalidCommitId, message)
                .with_help("do not set it by hand")
                .with_source(error)
        })
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(ToOwned::to_owned)
    }
}

fn github(variables: &Variables) -> Result<CiEvent, Error> {
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

fn gitlab(variables: &Variables) -> Result<CiEvent, Error> {
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
        // The pipeline of a merge request has neither.
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
