//! Service accounts of Google Cloud.

use serde_json::Value;

use super::claims::{NOT_FOUND, failed, require, text};
use super::expected::{ExpectedClaim, Test};
use super::{Candidate, Mismatch, Token};
use crate::config::Google;

pub(super) fn find(
    candidates: &[Candidate<'_, Google>],
    token: &Token<'_>,
) -> Result<usize, Mismatch> {
    let claims = token.claims;
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
    // Python's `True` equals 1.
    let is_verified = match claims.get("email_verified") {
        Some(Value::Number(number)) => number.as_f64() == Some(1.0),
        Some(claim) => *claim == true,
        None => false,
    };
    if is_verified {
        Ok(found.position)
    } else {
        Err(failed("email_verified"))
    }
}

/// What a publisher expects of the claims.
pub(super) fn expected(fields: &Google) -> Vec<ExpectedClaim> {
    let subject = match &fields.subject {
        Some(subject) => ExpectedClaim::exactly("sub", subject),
        None => ExpectedClaim::new("sub", "any", Test::Any),
    };
    vec![
        ExpectedClaim::exactly("email", &fields.email),
        ExpectedClaim::new("email_verified", "true", Test::Exactly(true.into())),
        subject,
    ]
}
