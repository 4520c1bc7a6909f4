//! ID tokens: a secret, and its claims.

use std::fmt;

use pypi_http::Secret;

use crate::Claims;

/// An OIDC ID token: a secret, and the claims in it.
///
/// The signature is not checked; the index does that. The claims are used for messages and early checks.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::IdToken;
///
/// // {"alg":"RS256","kid":"1"} and {"iss":"https://gitlab.com"}
/// let jwt = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2dpdGxhYi5jb20ifQ.c2ln";
/// let token = IdToken::parse(jwt).expect("a JWT");
/// assert_eq!(token.claims().issuer(), Some("https://gitlab.com"));
/// assert!(IdToken::parse("glpat-aTokenOfAnotherKind").is_none());
/// ```
#[derive(Clone)]
pub struct IdToken {
    secret: Secret,
    claims: Claims,
}

impl IdToken {
    /// Parses a JWT in compact form; `None` where [`Claims::parse`] returns an error.
    pub fn parse(jwt: impl Into<String>) -> Option<Self> {
        let secret = Secret::new(jwt);
        let claims = Claims::parse(secret.reveal()).ok()?;
        Some(Self { secret, claims })
    }

    /// Its claims, decoded and not verified.
    pub fn claims(&self) -> &Claims {
        &self.claims
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

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn jwt(header: &str, claims: &str) -> String {
        let encode = |text| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(claims))
    }

    #[test]
    fn claims_are_read_and_never_printed() {
        let token = IdToken::parse(jwt("{}", r#"{"repository":"o/r"}"#)).expect("a JWT");
        assert_eq!(token.claims().text("repository"), Some("o/r"));
        assert_eq!(format!("{token:?}"), "IdToken([redacted])");
    }

    #[test]
    fn other_text_is_not_an_id_token() {
        for text in ["", "a.b.c", "e30.W10.c2ln", "e30.e30.c2ln\n"] {
            assert!(IdToken::parse(text).is_none(), "{text}");
        }
        for header in ["", "[]", "RS256", r#"{"alg":"#] {
            assert!(IdToken::parse(jwt(header, "{}")).is_none(), "{header}");
        }
    }
}
