//! Service accounts of Google Cloud.

use super::Candidate;
use super::claims::{NOT_FOUND, failed, require, text};
use crate::config::{Claims, Google};

pub(super) fn find(candidates: &[Candidate<'_, Google>], claims: &Claims) -> Result<usize, String> {
    require(claims, &["email", "email_verified"])?;
    let subject = text(claims, "sub");
    let matching = |subject| {
        candidates.iter().find(|Candidate { fields, .. }| {
            fields.email == text(claims, "email") && fields.subject.as_deref() == subject
        })
    };
    let found = matching(Some(subject))
        .or_else(|| matching(None))
        .ok_or(NOT_FOUND)?;
    let is_verified = claims
        .get("email_verified")
        .is_some_and(|verified| *verified == true);
    if is_verified {
        Ok(found.position)
    } else {
        Err(failed("email_verified"))
    }
}
