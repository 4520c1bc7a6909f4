//! Whose upload it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::api::form::hex;
use crate::api::response::Answer;
use crate::api::upload::{HELP, Outcome};
use crate::warehouse::{Principal, State};

/// A token, and whose it is. It has no `Debug`.
pub(crate) struct Caller<'s> {
    token: String,
    pub(crate) principal: &'s Principal,
}

impl Caller<'_> {
    /// A name for the token that is none.
    pub(crate) fn shown(&self) -> String {
        let digest = hex(&Sha256::digest(&self.token));
        format!("token {}", digest.get(..8).unwrap_or_default())
    }
}

/// The principal of the token in an `Authorization` header: Basic with the user `__token__`, Bearer, or `token`.
pub(crate) fn of<'s>(state: &'s State, authorization: Option<&str>) -> Outcome<Caller<'s>> {
    let (scheme, value) = authorization
        .and_then(|value| value.split_once(' '))
        .ok_or_else(unknown)?;
    let token = match scheme.to_ascii_lowercase().as_str() {
        "basic" => password(value)?,
        "bearer" | "token" => value.to_owned(),
        _ => return Err(unknown()),
    };
    let principal = state.principal(&token).ok_or_else(unknown)?;
    Ok(Caller { token, principal })
}

fn password(value: &str) -> Outcome<String> {
    let decoded = STANDARD.decode(value.trim()).ok();
    let text = decoded
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(unknown)?;
    let (user, password) = text.split_once(':').ok_or_else(unknown)?;
    if user != "__token__" {
        return Err(Answer::refused_in_status(
            StatusCode::FORBIDDEN,
            &format!(
                "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers \
                 instead. See {HELP}#apitoken and {HELP}#trusted-publishers"
            ),
        )
        .rule("password"));
    }
    Ok(password.trim().to_owned())
}

fn unknown() -> Answer {
    Answer::refused(
        StatusCode::FORBIDDEN,
        &format!(
            "Invalid or non-existent authentication information. See {HELP}#invalid-auth for more information."
        ),
    )
    .rule("authentication")
}
