//! The checks that need no publisher, in PyPI's order.

mod github;
mod gitlab;
mod other;
#[cfg(test)]
mod tests;
mod token;

use serde_json::Value;

use super::{
    Claims,
    problem::{ClaimProblem, ClaimProblemKind as Kind},
};
use crate::{
    issuer::{self, Issuer},
    shown,
};

pub(super) fn problems(
    claims: &Claims,
    now: Option<u64>,
    audience: Option<&str>,
) -> Vec<ClaimProblem> {
    let issuer = claims.kind();
    let mut problems = Vec::new();
    problems.extend(issued_by(claims, issuer));
    problems.extend(token::key_id(claims));
    problems.extend(token::algorithm(claims));
    for name in ["iat", "nbf", "exp"] {
        problems.extend(token::time(claims, name, now));
    }
    problems.extend(token::audience(claims, audience));
    for name in ["sub", "jti"] {
        problems.extend(not_text(claims, name, issuer));
    }
    for name in required(issuer) {
        problems.extend(missing(claims, name, issuer));
    }
    match issuer {
        Issuer::ActiveState => other::activestate(claims, &mut problems),
        Issuer::Buildkite => other::buildkite(claims, &mut problems),
        Issuer::CircleCi => other::circleci(claims, &mut problems),
        Issuer::GitHub | Issuer::GitHubEnterprise => github::check(claims, &mut problems),
        Issuer::GitLab | Issuer::GitLabSelfManaged => gitlab::check(claims, &mut problems),
        Issuer::Google => other::google(claims, &mut problems),
        Issuer::Azure | Issuer::Forgejo | Issuer::Unknown => {}
    }
    problems
}

/// The claims that each issuer's tokens must have, in the order in which PyPI names a missing one.
fn required(issuer: Issuer) -> &'static [&'static str] {
    match issuer {
        Issuer::ActiveState => &["sub", "organization", "project", "actor_id", "builder"],
        Issuer::GitHub => &[
            "repository",
            "repository_owner",
            "repository_owner_id",
            "job_workflow_ref",
            "jti",
            "event_name",
            "ref",
            "sha",
        ],
        Issuer::GitLab | Issuer::GitLabSelfManaged => &[
            "sub",
            "project_path",
            "ci_config_ref_uri",
            "jti",
            "ref_path",
            "sha",
        ],
        Issuer::Google => &["email", "email_verified"],
        Issuer::Azure
        | Issuer::Buildkite
        | Issuer::CircleCi
        | Issuer::Forgejo
        | Issuer::GitHubEnterprise
        | Issuer::Unknown => &[],
    }
}

fn issued_by(claims: &Claims, issuer: Issuer) -> Option<ClaimProblem> {
    let Some(url) = claims.issuer() else {
        return Some(ClaimProblem::fatal(
            Kind::MissingClaim,
            "the ID token has no claim `iss`, which names its issuer",
            REQUEST_ANOTHER,
        ));
    };
    let shown_url = shown::claim(url);
    let not_accepted = |remedy: &str| {
        let message = format!("PyPI does not accept ID tokens of {issuer} ({shown_url})");
        Some(ClaimProblem::fatal(Kind::Issuer, message, remedy))
    };
    match issuer {
        Issuer::ActiveState | Issuer::GitHub | Issuer::GitLab | Issuer::Google => None,
        Issuer::GitLabSelfManaged => Some(ClaimProblem::warning(
            Kind::Issuer,
            format!(
                "PyPI accepts ID tokens of {shown_url} only for an organization that has registered it"
            ),
            "ask PyPI's administrators to add this GitLab to the organization, or use an API token",
        )),
        Issuer::GitHubEnterprise => match issuer::below(url, issuer::GITHUB) {
            Some(path) => Some(ClaimProblem::fatal(
                Kind::Issuer,
                format!(
                    "the issuer {shown_url} has the path /{} of an enterprise, and PyPI accepts only {}",
                    shown::claim(path),
                    issuer::GITHUB
                ),
                "turn off `include_enterprise_slug` in the OIDC issuer policy of the enterprise, or use an API token",
            )),
            None => not_accepted("publish from github.com, or use an API token"),
        },
        Issuer::Azure
        | Issuer::Buildkite
        | Issuer::CircleCi
        | Issuer::Forgejo
        | Issuer::Unknown => not_accepted(
            "publish from GitHub, GitLab.com, Google Cloud or ActiveState, or use an API token",
        ),
    }
}

/// PyPI's reader wants strings here, whoever issued the token.
fn not_text(claims: &Claims, name: &str, issuer: Issuer) -> Option<ClaimProblem> {
    let value = claims.get(name)?;
    let is_missing = value.is_null() && required(issuer).contains(&name);
    if value.is_string() || is_missing {
        return None;
    }
    let message = format!("the claim `{name}` of the ID token is not a string");
    Some(ClaimProblem::fatal(
        Kind::InvalidClaim,
        message,
        REQUEST_ANOTHER,
    ))
}

fn missing(claims: &Claims, name: &str, issuer: Issuer) -> Option<ClaimProblem> {
    // Claims about the workflow have messages of their own, and PyPI accepts the others of these.
    let may_be_empty = matches!(
        name,
        "ci_config_ref_uri"
            | "event_name"
            | "job_workflow_ref"
            | "jti"
            | "ref"
            | "ref_path"
            | "sha"
    );
    match claims.get(name) {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text.is_empty() && !may_be_empty => {
            let message = format!("the claim `{name}` of the ID token is empty");
            return Some(ClaimProblem::fatal(
                Kind::InvalidClaim,
                message,
                REQUEST_ANOTHER,
            ));
        }
        Some(_) => return None,
    }
    let remedy = match issuer {
        Issuer::Google => {
            "request the ID token with the email address: `includeEmail` for an impersonated account, `format=full` from the metadata server"
        }
        Issuer::GitLab | Issuer::GitLabSelfManaged => {
            "use an ID token from `id_tokens:`; the older CI_JOB_JWT lacks claims"
        }
        _ => REQUEST_ANOTHER,
    };
    Some(absent(name, remedy))
}

fn absent(name: &str, remedy: impl Into<String>) -> ClaimProblem {
    let message = format!("the ID token has no claim `{name}`, which PyPI requires");
    ClaimProblem::fatal(Kind::MissingClaim, message, remedy)
}

const REQUEST_ANOTHER: &str =
    "request an ID token from the CI provider, and pass it on without changes";
