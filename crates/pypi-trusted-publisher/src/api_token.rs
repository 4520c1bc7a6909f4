//! The short-lived token that an index mints.

use pypi_http::Secret;

/// An API token for uploads.
#[derive(Clone, Debug)]
pub struct ApiToken {
    secret: Secret,
    expires: Option<u64>,
}

impl ApiToken {
    /// A token of the caller's own, of unknown lifetime.
    pub fn new(secret: Secret) -> Self {
        Self {
            secret,
            expires: None,
        }
    }

    pub(crate) fn minted(secret: Secret, expires: Option<u64>) -> Self {
        Self { secret, expires }
    }

    /// The token itself: the password of the user `__token__`.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// When it expires, in seconds since 1970-01-01 UTC, if the index said so. PyPI's tokens live for 900 s.
    pub fn expires(&self) -> Option<u64> {
        self.expires
    }
}
