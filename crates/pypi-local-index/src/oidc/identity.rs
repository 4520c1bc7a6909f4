//! Who a GitHub Actions job is.

use serde_json::{Value, json};

use super::claims::Identity;
use super::issuer::Issuer;
use super::publisher::Publisher;

/// The job of GitHub Actions for which the index's own token endpoint issues ID tokens.
///
/// The claims are those of a real token, with the defaults of a push to `main`. Values are not checked, so that a test
/// can be any job, also a wrong one.
///
/// # Examples
///
/// ```
/// use pypi_local_index::GitHubIdentity;
///
/// let job = GitHubIdentity::new("octo-org/demo", "release.yml").environment("pypi");
/// assert_eq!(job.publisher().to_string(), "octo-org/demo, release.yml, environment pypi");
/// ```
#[derive(Clone, Debug)]
pub struct GitHubIdentity {
    pub(crate) repository: String,
    owner_id: String,
    workflow: String,
    environment: Option<String>,
    pub(crate) reference: String,
    pub(crate) sha: String,
    /// Claims that are set to another value, or are left out.
    changed: Vec<(String, Option<Value>)>,
}

impl GitHubIdentity {
    /// The job of `workflow` (a file name in `.github/workflows`) in `repository` (`owner/name`).
    pub fn new(repository: impl Into<String>, workflow: impl Into<String>) -> Self {
        Self {
            repository: repository.into(),
            owner_id: "4242".to_owned(),
            workflow: workflow.into(),
            environment: None,
            reference: "refs/heads/main".to_owned(),
            sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            changed: Vec::new(),
        }
    }

    /// Has the job run in a deployment environment.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Has the repository's owner be the account of this number (`4242` otherwise).
    #[must_use]
    pub fn owner_id(mut self, id: impl Into<String>) -> Self {
        self.owner_id = id.into();
        self
    }

    /// Has the job run for a Git reference, such as `refs/tags/v1.0` (`refs/heads/main` otherwise).
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> Self {
        self.reference = name.into();
        self
    }

    /// Gives a claim of the token another value.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.changed.push((name.into(), Some(value.into())));
        self
    }

    /// Leaves a claim out of the token.
    #[must_use]
    pub fn without_claim(mut self, name: impl Into<String>) -> Self {
        self.changed.push((name.into(), None));
        self
    }

    /// The publisher that a project needs in order to trust this job.
    pub fn publisher(&self) -> Publisher {
        let publisher =
            Publisher::github(&self.repository, &self.workflow).owner_id(&self.owner_id);
        match &self.environment {
            Some(environment) => publisher.environment(environment),
            None => publisher,
        }
    }

    pub(crate) fn owner(&self) -> &str {
        self.repository
            .split_once('/')
            .map_or(&self.repository, |(owner, _)| owner)
    }

    pub(crate) fn workflow_ref(&self) -> String {
        let (repository, workflow, reference) = (&self.repository, &self.workflow, &self.reference);
        format!("{repository}/.github/workflows/{workflow}@{reference}")
    }
}

impl From<&GitHubIdentity> for Identity {
    /// The claims are those that GitHub documents for its tokens; it issues them for five minutes.
    fn from(job: &GitHubIdentity) -> Self {
        let (repository, reference) = (&job.repository, &job.reference);
        let context = match &job.environment {
            Some(environment) => format!("environment:{environment}"),
            None => format!("ref:{reference}"),
        };
        let claims = json!({
            "actor": "octocat",
            "actor_id": "7",
            "base_ref": "",
            "check_run_id": "1",
            "event_name": "push",
            "head_ref": "",
            "job_workflow_ref": job.workflow_ref(),
            "job_workflow_sha": job.sha,
            "ref": reference,
            "ref_protected": "true",
            "ref_type": if reference.starts_with("refs/tags/") { "tag" } else { "branch" },
            "repository": repository,
            "repository_id": "99",
            "repository_owner": job.owner(),
            "repository_owner_id": job.owner_id,
            "repository_visibility": "public",
            "run_attempt": "1",
            "run_id": "1",
            "run_number": "1",
            "runner_environment": "github-hosted",
            "sha": job.sha,
            "sub": format!("repo:{repository}:{context}"),
            "workflow": job.workflow,
            "workflow_ref": job.workflow_ref(),
            "workflow_sha": job.sha,
        });
        let mut identity = Self::new(Issuer::GitHub, claims, job.publisher());
        if let Some(environment) = &job.environment {
            identity = identity.claim("environment", environment.as_str());
        }
        for (name, value) in &job.changed {
            identity = match value {
                Some(value) => identity.claim(name, value.clone()),
                None => identity.without_claim(name),
            };
        }
        identity
    }
}

impl From<GitHubIdentity> for Identity {
    fn from(job: GitHubIdentity) -> Self {
        Self::from(&job)
    }
}
