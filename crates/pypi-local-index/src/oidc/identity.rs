//! Who a GitHub Actions job is.

use serde_json::{Value, json};

use super::key::Claims;
use super::publisher::Publisher;

/// The issuer of GitHub Actions' ID tokens.
pub(crate) const GITHUB: &str = "https://token.actions.githubusercontent.com";

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
    changed: Vec<(String, Option<String>)>,
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
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
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

    /// The claims of a token for `audience`, issued at `now` (seconds since 1970) under a number that is used once.
    ///
    /// The names are those GitHub documents for its tokens; it issues them for five minutes.
    pub(crate) fn claims(&self, audience: &str, jti: &str, now: u64) -> Claims {
        let (repository, reference) = (&self.repository, &self.reference);
        let context = match &self.environment {
            Some(environment) => format!("environment:{environment}"),
            None => format!("ref:{reference}"),
        };
        let claims = json!({
            "actor": "octocat",
            "actor_id": "7",
            "aud": audience,
            "base_ref": "",
            "check_run_id": "1",
            "event_name": "push",
            "exp": now + 300,
            "head_ref": "",
            "iat": now,
            "iss": GITHUB,
            "job_workflow_ref": self.workflow_ref(),
            "job_workflow_sha": self.sha,
            "jti": jti,
            "nbf": now.saturating_sub(5),
            "ref": reference,
            "ref_protected": "true",
            "ref_type": if reference.starts_with("refs/tags/") { "tag" } else { "branch" },
            "repository": repository,
            "repository_id": "99",
            "repository_owner": self.owner(),
            "repository_owner_id": self.owner_id,
            "repository_visibility": "public",
            "run_attempt": "1",
            "run_id": "1",
            "run_number": "1",
            "runner_environment": "github-hosted",
            "sha": self.sha,
            "sub": format!("repo:{repository}:{context}"),
            "workflow": self.workflow,
            "workflow_ref": self.workflow_ref(),
            "workflow_sha": self.sha,
        });
        let Value::Object(mut claims) = claims else {
            return Claims::new();
        };
        if let Some(environment) = &self.environment {
            claims.insert("environment".to_owned(), environment.as_str().into());
        }
        for (name, value) in &self.changed {
            match value {
                Some(value) => claims.insert(name.clone(), value.as_str().into()),
                None => claims.remove(name),
            };
        }
        claims
    }
}
