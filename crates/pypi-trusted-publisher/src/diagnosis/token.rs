//! The token itself, its issuer and the request.

use super::{Cause, CauseKind, Refusal};
use crate::{
    claims::{ClaimProblem, ClaimProblemKind},
    issuer::Issuer,
};

/// The causes that the claims show. The issuer is left out: an index checks it first, and this one may accept others than
/// PyPI.
pub(super) fn problems(refusal: &Refusal<'_>) -> Vec<Cause> {
    let problems = refusal.problems.iter();
    problems
        .filter(|problem| problem.is_fatal() && problem.kind() != ClaimProblemKind::Issuer)
        .map(cause)
        .collect()
}

pub(super) fn invalid(refusal: &Refusal<'_>) -> Vec<Cause> {
    let causes = problems(refusal);
    if !causes.is_empty() {
        return causes;
    }
    let index = refusal.index();
    let explanation = format!(
        "the issuer has a new signing key, and {index} asks for keys at most once a minute"
    );
    let key = Cause::new(CauseKind::KeyRotation, explanation)
        .change_in_job("wait a minute, and try again with a new ID token");
    let explanation =
        "the ID token was cut, masked or changed on its way, or signed by somebody else";
    let token = Cause::new(CauseKind::Token, explanation).change_in_job(UNCHANGED);
    let explanation =
        format!("the clock of {index} and that of the issuer differ by more than 30 s");
    let clock =
        Cause::new(CauseKind::Clock, explanation).change_in_job("try again with a new ID token");
    vec![key, token, clock]
}

pub(super) fn already_used(refusal: &Refusal<'_>) -> Vec<Cause> {
    let change = match refusal.issuer() {
        Issuer::GitLab | Issuer::GitLabSelfManaged => {
            "run the job again: GitLab gives a job one ID token for each entry of `id_tokens:`"
        }
        _ => {
            "request a new ID token for each exchange; if the job was given only one, run the job again"
        }
    };
    let explanation =
        "another step exchanged the same ID token, or the answer to an earlier exchange was lost";
    vec![Cause::new(CauseKind::Replay, explanation).change_in_job(change)]
}

pub(super) fn disabled(refusal: &Refusal<'_>) -> Vec<Cause> {
    let index = refusal.index();
    let issuer = match refusal.issuer() {
        Issuer::Unknown => String::new(),
        issuer => format!(" with {issuer}"),
    };
    let explanation =
        format!("the administrators of {index} have switched off trusted publishing{issuer}");
    vec![
        Cause::new(CauseKind::Disabled, explanation)
            .change_on_index("wait, and read its status page")
            .change_in_job("use an API token if it cannot wait"),
    ]
}

pub(super) fn malformed() -> Vec<Cause> {
    let explanation = "the text is a token of another kind, or an ID token that was cut or masked";
    vec![Cause::new(CauseKind::Token, explanation).change_in_job(UNCHANGED)]
}

pub(super) fn malformed_request() -> Vec<Cause> {
    let explanation = "the request did not arrive as JSON with the string `token`";
    vec![
        Cause::new(CauseKind::Request, explanation)
            .change_in_job("send the request without a proxy that changes it"),
    ]
}

pub(super) fn unknown_issuer(refusal: &Refusal<'_>) -> Vec<Cause> {
    let (issuers, others): (Vec<_>, Vec<_>) = refusal
        .problems
        .iter()
        .filter(|problem| problem.is_fatal() || problem.kind() == ClaimProblemKind::Issuer)
        .partition(|problem| problem.kind() == ClaimProblemKind::Issuer);
    if !issuers.is_empty() {
        return issuers.into_iter().chain(others).map(cause).collect();
    }
    let issuer = refusal
        .claim("iss")
        .unwrap_or_else(|| "the issuer".to_owned());
    let explanation = format!("{} does not accept ID tokens of {issuer}", refusal.index());
    vec![Cause::new(CauseKind::Issuer, explanation).change_in_job("use an API token")]
}

/// A problem of the claims as a cause.
fn cause(problem: &ClaimProblem) -> Cause {
    let kind = match problem.kind() {
        ClaimProblemKind::Issuer => CauseKind::Issuer,
        ClaimProblemKind::ReusableWorkflow => CauseKind::ReusableWorkflow,
        _ => CauseKind::Token,
    };
    let cause = Cause::new(kind, problem.message());
    if problem.is_fatal() {
        cause.change_in_job(problem.remedy())
    } else {
        // An issuer that an organization may register.
        cause.change_on_index(problem.remedy())
    }
}

const UNCHANGED: &str = "pass on the ID token of the CI provider without changes";
