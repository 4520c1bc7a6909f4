//! Builds of the ActiveState platform.

use super::claims::{NOT_FOUND, check_equal, require, text};
use super::expected::ExpectedClaim;
use super::{Candidate, Mismatch, Token};
use crate::config::{ActiveState, Claims};

pub(super) fn find(
    candidates: &[Candidate<'_, ActiveState>],
    token: &Token<'_>,
) -> Result<usize, Mismatch> {
    let claims = token.claims;
    require(
        claims,
        &["sub", "organization", "project", "actor_id", "builder"],
    )?;
    let Candidate { position, fields } = candidates
        .iter()
        .find(|candidate| matches(candidate.fields, claims))
        .ok_or(NOT_FOUND)?;
    check_subject(fields, text(claims, "sub"))?;
    check_equal(claims, "builder", "pypi-publisher")?;
    Ok(*position)
}

fn matches(fields: &ActiveState, claims: &Claims) -> bool {
    fields.organization == text(claims, "organization")
        && fields.project == text(claims, "project")
        && fields.actor_id == text(claims, "actor_id")
}

/// Checks `org:organization:project:project`, which more parts may follow.
fn check_subject(fields: &ActiveState, subject: &str) -> Result<(), Mismatch> {
    if subject.is_empty() {
        return Err("Missing 'subject' claim".into());
    }
    let parts: Vec<&str> = subject.split(':').collect();
    let Some(parts) = parts.get(..4) else {
        return Err("Invalid 'subject' claim. Wrong format".into());
    };
    let own = format!("org:{}:project:{}", fields.organization, fields.project);
    if parts.join(":") == own {
        Ok(())
    } else {
        Err("Invalid 'subject' claim".into())
    }
}

/// What a publisher expects of the claims.
pub(super) fn expected(fields: &ActiveState) -> Vec<ExpectedClaim> {
    let ActiveState {
        organization,
        project,
        actor_id,
    } = fields;
    vec![
        ExpectedClaim::exactly("organization", organization),
        ExpectedClaim::exactly("project", project),
        ExpectedClaim::exactly("actor_id", actor_id),
        ExpectedClaim::exactly("sub", &format!("org:{organization}:project:{project}")),
        ExpectedClaim::exactly("builder", "pypi-publisher"),
    ]
}
