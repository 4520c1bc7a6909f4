//! Publishers that do not match.

use super::{Cause, CauseKind, Refusal, token};
use crate::{
    claims::{ClaimProblemKind, has_ids},
    issuer::Issuer,
};

/// The causes when no publisher was found: those that the claims show, then those that occur most often.
pub(super) fn not_found(refusal: &Refusal<'_>) -> Vec<Cause> {
    let mut causes = token::problems(refusal);
    causes.extend(reusable_workflow(refusal));
    // A merge request from a fork of GitLab runs in the fork; GitHub gives a pull request from a fork no ID token.
    let is_merge_request =
        refusal.issuer() != Issuer::GitHub && refusal.has(ClaimProblemKind::Event);
    let fork = fork(refusal);
    if is_merge_request {
        causes.extend(fork.clone());
    }
    causes.extend(pending_publisher(refusal));
    causes.extend(not_registered(refusal));
    causes.extend(match refusal.issuer() {
        Issuer::GitHub => vec![
            github_name(refusal),
            github_file(refusal),
            environment(refusal),
        ],
        Issuer::GitLab | Issuer::GitLabSelfManaged => {
            vec![
                gitlab_name(refusal),
                gitlab_file(refusal),
                environment(refusal),
            ]
        }
        Issuer::Google => vec![google(refusal)],
        Issuer::ActiveState => vec![activestate()],
        _ => Vec::new(),
    });
    causes.push(other_index(refusal));
    if !is_merge_request {
        causes.extend(fork);
    }
    causes
}

/// The causes when the index gives a reason: the claims show most of them.
pub(super) fn rejected(refusal: &Refusal<'_>) -> Vec<Cause> {
    let causes = token::problems(refusal);
    if !causes.is_empty() {
        return causes;
    }
    if refusal.description.contains("'environment'") {
        return vec![environment(refusal)];
    }
    if refusal.description.contains("ci_config_ref_uri") {
        return vec![gitlab_case(refusal)];
    }
    let explanation = "a publisher matches in part; the claim that the index names differs";
    vec![
        Cause::new(CauseKind::NotRegistered, explanation)
            .change_on_index("register these values")
            .change_in_job(registered_job(refusal.issuer())),
    ]
}

/// A reusable workflow of the own repository, which can match. One of another repository is a fatal problem.
fn reusable_workflow(refusal: &Refusal<'_>) -> Option<Cause> {
    let problem = refusal.problems.iter().find(|problem| {
        problem.kind() == ClaimProblemKind::ReusableWorkflow && !problem.is_fatal()
    })?;
    let file = refusal.field("workflow_filename")?;
    Some(
        Cause::new(CauseKind::ReusableWorkflow, problem.message())
            .change_on_index(format!(
                "register {file}, for as long as PyPI compares the called file"
            ))
            .change_in_job(problem.remedy()),
    )
}

fn pending_publisher(refusal: &Refusal<'_>) -> Option<Cause> {
    let names = refusal.projects(Some(false))?;
    let index = refusal.index();
    let explanation = format!(
        "{index} has no project {names} and no pending publisher with these values: one expires after 30 days, creates only \
         one project, and is deleted when somebody else creates the project"
    );
    Some(
        Cause::new(CauseKind::PendingPublisher, explanation)
            .change_on_index("register these values as a pending publisher; for several new projects, one after the other"),
    )
}

fn not_registered(refusal: &Refusal<'_>) -> Vec<Cause> {
    let cause = |explanation: String| {
        Cause::new(CauseKind::NotRegistered, explanation)
            .change_on_index("register these values")
            .change_in_job(registered_job(refusal.issuer()))
    };
    if refusal.context.projects.is_empty() {
        return vec![cause(
            "no publisher is registered, or only for other jobs".to_owned(),
        )];
    }
    let existing = refusal
        .projects(Some(true))
        .map(|names| format!("{names}: no publisher is registered, or only for other jobs"));
    let unknown = refusal.projects(None).map(|names| {
        format!("{names}: neither a publisher nor a pending publisher is registered, or only for other jobs")
    });
    existing.into_iter().chain(unknown).map(cause).collect()
}

fn github_name(refusal: &Refusal<'_>) -> Cause {
    let mut explanation = "the repository or its owner was renamed or transferred, or is registered in another letter case: PyPI compares"
        .to_owned();
    if let Some(repository) = refusal.claim("repository") {
        explanation += &format!(" {repository} exactly");
    }
    if let Some(id) = refusal.claim("repository_owner_id") {
        explanation += &format!(", and the owner's account id {id}");
    }
    if refusal.claims.is_some_and(has_ids) {
        explanation += "; the subject of the token is that of a repository created or renamed since 2026-07-15";
    }
    Cause::new(CauseKind::Renamed, explanation)
        .change_on_index("remove the publisher with the old name, and register these values")
        .change_in_job("run the job in the repository that is registered")
}

