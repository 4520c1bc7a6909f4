//! The authentication of an upload, and of a request to read.

use http::{StatusCode, header::WWW_AUTHENTICATE};
use pypi_metadata::rules;

use super::Outcome;
use crate::api::authorization::Credentials;
use crate::api::response::Response;
use crate::warehouse::{Bearer, HELP, Principal, Project, State, fingerprint};

/// A token and its holder. It does not implement `Debug`.
pub(super) struct Caller<'s> {
    token: String,
    pub(super) bearer: Bearer<'s>,
    pub(super) principal: &'s Principal,
}

impl Caller<'_> {
    /// The subject of the email that PyPI sends once per token and project, when an account's token is used for a project
    /// that has a trusted publisher.
    pub(super) fn email(&self, state: &State, project: &Project) -> Option<String> {
        let normalized = project.name.normalized();
        if !self.principal.is_user() || !state.has_publisher(normalized) {
            return None;
        }
        let subject = format!(
            "API token used for {normalized}, which has a trusted publisher (token {})",
            self.fingerprint()
        );
        let is_new = state.emails.iter().all(|email| email.subject != subject);
        is_new.then_some(subject)
    }

    /// Identifies the token without revealing it.
    fn fingerprint(&self) -> String {
        fingerprint(&self.token)
    }
}

/// The holder of the token in an `Authorization` header: Basic with the user `__token__`, `Bearer`, or `token`.
pub(super) fn caller<'s>(state: &'s State, authorization: Option<&str>) -> Outcome<Caller<'s>> {
    let token = match authorization.and_then(Credentials::read) {
        Some(Credentials::Password(user, _)) if user != "__token__" => return Err(no_passwords()),
        Some(Credentials::Password(_, Some(token)) | Credentials::Token(token)) => token,
        Some(Credentials::Password(_, None)) | None => return Err(unknown()),
    };
    let bearer = state.bearer(&token).ok_or_else(unknown)?;
    Ok(Caller {
        principal: bearer.principal,
        bearer,
        token,
    })
}

/// The refusal of a request to read, where that needs a token: 401, for a client that may have one.
pub(crate) fn unauthorized(
    state: &State,
    authorization: Option<&str>,
    now: u64,
) -> Option<Response> {
    if !state.settings.private_reads {
        return None;
    }
    match caller(state, authorization) {
        Ok(caller) if caller.bearer.verify(state, None, now).is_ok() => None,
        _ => Some(
            Response::refused(StatusCode::UNAUTHORIZED, "A token is required to read.")
                .header(WWW_AUTHENTICATE, "Basic realm=\"local index\"")
                .rule(&rules::AUTHENTICATION),
        ),
    }
}

fn no_passwords() -> Response {
    Response::refused_in_status(
        StatusCode::FORBIDDEN,
        &format!(
            "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers \
             instead. See {HELP}#apitoken and {HELP}#trusted-publishers"
        ),
    )
    .rule(&rules::PASSWORD)
}

fn unknown() -> Response {
    Response::refused(
        StatusCode::FORBIDDEN,
        &format!(
            "Invalid or non-existent authentication information. See {HELP}#invalid-auth for more information."
        ),
    )
    .rule(&rules::AUTHENTICATION)
}
