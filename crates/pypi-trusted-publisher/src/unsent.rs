//! Why an ID token is not sent.

use serde_json::Value;

use crate::{ClaimProblem, ClaimProblemKind as Kind, Claims, Error, ErrorKind};

/// The problems with which a token for `audience` is sent, and the error if it is not sent. `now` is in seconds since
/// 1970-01-01 UTC. Another index than PyPI may accept what PyPI rejects.
pub(crate) fn check(
    claims: &Claims,
    audience: &str,
    now: u64,
    is_pypi: bool,
) -> (Vec<ClaimProblem>, Option<Error>) {
    let mut problems = claims.problems(now, Some(audience));
    if !is_for(claims, audience) {
        problems.retain(|problem| problem.kind() != Kind::Audience);
        let error = Error::other_audience(claims.text("aud"), audience)
            .with_help(format!("request an ID token for the audience {audience:?}"))
            .with_claims(claims);
        return (problems, Some(error));
    }
    if !is_pypi {
        // Which issuers another index accepts is not known.
        problems.retain(|problem| problem.kind() != Kind::Issuer);
        return (problems, None);
    }
    let is_accepted = accepts_issuer(&problems);
    let certain = problems
        .iter()
        .position(|problem| problem.is_fatal() && is_certain(problem.kind(), is_accepted));
    let error = certain.map(|place| {
        let problem = problems.remove(place);
        Error::new(error_kind(problem.kind()), problem.message())
            .with_help(problem.remedy())
            .with_claims(claims)
    });
    (problems, error)
}

/// Whether `audience` is the audience, or in its list. With any other token, the index could act as the job elsewhere.
fn is_for(claims: &Claims, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(found)) => found == audience,
        Some(Value::Array(list)) => list.iter().any(|one| one == audience),
        _ => false,
    }
}

/// Whether PyPI rejects a fatal problem of this kind by its present rules and by those that are proposed.
///
/// # Source
///
/// `warehouse/oidc/services.py` and `warehouse/oidc/models`, 2026-08-21.
fn is_certain(kind: Kind, is_accepted: bool) -> bool {
    match kind {
        Kind::Audience | Kind::Expired | Kind::SshRerun => true,
        // These are the rules for the issuers that PyPI accepts today.
        Kind::Algorithm | Kind::Event | Kind::InvalidClaim | Kind::KeyId | Kind::MissingClaim => {
            is_accepted
        }
        // PyPI adds issuers from time to time, and an organization may have one of its own.
        Kind::Issuer => false,
        // Our clock may be behind, and the index does not use up a token that is not valid yet.
        Kind::NotYetValid => false,
        // PyPI may compare another claim in future (warehouse#20083).
        Kind::ReusableWorkflow | Kind::Workflow => false,
    }
}

fn accepts_issuer(problems: &[ClaimProblem]) -> bool {
    let is_rejected = |problem: &ClaimProblem| problem.kind() == Kind::Issuer && problem.is_fatal();
    !problems.iter().any(is_rejected)
}

fn error_kind(kind: Kind) -> ErrorKind {
    match kind {
        Kind::Algorithm | Kind::KeyId => ErrorKind::InvalidToken,
        Kind::Audience => ErrorKind::IdToken,
        Kind::Expired => ErrorKind::Expired,
        _ => ErrorKind::Claims,
    }
}
