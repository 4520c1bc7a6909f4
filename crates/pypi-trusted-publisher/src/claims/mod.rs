//! What an ID token says, decoded and not verified.

mod check;
mod problem;
mod subject;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

pub use self::problem::{ClaimProblem, ClaimProblemKind};
pub(crate) use self::subject::has_ids;
use crate::issuer::Issuer;

/// The claims of an ID token, decoded and not verified: for messages and for checks before the token is sent.
///
/// Claims are not secret, but they were written by somebody else: escape them where they are printed. It serializes as the
/// object of the claims, without the header; that is the way to claims that are not strings. If a name occurs twice in the token, its last value counts, as in PyPI's reader.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{Claims, Issuer};
///
/// // {"alg":"RS256","kid":"1"} and {"iss":"https://gitlab.com","aud":"pypi","iat":1760000000,"exp":1760000300}
/// let claims = Claims::parse(
///     "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2dpdGxhYi5jb20iLCJhdWQiOiJweXBpIiwiaWF0IjoxNzYwMDAwMDAwLCJleHAiOjE3NjAwMDAzMDB9.c2ln",
/// )?;
/// assert_eq!(claims.kind(), Issuer::GitLab);
/// assert_eq!(claims.text("aud"), Some("pypi"));
/// let problems = claims.problems(1_760_000_400, Some("pypi"));
/// assert_eq!(problems[0].to_string(), "the ID token expired 100 s ago");
/// # Ok::<(), pypi_trusted_publisher::ClaimsError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claims {
    header: Map<String, Value>,
    payload: Map<String, Value>,
}

/// Why a text is not an ID token. It contains nothing of the text.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::Claims;
///
/// let error = Claims::parse("ghs_aTokenOfAnotherKind").expect_err("not a JWT");
/// assert_eq!(error.to_string(), "not an ID token: expected three parts with a dot between them, found 1");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an ID token: {0}")]
pub struct ClaimsError(Cause);

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
enum Cause {
    #[error("its {0} is not base64url without padding")]
    Base64(Part),
    #[error("its {0} is not a JSON object")]
    Json(Part),
    #[error("expected at most {MAX_TOKEN} bytes, found {0}")]
    Length(usize),
    #[error("expected three parts with a dot between them, found {0}")]
    Parts(usize),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
enum Part {
    #[error("header")]
    Header,
    #[error("payload")]
    Payload,
    #[error("signature")]
    Signature,
}

impl Claims {
    /// The claims of a JWT in compact form. White space is not removed.
    ///
    /// # Errors
    ///
    /// When `jwt` has more than 64 KiB, does not have three parts of base64url without padding, or when its header or payload
    /// is not a JSON object nested at most 127 deep.
    ///
    /// # Source
    ///
    /// [RFC 7515, "JWS Compact Serialization"](https://www.rfc-editor.org/rfc/rfc7515#section-3.1)
    pub fn parse(jwt: &str) -> Result<Self, ClaimsError> {
        if jwt.len() > MAX_TOKEN {
            return Err(ClaimsError(Cause::Length(jwt.len())));
        }
        let mut parts = jwt.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ClaimsError(Cause::Parts(jwt.split('.').count())));
        };
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !signature.bytes().all(is_base64) {
            return Err(ClaimsError(Cause::Base64(Part::Signature)));
        }
        Ok(Self {
            header: object(header, Part::Header)?,
            payload: object(payload, Part::Payload)?,
        })
    }

    /// A claim that is a string and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = self.get(name)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }

    /// A value of the token's header that is a string, such as `alg`, `kid` or `typ`.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// The `iss` claim.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// The kind of service that issued the token.
    pub fn kind(&self) -> Issuer {
        Issuer::of(&self.payload)
    }

    /// The reasons for which PyPI would reject the token, and what else is worth a warning, in the order in which PyPI
    /// checks it. `now` is in seconds since 1970-01-01 UTC; `audience` is what the index announces, if that is known.
    ///
    /// Whether a publisher is registered is not among them: only the index knows.
    ///
    /// Times have a leeway of 30 s, which is what PyPI grants. A clock that differs from PyPI's by less is not a problem
    /// there, and one that differs by more should be reported.
    ///
    /// # Source
    ///
    /// `warehouse/oidc/services.py` and `warehouse/oidc/models`, 2026-08-21.
    pub fn problems(&self, now: u64, audience: Option<&str>) -> Vec<ClaimProblem> {
        check::problems(self, Some(now), audience)
    }

    /// A claim of any type; `None` if it is absent.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.payload.get(name)
    }

    /// The [`problems`](Self::problems) that do not depend on the time, if it is not known.
    pub(crate) fn problems_at(
        &self,
        now: Option<u64>,
        audience: Option<&str>,
    ) -> Vec<ClaimProblem> {
        check::problems(self, now, audience)
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.payload.serialize(serializer)
    }
}

