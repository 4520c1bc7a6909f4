//! The secret of the control.

use pypi_http::Secret;
use ring::hmac;
use ring::rand::SystemRandom;

use crate::error::Error;
use crate::warehouse::Random;

/// Who may control the index.
pub(crate) struct Control {
    secret: Secret,
    key: hmac::Key,
}

impl Control {
    /// A new secret, which no seed repeats.
    pub(crate) fn new() -> Result<Self, Error> {
        let secret = Random::System.text().ok_or_else(Error::random)?;
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        Ok(Self {
            secret: Secret::new(secret),
            key: key.map_err(|_| Error::random())?,
        })
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whether this is the secret. The time that it takes says nothing about it.
    pub(super) fn allows(&self, secret: Option<&str>) -> bool {
        let expected = hmac::sign(&self.key, self.secret.reveal().as_bytes());
        let given = secret.unwrap_or_default().as_bytes();
        hmac::verify(&self.key, given, expected.as_ref()).is_ok()
    }
}
