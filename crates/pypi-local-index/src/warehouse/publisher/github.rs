//! Workflows of GitHub Actions.

use super::Candidate;
use super::claims::{NOT_FOUND, WorkflowClaim, environment, require, text};
use crate::config::{Claims, GitHub};

/// The claims that a token of GitHub must have, in the order in which Warehouse names a missing one.
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

pub(super) fn find(candidates: &[Candidate<'_, GitHub>], claims: &Claims) -> Result<usize, String> {
    require(claims, &REQUIRED)?;
    let workflow = workflow_file(text(claims, "job_workflow_ref"))
        .ok_or("Could not job extract workflow filename from OIDC claims")?;
    let matching = |environment| {
        candidates.iter().find(|candidate| {
            matches(candidate.fields, claims, workflow)
                && has_environment(candidate.fields, environment)
        })
    };
    let Candidate { position, fields } = matching(environment(claims))
        .or_else(|| matching(None))
        .ok_or(NOT_FOUND)?;
    let claim = WorkflowClaim {
        name: "job_workflow_ref",
        path: format!(
            "{}/.github/workflows/{}",
            fields.repository, fields.workflow
        ),
        reference: "ref",
        sha: "sha",
    };
    claim.check(claims)?;
    if text(claims, "event_name") == "pull_request_target" {
        return Err(
            "Publishing from a workflow invoked via 'pull_request_target' is not supported."
                .to_owned(),
        );
    }
    Ok(*position)
}

fn matches(fields: &GitHub, claims: &Claims, workflow: &str) -> bool {
    let (owner, _) = fields.repository.split_once('/').unwrap_or_default();
    fields.repository == text(claims, "repository")
        && owner == text(claims, "repository_owner")
        && fields.owner_id == text(claims, "repository_owner_id")
        && fields.workflow == workflow
}

fn has_environment(fields: &GitHub, environment: Option<&str>) -> bool {
    match (&fields.environment, environment) {
        (Some(own), Some(other)) => own.to_lowercase() == other.to_lowercase(),
        (own, other) => own.is_none() && other.is_none(),
    }
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
