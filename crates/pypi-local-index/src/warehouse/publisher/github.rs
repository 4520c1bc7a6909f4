//! Workflows of GitHub Actions.

use serde_json::Value;

use super::claims::{
    NOT_FOUND, WorkflowClaim, before_revision, check_equal, check_jti, is_truthy, require, text,
};
use super::expected::{ExpectedClaim, Test};
use super::{Candidate, Mismatch, Token};
use crate::config::{Claims, GitHub};

/// The claims that a token of GitHub must have.
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

pub(super) fn find(
    candidates: &[Candidate<'_, GitHub>],
    token: &Token<'_>,
) -> Result<usize, Mismatch> {
    let claims = token.claims;
    require(claims, &REQUIRED)?;
    let Candidate { position, fields } = look_up(candidates, claims)?;
    // The look-up has compared the repository and the owner's id.
    let (owner, _) = fields.repository.split_once('/').unwrap_or_default();
    check_equal(claims, "repository_owner", owner)?;
    check_workflow(fields, claims)?;
    check_jti(token)?;
    if text(claims, "event_name") == "pull_request_target" {
        return Err(
            "Publishing from a workflow invoked via 'pull_request_target' is not supported.".into(),
        );
    }
    Ok(*position)
}

/// The publisher with the environment of the job, else the one without an environment.
fn look_up<'c, 'p>(
    candidates: &'c [Candidate<'p, GitHub>],
    claims: &Claims,
) -> Result<&'c Candidate<'p, GitHub>, Mismatch> {
    let workflow = workflow_file(text(claims, "job_workflow_ref"))
        .ok_or("Could not job extract workflow filename from OIDC claims")?;
    let matching = |environment: Option<&str>| {
        candidates.iter().find(|Candidate { fields, .. }| {
            fields.repository == text(claims, "repository")
                && fields.owner_id == text(claims, "repository_owner_id")
                && fields.workflow == workflow
                && fields.environment.as_deref().map(str::to_lowercase)
                    == environment.map(str::to_lowercase)
        })
    };
    let named = match claims.get("environment") {
        Some(Value::String(name)) if !name.is_empty() => matching(Some(name)),
        // Warehouse crashes.
        Some(claim) if is_truthy(claim) => return Err(NOT_FOUND.into()),
        _ => None,
    };
    Ok(named.or_else(|| matching(None)).ok_or(NOT_FOUND)?)
}

fn check_workflow(fields: &GitHub, claims: &Claims) -> Result<(), Mismatch> {
    let path = workflow_path(fields);
    let claim = workflow_claim(&path, claims);
    let mut revisions = claim.revisions.iter().flatten();
    if !revisions.any(|revision| is_truthy(revision)) {
        return Err("The ref and sha claims are empty".into());
    }
    claim.check(claims)
}

/// What a publisher expects of the claims.
pub(super) fn expected(fields: &GitHub) -> Vec<ExpectedClaim> {
    let (owner, _) = fields.repository.split_once('/').unwrap_or_default();
    let path = workflow_path(fields);
    let is_met = |path: &str, claims: &Claims| {
        let file = workflow_file(text(claims, "job_workflow_ref"));
        let is_own = file.is_some_and(|file| path.ends_with(&format!("/{file}")));
        is_own && workflow_claim(path, claims).check(claims).is_ok()
    };
    let environment = match &fields.environment {
        Some(name) => ExpectedClaim::new("environment", name, Test::InAnyCase(name.clone())),
        None => ExpectedClaim::new("environment", "any, or none", Test::Any),
    };
    vec![
        ExpectedClaim::exactly("repository", &fields.repository),
        ExpectedClaim::new(
            "job_workflow_ref",
            format!("{path}@(ref or sha of the job)"),
            Test::By(is_met, path),
        ),
        environment,
        ExpectedClaim::exactly("repository_owner", owner),
        ExpectedClaim::exactly("repository_owner_id", &fields.owner_id),
    ]
}

fn workflow_path(fields: &GitHub) -> String {
    format!(
        "{}/.github/workflows/{}",
        fields.repository, fields.workflow
    )
}

fn workflow_claim<'c>(path: &'c str, claims: &'c Claims) -> WorkflowClaim<'c> {
    WorkflowClaim {
        name: "job_workflow_ref",
        path,
        revisions: [claims.get("ref"), claims.get("sha")],
    }
}

/// The file name in `owner/repo/.github/workflows/file@ref`. The name and the reference may contain `@`.
fn workflow_file(workflow_ref: &str) -> Option<&str> {
    let mut segments = workflow_ref.split('/');
    segments.find_map(|segment| before_revision(segment, |stem| !stem.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::workflow_file;

    // The results of Warehouse's regular expression.
    #[test]
    fn the_file_ends_at_the_last_extension_before_an_at_sign() {
        for (workflow_ref, file) in [
            ("o/r/.github/workflows/a.yml@refs/heads/main", Some("a.yml")),
            ("o/r/.github/workflows/a.yaml@x@y", Some("a.yaml")),
            ("o/r/.github/workflows/a.yml@b.yml@c", Some("a.yml@b.yml")),
            ("o/r/.github/workflows/a@b.yml@c", Some("a@b.yml")),
            ("o/r.yml@x/.github/workflows/a.yml@c", Some("r.yml")),
            ("o/r/.github/workflows/.yml@c", None),
            ("o/r/.github/workflows/a.txt@c", None),
            ("o/r/.github/workflows/a.yml", None),
            ("", None),
        ] {
            assert_eq!(workflow_file(workflow_ref), file, "{workflow_ref}");
        }
    }
}