fn github_file(refusal: &Refusal<'_>) -> Cause {
    let file = refusal
        .field("workflow_filename")
        .unwrap_or_else(|| "the file".to_owned());
    let explanation = format!(
        "another workflow file is registered: PyPI compares {file} exactly, without a path, and .yml is not .yaml"
    );
    Cause::new(CauseKind::WorkflowFile, explanation)
        .change_on_index(format!("register the workflow {file}"))
        .change_in_job("publish from the workflow file that is registered")
}

fn gitlab_name(refusal: &Refusal<'_>) -> Cause {
    let project = refusal
        .claim("project_path")
        .unwrap_or_else(|| "the project".to_owned());
    let explanation = format!(
        "the project was renamed, or moved to another namespace, after it was registered: its path is {project} now"
    );
    Cause::new(CauseKind::Renamed, explanation)
        .change_on_index("remove the publisher with the old name, and register these values")
        .change_in_job("run the job in the project that is registered")
}

/// PyPI finds the project in any letter case, and then compares the path of its file, which contains that of the project.
fn gitlab_case(refusal: &Refusal<'_>) -> Cause {
    let project = refusal
        .claim("project_path")
        .unwrap_or_else(|| "the project".to_owned());
    let explanation = format!(
        "the project is registered in another letter case: PyPI compares {project} exactly in the claim `ci_config_ref_uri`"
    );
    Cause::new(CauseKind::Renamed, explanation)
        .change_on_index("remove the publisher, and register these values")
}

fn gitlab_file(refusal: &Refusal<'_>) -> Cause {
    let file = refusal
        .field("workflow_filepath")
        .unwrap_or_else(|| "the path".to_owned());
    let explanation = format!(
        "another pipeline file is registered: PyPI compares {file} exactly, the path of the top-level file and not of one that it includes"
    );
    Cause::new(CauseKind::WorkflowFile, explanation)
        .change_on_index(format!("register the path {file}"))
        .change_in_job("publish from the pipeline file that is registered")
}

fn environment(refusal: &Refusal<'_>) -> Cause {
    let Some(name) = refusal.claim("environment") else {
        return Cause::new(
            CauseKind::Environment,
            "the publisher requires an environment, and the job runs without one",
        )
        .change_on_index("register the publisher without an environment")
        .change_in_job("set `environment:` of the job to the one that is registered");
    };
    let case = match refusal.issuer() {
        Issuer::GitHub => "ignores letter case",
        _ => "compares letter case too",
    };
    let explanation = format!(
        "the publisher requires another environment: the job runs in {name}, and PyPI {case}"
    );
    Cause::new(CauseKind::Environment, explanation)
        .change_on_index(format!(
            "register the environment {name}, or leave it empty to accept every environment"
        ))
        .change_in_job("set `environment:` of the job to the one that is registered")
}

fn google(refusal: &Refusal<'_>) -> Cause {
    let email = refusal
        .claim("email")
        .unwrap_or_else(|| "the email address".to_owned());
    let subject = refusal.claim("sub").unwrap_or_else(|| "none".to_owned());
    let explanation = format!(
        "another service account is registered: PyPI compares {email} exactly, and the subject ({subject}) if one is registered"
    );
    Cause::new(CauseKind::Account, explanation)
        .change_on_index("register these values")
        .change_in_job(registered_job(Issuer::Google))
}

fn activestate() -> Cause {
    let explanation = "another organization, project or actor is registered: PyPI compares the names exactly, and the id of the actor";
    Cause::new(CauseKind::Account, explanation)
        .change_on_index("register these values")
        .change_in_job(registered_job(Issuer::ActiveState))
}

fn other_index(refusal: &Refusal<'_>) -> Cause {
    let index = refusal.index();
    let explanation = format!(
        "the publisher is registered on another index than {index}: PyPI and TestPyPI do not share publishers"
    );
    Cause::new(CauseKind::OtherIndex, explanation)
        .change_on_index("register these values here too")
        .change_in_job("publish to the index that has the publisher")
}

fn fork(refusal: &Refusal<'_>) -> Option<Cause> {
    let name = match refusal.issuer() {
        Issuer::GitHub => refusal.claim("repository")?,
        Issuer::GitLab | Issuer::GitLabSelfManaged => refusal.claim("project_path")?,
        _ => return None,
    };
    let explanation = format!("{name} is a fork of the registered repository");
    Some(
        Cause::new(CauseKind::Fork, explanation)
            .change_in_job("publish from the registered repository, not from its fork"),
    )
}

fn registered_job(issuer: Issuer) -> &'static str {
    match issuer {
        Issuer::ActiveState => "build the registered project as the registered actor",
        Issuer::GitHub => {
            "run the job in the repository, workflow file and environment that are registered"
        }
        Issuer::GitLab | Issuer::GitLabSelfManaged => {
            "run the job in the project, pipeline file and environment that are registered"
        }
        Issuer::Google => "run as the service account that is registered",
        _ => "run the job that is registered",
    }
}
