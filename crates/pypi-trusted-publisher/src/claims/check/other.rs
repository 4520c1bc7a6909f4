//! What only ActiveState's, Buildkite's, CircleCI's or Google's tokens can have wrong.

use serde_json::Value;

use crate::{
    claims::{
        Claims,
        problem::{ClaimProblem, ClaimProblemKind as Kind},
    },
    shown::quoted,
};

pub(super) fn activestate(claims: &Claims, problems: &mut Vec<ClaimProblem>) {
    let mut differs = |name: &str, expected: &str| {
        let Some(found) = claims
            .get(name)
            .filter(|found| !found.is_null() && **found != "")
        else {
            return;
        };
        if found != expected {
            let found = found
                .as_str()
                .map_or_else(|| "not a string".to_owned(), quoted);
            let expected = quoted(expected);
            problems.push(ClaimProblem::fatal(
                Kind::InvalidClaim,
                format!("the claim `{name}` is {found}, expected {expected}"),
                "publish with the builder `pypi-publisher` of the ActiveState platform",
            ));
        }
    };
    if let (Some(organization), Some(project)) =
        (claims.text("organization"), claims.text("project"))
    {
        differs("sub", &format!("org:{organization}:project:{project}"));
    }
    differs("builder", "pypi-publisher");
}

/// PyPI's planned publisher pins these ids on first use (warehouse#20515), and tokens have them only on request.
pub(super) fn buildkite(claims: &Claims, problems: &mut Vec<ClaimProblem>) {
    for name in ["organization_id", "pipeline_id"] {
        if claims.text(name).is_none() {
            problems.push(ClaimProblem::warning(
                Kind::MissingClaim,
                format!(
                    "the ID token has no claim `{name}`, which does not change when a name does"
                ),
                format!("request it with `buildkite-agent oidc request-token --claim {name}`"),
            ));
        }
    }
}

/// An index must reject such a token, because whoever has the shell can use it (warehouse#19349).
pub(super) fn circleci(claims: &Claims, problems: &mut Vec<ClaimProblem>) {
    if claims.get("oidc.circleci.com/ssh-rerun") == Some(&Value::Bool(true)) {
        problems.push(ClaimProblem::fatal(
            Kind::SshRerun,
            "the job was rerun with SSH, so its ID token is open to whoever is logged in",
            "start the job again without SSH",
        ));
    }
}

pub(super) fn google(claims: &Claims, problems: &mut Vec<ClaimProblem>) {
    if claims
        .get("email_verified")
        .is_some_and(|verified| *verified != Value::Bool(true) && !verified.is_null())
    {
        problems.push(ClaimProblem::fatal(
            Kind::InvalidClaim,
            "the claim `email_verified` is not true",
            "use a service account, whose email address is always verified",
        ));
    }
}
