//! What only GitHub's tokens can have wrong.

use crate::{
    claims::{
        Claims,
        problem::{ClaimProblem, ClaimProblemKind as Kind},
    },
    shown::{claim, quoted},
    workflow::{github_file, github_repository},
};

pub(super) fn check(claims: &Claims, problems: &mut Vec<ClaimProblem>) {
    problems.extend(owner(claims));
    let count = problems.len();
    problems.extend(workflow(claims));
    // One problem about the workflow is enough.
    if problems.len() == count {
        problems.extend(reusable(claims));
    }
    problems.extend(event(claims));
}

/// PyPI finds the publisher by the owner in `repository`, and compares that with `repository_owner`.
fn owner(claims: &Claims) -> Option<ClaimProblem> {
    let repository = claims.text("repository")?;
    let owner = claims.text("repository_owner")?;
    if repository
        .split_once('/')
        .is_some_and(|(found, _)| found == owner)
    {
        return None;
    }
    let (owner, repository) = (quoted(owner), quoted(repository));
    Some(ClaimProblem::fatal(
        Kind::InvalidClaim,
        format!(
            "the claim `repository_owner` is {owner}, which is not the owner in `repository`, {repository}"
        ),
        "run the job again; if the repository was just renamed or transferred, in some minutes",
    ))
}

/// PyPI compares `job_workflow_ref` with the file of the publisher, at the job's own commit.
fn workflow(claims: &Claims) -> Option<ClaimProblem> {
    let found = claims.get("job_workflow_ref")?.as_str()?;
    let repository = claims.text("repository")?;
    let Some(file) = github_file(found) else {
        return Some(ClaimProblem::fatal(
            Kind::Workflow,
            format!(
                "the claim `job_workflow_ref` names no workflow file: {}",
                quoted(found)
            ),
            "run the job in a workflow file that ends with .yml or .yaml",
        ));
    };
    let called = github_repository(found).unwrap_or_default();
    if called != repository {
        return Some(elsewhere(claims, repository, called, found));
    }
    let is_at = |name| {
        claims.text(name).is_some_and(|revision| {
            found == format!("{repository}/.github/workflows/{file}@{revision}")
        })
    };
    if is_at("ref") || is_at("sha") {
        return None;
    }
    let Some(revision) = claims.text("ref").or_else(|| claims.text("sha")) else {
        let is_given = claims.get("ref").is_some() && claims.get("sha").is_some();
        return is_given.then(|| {
            ClaimProblem::fatal(
                Kind::InvalidClaim,
                "the claims `ref` and `sha` are empty",
                "run the job from a branch or a tag",
            )
        });
    };
    let (kind, remedy) = if is_reusable(claims) {
        (
            Kind::ReusableWorkflow,
            "call the reusable workflow at the same commit, with `uses: ./.github/workflows/…`",
        )
    } else {
        (Kind::Workflow, "run the job from a branch or a tag")
    };
    let message = format!(
        "the workflow file is {}, but the job runs at {}",
        claim(found),
        claim(revision)
    );
    Some(ClaimProblem::fatal(kind, message, remedy))
}

/// The file is of another repository than the job.
fn elsewhere(claims: &Claims, repository: &str, called: &str, found: &str) -> ClaimProblem {
    let repository = claim(repository);
    if called.eq_ignore_ascii_case(&repository) {
        let called = claim(called);
        return ClaimProblem::fatal(
            Kind::Workflow,
            format!(
                "the claims disagree in the letter case of the repository: {repository} and {called}"
            ),
            "rename the repository to the letter case that is registered",
        );
    }
    let called = claim(found.split('@').next().unwrap_or_default());
    let calling = claims.text("workflow_ref").and_then(github_file);
    let calling = calling.map_or_else(|| "the calling file".to_owned(), claim);
    ClaimProblem::fatal(
        Kind::ReusableWorkflow,
        format!(
            "the job is in the reusable workflow {called}, outside of {repository}: PyPI compares the called file, which no \
             publisher of {repository} can match, and may compare {calling} in future (warehouse#20083)"
        ),
        format!(
            "move the job that publishes into {calling}, and register that; builds may stay in reusable workflows"
        ),
    )
}

/// PyPI matches the called file (2026-08-21). The proposal of 2026-05-18 is to match the calling one, as attestations do.
fn reusable(claims: &Claims) -> Option<ClaimProblem> {
    if !is_reusable(claims) {
        return None;
    }
    let file = |name| claims.text(name).and_then(github_file).map(claim);
    let (called, calling) = (file("job_workflow_ref")?, file("workflow_ref")?);
    Some(ClaimProblem::warning(
        Kind::ReusableWorkflow,
        format!(
            "the job is in the reusable workflow {called}, called by {calling}: PyPI compares {called}, may compare {calling} in future (warehouse#20083), and requires {calling} in attestations"
        ),
        format!("move the job that publishes into {calling}, and register that"),
    ))
}

fn is_reusable(claims: &Claims) -> bool {
    match (claims.text("job_workflow_ref"), claims.text("workflow_ref")) {
        (Some(called), Some(calling)) => called != calling,
        _ => false,
    }
}

fn event(claims: &Claims) -> Option<ClaimProblem> {
    match claims.text("event_name")? {
        "pull_request_target" => Some(ClaimProblem::fatal(
            Kind::Event,
            "the job was started by `pull_request_target`, which PyPI rejects",
            "publish on `push`, `release` or `workflow_dispatch`",
        )),
        "pull_request" => Some(ClaimProblem::warning(
            Kind::Event,
            "the job was started by `pull_request`: anybody who may open one from a branch can publish, and one from a fork cannot",
            "publish on `push`, `release` or `workflow_dispatch`",
        )),
        _ => None,
    }
}
