//! Workflows of GitHub Actions.

use serde::{Deserialize, Serialize};

use crate::api::oidc::keys::Claims;
use crate::warehouse::publisher::{NOT_FOUND, check_reference, environment, require, text};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GitHub {
    pub(crate) repository: String,
    #[serde(default = "owner_id")]
    pub(crate) owner_id: String,
    pub(crate) workflow: String,
    pub(crate) environment: Option<String>,
}

/// The default id of a repository's owner.
pub(crate) fn owner_id() -> String {
    "4242".to_owned()
}

/// The claims that GitHub's publishers need, in the order in which a missing one is named.
const REQUIRED: [&str; 8] = [
    "repository",
    "repository_owner",
    "repository_owner_id",
    "job_workflow_ref",
    "jti",
    "event_name",
    "ref",
    "sha",
];

impl GitHub {
    pub(crate) fn new(repository: String, workflow: String) -> Self {
        Self {
            repository,
            owner_id: owner_id(),
            workflow,
            environment: None,
        }
    }

    fn matches(&self, claims: &Claims, workflow: &str) -> bool {
        let (owner, _) = self.repository.split_once('/').unwrap_or_default();
        self.repository == text(claims, "repository")
            && owner == text(claims, "repository_owner")
            && self.owner_id == text(claims, "repository_owner_id")
            && self.workflow == workflow
    }

    fn wants(&self, environment: Option<&str>) -> bool {
        match (&self.environment, environment) {
            (Some(own), Some(of_job)) => own.to_lowercase() == of_job.to_lowercase(),
            (own, of_job) => own.is_none() && of_job.is_none(),
        }
    }
}

pub(crate) fn find(publishers: &[(usize, &GitHub)], claims: &Claims) -> Result<usize, String> {
    require(claims, &REQUIRED)?;
    let workflow = workflow_file(text(claims, "job_workflow_ref"))
        .ok_or("Could not job extract workflow filename from OIDC claims")?;
    let candidates: Vec<&(usize, &GitHub)> = publishers
        .iter()
        .filter(|(_, own)| own.matches(claims, workflow))
        .collect();
    let wanting = |environment| candidates.iter().find(|(_, own)| own.wants(environment));
    let (found, publisher) = wanting(environment(claims))
        .or_else(|| wanting(None))
        .ok_or(NOT_FOUND)?;
    let path = format!(
        "{}/.github/workflows/{}",
        publisher.repository, publisher.workflow
    );
    check_reference(claims, "job_workflow_ref", &path, ("ref", "sha"))?;
    if text(claims, "event_name") == "pull_request_target" {
        return Err(
            "Publishing from a workflow invoked via 'pull_request_target' is not supported."
                .to_owned(),
        );
    }
    Ok(*found)
}

/// The file name in `owner/repo/.github/workflows/file@ref`.
fn workflow_file(workflow_ref: &str) -> Option<&str> {
    workflow_ref.split('/').find_map(|segment| {
        let (file, _) = segment.rsplit_once('@')?;
        let stem = file
            .strip_suffix(".yml")
            .or_else(|| file.strip_suffix(".yaml"))?;
        (!stem.is_empty()).then_some(file)
    })
}
