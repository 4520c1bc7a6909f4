//! ID tokens: opaque except for the claims that a message or a check needs.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pypi_http::Secret;
use serde_json::{Map, Value};

/// An OIDC ID token: a secret, and the claims in it.
///
/// The signature is not checked; the index does that. The claims are used for messages and early checks.
#[derive(Clone)]
pub struct IdToken {
    secret: Secret,
    claims: Map<String, Value>,
}

impl IdToken {
    /// Parses a JWT in compact form; `None` unless it has three parts with a JSON object in the second.
    pub fn parse(jwt: impl Into<String>) -> Option<Self> {
        let secret = Secret::new(jwt);
        let mut parts = secret.reveal().split('.');
        let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || secret.reveal().len() > MAX_ID_TOKEN {
            return None;
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let claims = serde_json::from_slice(&payload).ok()?;
        Some(Self { secret, claims })
    }

    /// A claim that is a string.
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A claim that is a time, in seconds since 1970-01-01 UTC.
    pub(crate) fn time(&self, name: &str) -> Option<u64> {
        let value = self.claims.get(name)?;
        // JWT allows fractions of seconds.
        value.as_u64().or_else(|| Some(value.as_f64()? as u64))
    }

    /// The token itself, for the index that its audience names.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl fmt::Debug for IdToken {
    /// Prints neither the token nor the claims.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdToken").field(&self.secret).finish()
    }
}

/// The longest JWT that is parsed, in bytes; GitHub's have about 2,000.
const MAX_ID_TOKEN: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_are_read_and_never_printed() {
        let token = IdToken::parse(jwt(
            r#"{"repository":"o/r","job_workflow_ref":"o/r/.github/workflows/release.yml@refs/heads/main","aud":["pypi"]}"#,
        ))
        .expect("a JWT");
        assert_eq!(token.claim("repository"), Some("o/r"));
        assert_eq!(token.claim("aud"), None, "a list is not a string");
        assert_eq!(format!("{token:?}"), "IdToken([redacted])");
    }

    #[test]
    fn other_text_is_not_a_jwt() {
        for text in ["", "a.b", "a.b.c", "a.e30.c.d", "e30.W10.sig", "e30.!!.sig"] {
            assert!(IdToken::parse(text).is_none(), "{text}");
        }
        assert!(IdToken::parse(jwt(&format!("{{\"a\":\"{}\"}}", "x".repeat(70_000)))).is_none());
    }
}
