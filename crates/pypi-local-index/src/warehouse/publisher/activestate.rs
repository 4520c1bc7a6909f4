//! Builds of ActiveState's platform.

use serde::{Deserialize, Serialize};

use crate::api::oidc::keys::Claims;
use crate::warehouse::publisher::{NOT_FOUND, failed, require, text};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ActiveState {
    pub(crate) organization: String,
    pub(crate) project: String,
    pub(crate) actor_id: String,
}

impl ActiveState {
    pub(crate) fn new(organization: String, project: String, actor_id: String) -> Self {
        Self {
            organization,
            project,
            actor_id,
        }
    }
}

pub(crate) fn find(publishers: &[(usize, &ActiveState)], claims: &Claims) -> Result<usize, String> {
    require(
        claims,
        &["sub", "organization", "project", "actor_id", "builder"],
    )?;
    let (found, own) = publishers
        .iter()
        .find(|(_, own)| {
            own.organization == text(claims, "organization")
                && own.project == text(claims, "project")
                && own.actor_id == text(claims, "actor_id")
        })
        .ok_or(NOT_FOUND)?;
    let subject: Vec<&str> = text(claims, "sub").split(':').collect();
    match subject.as_slice() {
        ["org", organization, "project", project] => {
            if *organization != own.organization || *project != own.project {
                return Err("Invalid 'subject' claim".to_owned());
            }
        }
        _ => return Err("Invalid 'subject' claim. Wrong format".to_owned()),
    }
    match text(claims, "builder") {
        "pypi-publisher" => Ok(*found),
        _ => Err(failed("builder")),
    }
}
