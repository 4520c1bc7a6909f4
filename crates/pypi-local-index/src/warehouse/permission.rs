//! Who may upload to which project, and which projects may be created.

use http::StatusCode;
use pypi_metadata::{ProjectName, UploadForm, python_repr, rules};

use super::names::ultranormalized;
use super::principal::{Bearer, Principal, Scope};
use super::project::Project;
use super::refusal::{HELP, Refusal};
use super::{Creation, State};
use crate::config::{AdminFlag, Status, User};

impl State {
    /// Whether the token allows an upload to the project `name`, and its holder may upload to it or may create it.
    pub(crate) fn check_upload(
        &self,
        bearer: &Bearer<'_>,
        name: &ProjectName,
        now: u64,
    ) -> Result<(), Refusal> {
        let principal = bearer.principal;
        let Some(project) = self.project(name.normalized()) else {
            self.check_creator(principal, now)?;
            self.check_new_project(name)?;
            return self.check_token(bearer, name, now);
        };
        self.check_token(bearer, &project.name, now)?;
        check_role(principal, project)?;
        self.check_account(principal)?;
        if project.has_active_organization {
            return Ok(());
        }
        Err(Refusal::bad_request(
            &rules::ORGANIZATION_INACTIVE,
            "Organization account owning this project is inactive. This may be due to inactive billing for Company \
             Organizations, or administrator intervention for Community Organizations. Please contact \
             support+orgs@pypi.org.",
        ))
    }

    /// Whether a project with this name may be created.
    pub(crate) fn check_new_project(&self, name: &ProjectName) -> Result<(), Refusal> {
        let quoted = python_repr(name.as_str());
        let see = format!("See {HELP}#project-name for more information.");
        if self.settings.has(AdminFlag::DisallowNewProjectRegistration) {
            return Err(Refusal::forbidden(
                &rules::SWITCHED_OFF,
                format!(
                    "New project registration temporarily disabled. See {HELP}#admin-intervention for more information."
                ),
            ));
        }
        if let Some(text) = standard_library(name) {
            return Err(Refusal::bad_request(&rules::NAME_STDLIB, text));
        }
        if self.prohibited.contains(name.normalized()) {
            let message = format!("The name {quoted} isn't allowed. {see}");
            return Err(Refusal::bad_request(&rules::NAME_PROHIBITED, message));
        }
        let key = ultranormalized(name.as_str());
        let mut projects = self.projects();
        if projects.any(|project| ultranormalized(project.name.as_str()) == key) {
            let message = format!("The name {quoted} is too similar to an existing project. {see}");
            return Err(Refusal::bad_request(&rules::NAME_SIMILAR, message));
        }
        Ok(())
    }

    /// Whether the token itself allows an upload to `project`, whose name messages spell like this.
    fn check_token(
        &self,
        bearer: &Bearer<'_>,
        project: &ProjectName,
        now: u64,
    ) -> Result<(), Refusal> {
        let verified = bearer.verify(self, Some(project), now);
        verified.map_err(|reasons| {
            let rule = if reasons.contains("project") {
                &rules::TOKEN_SCOPE
            } else if reasons.contains("expired") {
                &rules::TOKEN_EXPIRED
            } else {
                &rules::AUTHENTICATION
            };
            Refusal::forbidden(rule, format!("Invalid API Token: {reasons}"))
        })
    }

    /// Whether `principal` may create projects.
    fn check_creator(&self, principal: &Principal, now: u64) -> Result<(), Refusal> {
        let name = match principal {
            Principal::Publisher { publisher } => {
                if let Some(Scope::Any) = self.scope_of(publisher) {
                    return Ok(());
                }
                return Err(Refusal::bad_request(
                    &rules::PUBLISHER_CREATES_PROJECT,
                    NOT_FOR_NEW_PROJECTS,
                ));
            }
            Principal::User { name } => name.as_deref().unwrap_or_default(),
        };
        self.check_account(principal)?;
        let hour_ago = now.saturating_sub(3600);
        let is_recent = |creation: &&Creation| creation.user == name && creation.time > hour_ago;
        let recent = self.creations.iter().filter(is_recent).count() as u64;
        let limit = self.settings.new_projects_per_hour;
        if limit.is_some_and(|limit| recent >= u64::from(limit)) {
            return Err(Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                &rules::NEW_PROJECT_RATE,
                "Too many new projects created",
            ));
        }
        Ok(())
    }

    fn check_account(&self, principal: &Principal) -> Result<(), Refusal> {
        let Principal::User { name: Some(name) } = principal else {
            return Ok(());
        };
        let lacks = |what: &str, remedy: &str, anchor: &str| {
            let name = python_repr(name);
            format!(
                "User {name}, associated with the API token used, does not have {what}. Please {remedy} before \
                 attempting to upload to PyPI. See {HELP}#{anchor} for more information."
            )
        };
        match self.user(name) {
            Some(user) if user.is_unverified => Err(Refusal::forbidden(
                &rules::EMAIL_UNVERIFIED,
                lacks(
                    "a verified primary email address",
                    "add a verified primary email",
                    "verified-email",
                ),
            )),
            Some(user) if user.has_no_2fa => Err(Refusal::forbidden(
                &rules::NO_SECOND_FACTOR,
                lacks(
                    "two-factor authentication enabled",
                    "enable two-factor authentication",
                    "two-factor-authentication",
                ),
            )),
            _ => Ok(()),
        }
    }
}

const NOT_FOR_NEW_PROJECTS: &str = "Non-user identities cannot create new projects. This was probably caused by \
    successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in \
    your project's metadata). Please ensure that both match. \
    See: https://docs.pypi.org/trusted-publishers/troubleshooting/";

/// Warehouse's text if the name is that of a module of the standard library.
fn standard_library(name: &ProjectName) -> Option<String> {
    let findings = UploadForm::new([("name", name.as_str())]).check_new_project();
    findings.first()?.index_text().map(str::to_owned)
}

fn check_role(principal: &Principal, project: &Project) -> Result<(), Refusal> {
    let (who, is_allowed) = match principal {
        Principal::User { name: None } => (format!("user '{}'", User::BUILT_IN), true),
        Principal::User { name: Some(name) } => {
            (format!("user '{name}'"), project.members.contains(name))
        }
        Principal::Publisher { .. } => (
            "given token".to_owned(),
            project.status != Status::Quarantined,
        ),
    };
    if is_allowed && project.status != Status::Archived {
        return Ok(());
    }
    let name = project.name.as_str();
    Err(Refusal::forbidden(
        &rules::NOT_ALLOWED,
        format!(
            "The {who} isn't allowed to upload to project '{name}'. See {HELP}#project-name for more information."
        ),
    ))
}
