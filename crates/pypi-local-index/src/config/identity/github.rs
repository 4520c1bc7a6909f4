//! Jobs of GitHub Actions.

use serde_json::{Value, json};

use super::SHA;
use crate::config::publisher::{TrustedPublisher, owner_id};

#[derive(Clone, Debug)]
pub(super) struct GitHub {
    repository: String,
    pub(super) owner_id: String,
    workflow: String,
    pub(super) reference: String,
}

impl GitHub {
    pub(super) fn new(repository: String, workflow: String) -> Self {
        Self {
            repository,
            owner_id: owner_id(),
            workflow,
            reference: "refs/heads/main".to_owned(),
        }
    }

    pub(super) fn publisher(&self) -> TrustedPublisher {
        TrustedPublisher::github(&self.repository, &self.workflow).owner_id(&self.owner_id)
    }

    /// The claims that GitHub documents for its tokens.
    pub(super) fn claims(&self, environment: Option<&str>) -> Value {
        let (repository, reference) = (&self.repository, &self.reference);
        let owner = repository
            .split_once('/')
            .map_or(repository.as_str(), |(owner, _)| owner);
        let context = match environment {
            Some(environment) => format!("environment:{environment}"),
            None => format!("ref:{reference}"),
        };
        let workflow_ref = format!(
            "{repository}/.github/workflows/{}@{reference}",
            self.workflow
        );
        json!({
            "actor": "octocat",
            "actor_id": "7",
            "base_ref": "",
            "check_run_id": "1",
            "event_name": "push",
            "head_ref": "",
            "job_workflow_ref": workflow_ref,
            "job_workflow_sha": SHA,
            "ref": reference,
            "ref_protected": "true",
            "ref_type": if reference.starts_with("refs/tags/") { "tag" } else { "branch" },
            "repository": repository,
            "repository_id": "99",
            "repository_owner": owner,
            "repository_owner_id": self.owner_id,
            "repository_visibility": "public",
            "run_attempt": "1",
            "run_id": "1",
            "run_number": "1",
            "runner_environment": "github-hosted",
            "sha": SHA,
            "sub": format!("repo:{repository}:{context}"),
            "workflow": self.workflow,
            "workflow_ref": workflow_ref,
            "workflow_sha": SHA,
        })
    }
}
