//! Credentials for uploads.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_http::Secret;

/// The credentials of an upload. They never print.
#[derive(Clone, Debug)]
pub struct Credentials {
    authorization: Secret,
    password: Secret,
}

impl Credentials {
    /// An API token, as the password of the user `__token__`.
    pub fn token(token: &Secret) -> Self {
        Self::basic("__token__", token)
    }

    /// A user name and a password, for an index that accepts them. PyPI does not.
    pub fn basic(user: &str, password: &Secret) -> Self {
        let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
        Self {
            authorization: Secret::new(format!("Basic {pair}")),
            password: password.clone(),
        }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> &Secret {
        &self.authorization
    }

    /// A server's text without the credentials that it may echo.
    pub(crate) fn redact_in(&self, text: &str) -> String {
        let pair = self.authorization.reveal().trim_start_matches("Basic ");
        Secret::new(pair).redact_in(&self.password.redact_in(text))
    }
}
