//! Builds of the ActiveState platform.

use super::Candidate;
use super::claims::{NOT_FOUND, failed, require, text};
use crate::config::{ActiveState, Claims};

pub(super) fn find(
    candidates: &[Candidate<'_, ActiveState>],
    claims: &Claims,
) -> Result<usize, String> {
    require(
        claims,
        &["sub", "organization", "project", "actor_id", "builder"],
    )?;
    let Candidate { position, fields } = candidates
        .iter()
        .find(|candidate| matches(candidate.fields, claims))
        .ok_or(NOT_FOUND)?;
    let subject: Vec<&str> = text(claims, "sub").split(':').collect();
    match subject.as_slice() {
        ["org", organization, "project", project] => {
            if *organization != fields.organization || *project != fields.project {
                return Err("Invalid 'subject' claim".to_owned());
            }
        }
        _ => return Err("Invalid 'subject' claim. Wrong format".to_owned()),
    }
    match text(claims, "builder") {
        "pypi-publisher" => Ok(*position),
        _ => Err(failed("builder")),
    }
}

fn matches(fields: &ActiveState, claims: &Claims) -> bool {
    fields.organization == text(claims, "organization")
        && fields.project == text(claims, "project")
        && fields.actor_id == text(claims, "actor_id")
}
