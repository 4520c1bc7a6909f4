//! What only GitLab's tokens can have wrong.

use crate::{
    claims::{
        Claims,
        problem::{ClaimProblem, ClaimProblemKind as Kind},
    },
    shown::{claim, quoted},
    workflow::gitlab_path,
};

pub(super) fn check(claims: &Claims, problems: &mut Vec<ClaimProblem>) {
    problems.extend(subject(claims));
    problems.extend(pipeline(claims));
    if claims.text("pipeline_source") == Some("merge_request_event") {
        problems.push(ClaimProblem::warning(
            Kind::Event,
            "the pipeline was started by a merge request: one from a fork runs in the fork, which no publisher matches",
            "publish in a pipeline for a tag or the default branch",
        ));
    }
}

/// PyPI compares the first two parts of the subject, in any letter case.
fn subject(claims: &Claims) -> Option<ClaimProblem> {
    let (subject, project) = (claims.text("sub")?, claims.text("project_path")?);
    let mut parts = subject.split(':');
    let (kind, path) = (parts.next()?, parts.next().unwrap_or_default());
    if kind.eq_ignore_ascii_case("project_path") && path.to_lowercase() == project.to_lowercase() {
        return None;
    }
    let (subject, project) = (quoted(subject), claim(project));
    Some(ClaimProblem::fatal(
        Kind::InvalidClaim,
        format!(
            "the claim `sub` is {subject}, expected a text that starts with \"project_path:{project}\""
        ),
        "keep `project_path` first in the project's `ci_id_token_sub_claim_components`",
    ))
}

/// PyPI compares `ci_config_ref_uri` with the file of the publisher, at the job's own commit.
fn pipeline(claims: &Claims) -> Option<ClaimProblem> {
    let found = claims.get("ci_config_ref_uri")?.as_str()?;
    let (host, project) = (
        claims.issuer()?.strip_prefix("https://")?,
        claims.text("project_path")?,
    );
    let Some(path) = gitlab_path(found) else {
        return Some(ClaimProblem::fatal(
            Kind::Workflow,
            format!(
                "the claim `ci_config_ref_uri` names no pipeline file: {}",
                quoted(found)
            ),
            "keep the pipeline of the project in a file that ends with .yml or .yaml",
        ));
    };
    let start = format!("{host}/{project}//");
    if !found.starts_with(&start) {
        let (found, project) = (claim(found), claim(project));
        return Some(ClaimProblem::fatal(
            Kind::Workflow,
            format!("the pipeline file is {found}, outside of {project}"),
            format!(
                "keep the top-level pipeline file in {project}; it may include files of other projects"
            ),
        ));
    }
    let (Some(reference), Some(sha)) = (claims.text("ref_path"), claims.text("sha")) else {
        // PyPI needs both, and says that they are missing or empty.
        return empty(claims);
    };
    if [reference, sha]
        .iter()
        .any(|revision| found == format!("{start}{path}@{revision}"))
    {
        return None;
    }
    Some(ClaimProblem::fatal(
        Kind::Workflow,
        format!(
            "the pipeline file is {}, but the job runs at {}",
            claim(found),
            claim(reference)
        ),
        "run the pipeline for a branch or a tag",
    ))
}

fn empty(claims: &Claims) -> Option<ClaimProblem> {
    let name = ["ref_path", "sha"]
        .into_iter()
        .find(|name| claims.get(name).and_then(serde_json::Value::as_str) == Some(""))?;
    Some(ClaimProblem::fatal(
        Kind::InvalidClaim,
        format!("the claim `{name}` is empty"),
        "run the pipeline for a branch or a tag",
    ))
}
