//! Service accounts of Google Cloud.

use serde::{Deserialize, Serialize};

use super::{NOT_FOUND, failed, require, text};
use crate::oidc::key::Claims;

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Google {
    pub(super) email: String,
    pub(super) subject: Option<String>,
}

impl Google {
    pub(super) fn new(email: String) -> Self {
        Self {
            email,
            subject: None,
        }
    }
}

pub(super) fn find(publishers: &[(usize, &Google)], claims: &Claims) -> Result<usize, String> {
    require(claims, &["email", "email_verified"])?;
    let candidates = || {
        publishers
            .iter()
            .filter(|(_, own)| own.email == text(claims, "email"))
    };
    let subject = text(claims, "sub");
    let (found, _) = candidates()
        .find(|(_, own)| own.subject.as_deref() == Some(subject))
        .or_else(|| candidates().find(|(_, own)| own.subject.is_none()))
        .ok_or(NOT_FOUND)?;
    match claims
        .get("email_verified")
        .is_some_and(|verified| *verified == true)
    {
        true => Ok(*found),
        false => Err(failed("email_verified")),
    }
}