/// The longest token that is decoded, in bytes. GitHub's have about 2,000.
const MAX_TOKEN: usize = 64 * 1024;

/// A part of a token. `serde_json` stops at a depth of 128, so nothing recurses far on the token's values.
fn object(part: &str, name: Part) -> Result<Map<String, Value>, ClaimsError> {
    let json = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| ClaimsError(Cause::Base64(name)))?;
    serde_json::from_slice(&json).map_err(|_| ClaimsError(Cause::Json(name)))
}

#[cfg(test)]
impl Claims {
    /// Claims of a token with a good header.
    pub(crate) fn of(payload: Value) -> Self {
        let object = |value: Value| value.as_object().cloned().unwrap_or_default();
        Self {
            header: object(serde_json::json!({ "alg": "RS256", "kid": "k" })),
            payload: object(payload),
        }
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(header: &str, payload: &str) -> String {
        let encode = |text| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(payload))
    }

    #[track_caller]
    fn rejects(text: &str, message: &str) {
        let error = Claims::parse(text).expect_err("not a token");
        assert_eq!(error.to_string(), format!("not an ID token: {message}"));
    }

    #[test]
    fn the_header_and_the_payload_are_decoded() {
        let claims = Claims::parse(&jwt(
            r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#,
            r#"{"aud":["pypi"],"repository":"o/r","empty":"","n":null}"#,
        ));
        let claims = claims.expect("a token");
        assert_eq!(claims.header("kid"), Some("k"));
        assert_eq!(claims.text("repository"), Some("o/r"));
        assert_eq!(claims.text("aud"), None, "a list is not a string");
        assert_eq!(claims.text("empty"), None);
        assert_eq!(claims.get("n"), Some(&Value::Null));
        assert_eq!(claims.get("absent"), None);
        assert_eq!(
            serde_json::to_string(&claims).expect("JSON"),
            r#"{"aud":["pypi"],"empty":"","n":null,"repository":"o/r"}"#
        );
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        let claims = Claims::parse(&jwt("{}", r#"{"aud":"first","aud":"last"}"#));
        assert_eq!(claims.expect("a token").text("aud"), Some("last"));
    }

    #[test]
    fn other_text_is_rejected_with_the_reason() {
        rejects("", "expected three parts with a dot between them, found 1");
        rejects(
            "a.b.c.d",
            "expected three parts with a dot between them, found 4",
        );
        rejects("!.e30.", "its header is not base64url without padding");
        rejects("e30=.e30.", "its header is not base64url without padding");
        rejects("W10.e30.", "its header is not a JSON object");
        rejects("e30.e3.", "its payload is not base64url without padding");
        rejects("e30.bnVsbA.", "its payload is not a JSON object");
        rejects(
            "e30.e30.c2ln\n",
            "its signature is not base64url without padding",
        );
        rejects(
            &"a".repeat(70_000),
            "expected at most 65536 bytes, found 70000",
        );
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            jwt("{}", &format!(r#"{{"a":{open}{close}}}"#))
        };
        assert!(Claims::parse(&nested(100)).is_ok());
        rejects(&nested(20_000), "its payload is not a JSON object");
    }
}
