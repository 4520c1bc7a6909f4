//! Pipelines of gitlab.com.

use super::Candidate;
use super::claims::{NOT_FOUND, WorkflowClaim, environment, failed, require, text};
use crate::config::{Claims, GitLab};

/// The claims that a token of GitLab must have, in the order in which Warehouse names a missing one.
const REQUIRED: [&str; 6] = [
    "sub",
    "project_path",
    "ci_config_ref_uri",
    "jti",
    "ref_path",
    "sha",
];

pub(super) fn find(candidates: &[Candidate<'_, GitLab>], claims: &Claims) -> Result<usize, String> {
    require(claims, &REQUIRED)?;
    let config = config_path(text(claims, "ci_config_ref_uri"))
        .ok_or("Could not extract workflow filename from OIDC claims")?;
    let path = text(claims, "project_path").to_lowercase();
    let matching = |environment| {
        candidates.iter().find(|Candidate { fields, .. }| {
            fields.project_path.to_lowercase() == path
                && fields.config == config
                && fields.environment.as_deref() == environment
        })
    };
    let Candidate { position, fields } = matching(environment(claims))
        .or_else(|| matching(None))
        .ok_or(NOT_FOUND)?;
    let subject: Vec<&str> = text(claims, "sub").split(':').take(2).collect();
    let expected = format!("project_path:{}", fields.project_path);
    if subject.join(":").to_lowercase() != expected.to_lowercase() {
        return Err(failed("sub"));
    }
    let claim = WorkflowClaim {
        name: "ci_config_ref_uri",
        path: format!("gitlab.com/{}//{}", fields.project_path, fields.config),
        reference: "ref_path",
        sha: "sha",
    };
    claim.check(claims)?;
    Ok(*position)
}

/// The path in `gitlab.com/namespace/project//path@ref`.
fn config_path(uri: &str) -> Option<&str> {
    let (_, path) = uri.split_once("//")?;
    let (path, _) = path.rsplit_once('@')?;
    (path.ends_with(".yml") || path.ends_with(".yaml")).then_some(path)
}
