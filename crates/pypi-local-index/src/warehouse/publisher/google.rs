//! Service accounts of Google Cloud.

use serde::{Deserialize, Serialize};

use crate::api::oidc::keys::Claims;
use crate::warehouse::publisher::{NOT_FOUND, failed, require, text};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Google {
    pub(crate) email: String,
    pub(crate) subject: Option<String>,
}

impl Google {
    pub(crate) fn new(email: String) -> Self {
        Self {
            email,
            subject: None,
        }
    }
}

pub(crate) fn find(publishers: &[(usize, &Google)], claims: &Claims) -> Result<usize, String> {
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
