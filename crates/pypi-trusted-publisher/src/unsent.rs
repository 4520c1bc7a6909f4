//! Why an ID token is not sent.

use serde_json::Value;

use crate::{ClaimProblem, ClaimProblemKind as Kind, Claims, Error, ErrorKind};

/// What an index is known to reject.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rules {
    /// Tokens for other audiences. Another index may accept what PyPI rejects.
    Common,
    /// Also what PyPI rejects.
    PyPi,
}

/// The problems with which a token for `audience` is sent, and the error if it is not sent. `now` is in seconds since
/// 1970-01-01 UTC.
pub(crate) fn check(
    claims: &Claims,
    audience: &str,
    now: u64,
    rules: Rules,
) -> (Vec<ClaimProblem>, Option<Error>) {
    let mut problems = claims.problems(now, Some(audience));
    if rules == Rules::Common {
        // Which issuers another index accepts is not known.
        problems.retain(|problem| problem.kind() != Kind::Issuer);
    }
    let is_accepted = accepts_issuer(&problems);
    let is_certain = |problem: &ClaimProblem| match rules {
        Rules::Common => problem.kind() == Kind::Audience && !lists(claims, audience),
        Rules::PyPi => problem.is_fatal() && is_certain(problem.kind(), is_accepted),
    };
    let certain = problems.iter().position(is_certain);
    let error = certain.map(|place| unsent(&problems.remove(place), claims, audience, rules));
    (problems, error)
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

/// Whether the audience is a list with `audience` in it, which other indexes than PyPI may accept.
fn lists(claims: &Claims, audience: &str) -> bool {
    let list = claims.get("aud").and_then(Value::as_array);
    list.is_some_and(|list| list.iter().any(|one| one == audience))
}

fn unsent(problem: &ClaimProblem, claims: &Claims, audience: &str, rules: Rules) -> Error {
    let error = match problem.kind() {
        Kind::Audience if rules == Rules::Common => {
            Error::other_audience(claims.text("aud"), audience)
        }
        kind => Error::new(error_kind(kind), problem.message()),
    };
    error.with_help(problem.remedy()).with_claims(claims)
}

fn error_kind(kind: Kind) -> ErrorKind {
    match kind {
        Kind::Algorithm | Kind::KeyId => ErrorKind::InvalidToken,
        Kind::Audience => ErrorKind::IdToken,
        Kind::Expired => ErrorKind::Expired,
        _ => ErrorKind::Claims,
    }
}
