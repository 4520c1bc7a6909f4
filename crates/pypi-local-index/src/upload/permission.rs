//! Who may upload to which project, and which projects may be made.

use http::StatusCode;
use pypi_metadata::{ProjectName, UploadForm, python_repr};

use super::identity::Caller;
use super::{HELP, Outcome};
use crate::answer::Answer;
use crate::settings::Switch;
use crate::state::{Identity, Project, Scope, State, Status, ultranormalized};
use crate::world::User;

pub(super) fn check(
    state: &State,
    caller: &Caller<'_>,
    project: Option<&Project>,
    name: &ProjectName,
    now: u64,
) -> Outcome<()> {
    let Some(project) = project else {
        check_creator(state, caller.identity, now)?;
        return match refusal_of_new(state, name) {
            Some(refusal) => Err(refusal),
            None => check_token(caller.identity, name.as_str(), name, now),
        };
    };
    check_token(caller.identity, project.name.as_str(), name, now)?;
    check_role(caller.identity, project)?;
    check_account(state, caller.identity)?;
    if project.has_active_organization {
        return Ok(());
    }
    Err(Answer::bad_request(
        "Organization account owning this project is inactive. This may be due to inactive billing for Company \
         Organizations, or administrator intervention for Community Organizations. Please contact \
         support+orgs@pypi.org.",
    )
    .rule("organization-inactive"))
}

/// Whether this identity may create projects at all.
fn check_creator(state: &State, identity: &Identity, now: u64) -> Outcome<()> {
    let name = match identity {
        Identity::Publisher {
            scope: Scope::Any, ..
        } => return Ok(()),
        Identity::Publisher { .. } => {
            return Err(Answer::bad_request(NOT_FOR_NEW_PROJECTS).rule("publisher-creates-project"));
        }
        Identity::User { name, .. } => name.as_deref().unwrap_or_default(),
    };
    check_account(state, identity)?;
    let hour_ago = now.saturating_sub(3600);
    let recent = state
        .creations
        .iter()
        .filter(|(by, time)| by == name && *time > hour_ago);
    let recent = recent.count() as u64;
    if state
        .settings
        .new_projects_per_hour
        .is_some_and(|limit| recent >= u64::from(limit))
    {
        let text = "Too many new projects created";
        return Err(Answer::refused(StatusCode::TOO_MANY_REQUESTS, text).rule("new-project-rate"));
    }
    Ok(())
}

const NOT_FOR_NEW_PROJECTS: &str = "Non-user identities cannot create new projects. This was probably caused by \
    successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in \
    your project's metadata). Please ensure that both match. \
    See: https://docs.pypi.org/trusted-publishers/troubleshooting/";

/// Why no project of this name may be made.
pub(crate) fn refusal_of_new(state: &State, name: &ProjectName) -> Option<Answer> {
    let quoted = python_repr(name.as_str());
    let see = format!("See {HELP}#project-name for more information.");
    if !state.settings.is_on(Switch::NewProjects) {
        let text = format!(
            "New project registration temporarily disabled. See {HELP}#admin-intervention for more information."
        );
        return Some(Answer::refused(StatusCode::FORBIDDEN, &text).rule("switched-off"));
    }
    if let Some(text) = standard_library(name) {
        return Some(Answer::bad_request(&text).rule("name-stdlib"));
    }
    if state.prohibited.contains(name.normalized()) {
        let text = format!("The name {quoted} isn't allowed. {see}");
        return Some(Answer::bad_request(&text).rule("name-prohibited"));
    }
    let like = ultranormalized(name.as_str());
    let mut projects = state.projects();
    if projects.any(|project| ultranormalized(project.name.as_str()) == like) {
        let text = format!("The name {quoted} is too similar to an existing project. {see}");
        return Some(Answer::bad_request(&text).rule("name-similar"));
    }
    None
}

/// The refusal of a name that is a module's of the standard library.
fn standard_library(name: &ProjectName) -> Option<String> {
    let findings = UploadForm::new([("name", name.as_str())]).check_new_project();
    findings.first()?.index_text().map(str::to_owned)
}

/// Whether the token's own restrictions allow it.
fn check_token(identity: &Identity, project: &str, name: &ProjectName, now: u64) -> Outcome<()> {
    let expires = match identity {
        Identity::User {
            projects, expires, ..
        } => {
            if projects
                .as_ref()
                .is_some_and(|projects| !projects.contains(name.normalized()))
            {
                let quoted = python_repr(project);
                let reason = format!("project-scoped token is not valid for project: {quoted}");
                return Err(invalid_token(&reason).rule("token-scope"));
            }
            *expires
        }
        Identity::Publisher { scope, expires, .. } => {
            if let Scope::Projects(projects) = scope
                && !projects.contains(name.normalized())
            {
                let reason = format!("OIDC scoped token is not valid for project '{project}'");
                return Err(invalid_token(&reason).rule("token-scope"));
            }
            Some(*expires)
        }
    };
    match expires {
        Some(expires) if now > expires => {
            Err(invalid_token("token is expired").rule("token-expired"))
        }
        _ => Ok(()),
    }
}

/// Warehouse says the reason twice: once for each of its security policies that refused.
fn invalid_token(reason: &str) -> Answer {
    Answer::refused(
        StatusCode::FORBIDDEN,
        &format!("Invalid API Token: {reason}, {reason}"),
    )
}

fn check_role(identity: &Identity, project: &Project) -> Outcome<()> {
    let (who, is_allowed) = match identity {
        Identity::User { name: None, .. } => (format!("user '{}'", User::OWN), true),
        Identity::User {
            name: Some(name), ..
        } => (format!("user '{name}'"), project.members.contains(name)),
        Identity::Publisher { .. } => (
            "given token".to_owned(),
            project.status != Status::Quarantined,
        ),
    };
    if is_allowed && project.status != Status::Archived {
        return Ok(());
    }
    Err(Answer::refused(
        StatusCode::FORBIDDEN,
        &format!(
            "The {who} isn't allowed to upload to project '{}'. See {HELP}#project-name for more information.",
            project.name.as_str()
        ),
    )
    .rule("not-allowed"))
}

fn check_account(state: &State, identity: &Identity) -> Outcome<()> {
    let Identity::User {
        name: Some(name), ..
    } = identity
    else {
        return Ok(());
    };
    let refuse = |lacks: &str, remedy: &str, anchor: &str| {
        let name = python_repr(name);
        let text = format!(
            "User {name}, associated with the API token used, does not have {lacks}. Please {remedy} before \
             attempting to upload to PyPI. See {HELP}#{anchor} for more information."
        );
        Err(
            Answer::refused(StatusCode::FORBIDDEN, &text).rule(if anchor == "verified-email" {
                "email-unverified"
            } else {
                "no-second-factor"
            }),
        )
    };
    match state.user(name) {
        Some(user) if user.is_unverified => refuse(
            "a verified primary email address",
            "add a verified primary email",
            "verified-email",
        ),
        Some(user) if user.has_no_second_factor => refuse(
            "two-factor authentication enabled",
            "enable two-factor authentication",
            "two-factor-authentication",
        ),
        _ => Ok(()),
    }
}
