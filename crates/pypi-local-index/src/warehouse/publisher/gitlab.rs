//! Pipelines of gitlab.com.

use super::claims::{
    NOT_FOUND, WorkflowClaim, before_revision, check_jti, failed, is_truthy, require, text,
};
use super::expected::{ExpectedClaim, Test};
use super::{Candidate, Mismatch, Token};
use crate::config::{Claims, GitLab};

/// The claims that a token of GitLab must have.
const REQUIRED: [&str; 6] = [
    "sub",
    "project_path",
    "ci_config_ref_uri",
    "jti",
    "ref_path",
    "sha",
];

pub(super) fn find(
    candidates: &[Candidate<'_, GitLab>],
    token: &Token<'_>,
) -> Result<usize, Mismatch> {
    let claims = token.claims;
    require(claims, &REQUIRED)?;
    let Candidate { position, fields } = look_up(candidates, claims)?;
    // The look-up has compared the project's path.
    if !is_subject(&fields.project_path, claims) {
        return Err(failed("sub"));
    }
    check_config(fields, claims)?;
    check_jti(token)?;
    Ok(*position)
}

/// The publisher with the environment of the job, else the one without an environment.
fn look_up<'c, 'p>(
    candidates: &'c [Candidate<'p, GitLab>],
    claims: &Claims,
) -> Result<&'c Candidate<'p, GitLab>, Mismatch> {
    let config = config_path(text(claims, "ci_config_ref_uri"))
        .ok_or("Could not extract workflow filename from OIDC claims")?;
    let path = text(claims, "project_path").to_lowercase();
    let matching = |environment: Option<&str>| {
        candidates.iter().find(|Candidate { fields, .. }| {
            fields.project_path.to_lowercase() == path
                && fields.config == config
                && fields.environment.as_deref() == environment
        })
    };
    let named = Some(text(claims, "environment")).filter(|name| !name.is_empty());
    let named = named.and_then(|name| matching(Some(name)));
    Ok(named.or_else(|| matching(None)).ok_or(NOT_FOUND)?)
}

/// Checks `project_path:namespace/project`, which more parts may follow.
fn is_subject(project: &str, claims: &Claims) -> bool {
    let parts: Vec<&str> = text(claims, "sub").split(':').take(2).collect();
    let own = format!("project_path:{project}");
    parts.join(":").to_lowercase() == own.to_lowercase()
}

fn check_config(fields: &GitLab, claims: &Claims) -> Result<(), Mismatch> {
    let path = workflow_path(fields);
    let claim = workflow_claim(&path, claims);
    let mut revisions = claim.revisions.iter().flatten();
    if !revisions.all(|revision| is_truthy(revision)) {
        return Err("The ref_path and sha claims are empty".into());
    }
    claim.check(claims)
}

/// What a publisher expects of the claims.
pub(super) fn expected(fields: &GitLab) -> Vec<ExpectedClaim> {
    let path = workflow_path(fields);
    let is_met = |path: &str, claims: &Claims| {
        let file = config_path(text(claims, "ci_config_ref_uri"));
        let is_own = file.is_some_and(|file| path.ends_with(&format!("//{file}")));
        is_own && workflow_claim(path, claims).check(claims).is_ok()
    };
    let environment = match &fields.environment {
        Some(name) => ExpectedClaim::exactly("environment", name),
        None => ExpectedClaim::new("environment", "any, or none", Test::Any),
    };
    let project = fields.project_path.clone();
    let subject = format!("project_path:{project}:…");
    vec![
        ExpectedClaim::new("project_path", &project, Test::InAnyCase(project.clone())),
        ExpectedClaim::new(
            "ci_config_ref_uri",
            format!("{path}@(ref or sha of the job)"),
            Test::By(is_met, path),
        ),
        environment,
        ExpectedClaim::new("sub", subject, Test::By(is_subject, project)),
    ]
}

fn workflow_path(fields: &GitLab) -> String {
    format!("gitlab.com/{}//{}", fields.project_path, fields.config)
}

fn workflow_claim<'c>(path: &'c str, claims: &'c Claims) -> WorkflowClaim<'c> {
    WorkflowClaim {
        name: "ci_config_ref_uri",
        path,
        revisions: [claims.get("ref_path"), claims.get("sha")],
    }
}

/// The path in `gitlab.com/namespace/project//path@ref`. The path and the reference may contain `@`.
fn config_path(uri: &str) -> Option<&str> {
    let is_stem = |stem: &str| {
        let (directory, last) = stem
            .char_indices()
            .next_back()
            .and_then(|(at, last)| Some((stem.get(..at)?, last)))
            .unwrap_or(("", '/'));
        last != '/' && !directory.contains('\n')
    };
    let mut starts = (0..uri.len()).filter(|at| uri.get(..*at).is_some_and(|s| s.ends_with("//")));
    starts.find_map(|start| before_revision(uri.get(start..)?, is_stem))
}

#[cfg(test)]
mod tests {
    use super::config_path;

    // The results of Warehouse's regular expression.
    #[test]
    fn the_path_ends_at_the_last_extension_before_an_at_sign() {
        for (uri, path) in [
            (
                "gitlab.com/g/p//.gitlab-ci.yml@main",
                Some(".gitlab-ci.yml"),
            ),
            ("gitlab.com/g/p//ci/a.yaml@x@y", Some("ci/a.yaml")),
            ("gitlab.com/g/p//a.yml@b.yml@c", Some("a.yml@b.yml")),
            ("gitlab.com/g/p//a.yml@b//c.yml@d", Some("a.yml@b//c.yml")),
            ("gitlab.com/g/p///a.yml@d", Some("/a.yml")),
            ("gitlab.com/g/p//a\nb/c.yml@d", None),
            ("gitlab.com/g/p//.yml@main", None),
            ("gitlab.com/g/p//ci/.yml@main", None),
            ("gitlab.com/g/p/a.yml@main", None),
            ("gitlab.com/g/p//a.yml", None),
        ] {
            assert_eq!(config_path(uri), path, "{uri}");
        }
    }
}
