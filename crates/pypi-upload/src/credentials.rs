//! Credentials for uploads.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_http::{Redactor, Secret};

/// The credentials of an upload. They never print.
///
/// # Examples
///
/// ```
/// use pypi_http::Secret;
/// use pypi_upload::Credentials;
///
/// let credentials = Credentials::token(&Secret::new("pypi-AgEIcHlwaS5vcmc"));
/// assert!(!format!("{credentials:?}").contains("AgEI"));
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    authorization: Secret,
    redactor: Redactor,
}

impl Credentials {
    /// An API token, as the password of the user `__token__`.
    pub fn token(token: &Secret) -> Self {
        Self::basic("__token__", token)
    }

    /// A user name and a password, for an index that accepts them. PyPI does not.
    pub fn basic(user: &str, password: &Secret) -> Self {
        let pair = Secret::new(STANDARD.encode(format!("{user}:{}", password.reveal())));
        Self {
            authorization: Secret::new(format!("Basic {}", pair.reveal())),
            redactor: Redactor::new([password, &pair]),
        }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> &Secret {
        &self.authorization
    }

    /// Removes these credentials from text that may echo them.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}
