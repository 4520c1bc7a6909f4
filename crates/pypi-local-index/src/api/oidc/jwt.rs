//! ID tokens in the compact serialization of RFC 7515, as PyJWT 2.13 reads and verifies them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::keys::Key;
#[cfg(feature = "sigstore")]
use super::keys::Keys;
use crate::config::Claims;
#[cfg(feature = "sigstore")]
use crate::config::Issuer;

/// How far the clocks of issuer and index may differ, in seconds.
pub(super) const LEEWAY: i128 = 30;

/// An ID token.
pub(super) struct Jwt<'t> {
    header: Claims,
    pub(super) claims: Claims,
    /// The part of the token that is signed.
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Jwt<'t> {
    /// Reads a token. The signature and the claims are not verified. `None` if the token is malformed.
    pub(super) fn read(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header = object(header)?;
        let jwt = Self {
            claims: object(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
            header,
        };
        jwt.has_valid_header().then_some(jwt)
    }

    /// The claims, if the token has a valid signature of `key`.
    pub(super) fn verified_by(self, key: &Key) -> Option<Claims> {
        let is_signed = self.header.get("kid")? == key.id()
            && self.header.get("alg")? == "RS256"
            && key.verifies(self.signed.as_bytes(), &self.signature);
        is_signed.then_some(self.claims)
    }

    fn has_valid_header(&self) -> bool {
        let is_text = |name: &str| self.header.get(name).is_none_or(Value::is_string);
        // The claims of a token without base64 are not part of it.
        let is_encoded = self.header.get("b64") != Some(&Value::Bool(false));
        let are_extensions_known = self.header.get("crit").is_none_or(|crit| {
            crit.as_array()
                .is_some_and(|names| !names.is_empty() && names.iter().all(|name| name == "b64"))
                && self.header.contains_key("b64")
        });
        is_text("kid") && is_encoded && are_extensions_known
    }
}

#[cfg(feature = "sigstore")]
impl Keys {
    /// The issuer and the claims of a token whose signature is valid. Nothing else is checked.
    pub(crate) fn verified_claims(&self, token: &str) -> Option<(Issuer, Claims)> {
        let jwt = Jwt::read(token)?;
        let issuer = Issuer::from_url(jwt.claims.get("iss")?.as_str()?)?;
        let claims = jwt.verified_by(self.of(issuer)?)?;
        Some((issuer, claims))
    }
}

fn object(part: &str) -> Option<Claims> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Whether the registered claims (RFC 7519, section 4.1) are valid. `aud` must be a single text.
pub(super) fn is_current(claims: &Claims, issuer: &str, audience: &str, now: u64) -> bool {
    let now = i128::from(now);
    let time = |name: &str| claims.get(name).and_then(seconds);
    let has_begun = |time: i128| time <= now + LEEWAY;
    let is_text = |name: &str| claims.get(name).is_none_or(Value::is_string);
    time("exp").is_some_and(|exp| exp > now - LEEWAY)
        && time("iat").is_some_and(has_begun)
        && (!claims.contains_key("nbf") || time("nbf").is_some_and(has_begun))
        && claims.get("iss").is_some_and(|iss| iss == issuer)
        && claims.get("aud").is_some_and(|aud| aud == audience)
        && is_text("sub")
        && is_text("jti")
}

/// A time as Python's `int` reads it: a number without its fraction, a boolean, or a text with digits.
pub(super) fn seconds(value: &Value) -> Option<i128> {
    match value {
        Value::Bool(is_true) => Some(i128::from(*is_true)),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => Some(i128::from(number)),
            (None, Some(number), _) => Some(i128::from(number)),
            #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
            (None, None, number) => number.map(|number| number as i128),
        },
        Value::String(text) => {
            let text = text.trim();
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
            let has_separators = unsigned.split('_').all(|digits| {
                !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
            });
            let number = text.replace('_', "");
            has_separators.then(|| number.parse().ok()).flatten()
        }
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::Keys;
    use super::*;
    use crate::config::{Issuer, Signing};
    use serde_json::json;

    #[test]
    fn a_changed_token_is_invalid() {
        let keys = Keys::test().expect("the test keys");
        let key = keys.of(Issuer::GitHub).expect("a key");
        let claims = Claims::from_iter([("iss".to_owned(), Value::from("me"))]);
        let sign = |signing| {
            keys.sign(Issuer::GitHub, &signing, &claims)
                .expect("a token")
        };
        let token = sign(Signing::Issuer);
        let verified = |token: &str, key: &Key| Jwt::read(token)?.verified_by(key);
        assert_eq!(verified(&token, key), Some(claims.clone()));
        assert_eq!(
            verified(&token, keys.of(Issuer::GitLab).expect("a key")),
            None
        );

        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let forged = URL_SAFE_NO_PAD.encode(r#"{"iss":"you"}"#);
        let (header, _) = signed.split_once('.').expect("a header");
        let forged = format!("{header}.{forged}.{signature}");
        assert_eq!(verified(&forged, key), None);

        for bad in [
            Signing::OtherKey,
            Signing::UnknownKeyId,
            Signing::WithoutKeyId,
            Signing::Algorithm("none".to_owned()),
        ] {
            assert_eq!(verified(&sign(bad.clone()), key), None, "{bad:?}");
        }
    }

    #[test]
    fn times_have_a_leeway_of_thirty_seconds() {
        let claims = |change: Value| {
            let mut claims =
                json!({"iss": "i", "aud": "pypi", "iat": 1000, "nbf": 1000, "exp": 1300});
            if let (Value::Object(claims), Value::Object(change)) = (&mut claims, change) {
                claims.extend(change);
            }
            serde_json::from_value::<Claims>(claims).expect("an object")
        };
        for (now, current) in [(969, false), (970, true), (1329, true), (1330, false)] {
            assert_eq!(
                is_current(&claims(json!({})), "i", "pypi", now),
                current,
                "at {now}"
            );
        }
        for change in [
            json!({"aud": ["pypi"]}),
            json!({"exp": null}),
            json!({"iat": null}),
            json!({"nbf": 1031}),
            json!({"nbf": null}),
            json!({"iss": "j"}),
            json!({"sub": 1}),
            json!({"jti": null}),
        ] {
            assert!(
                !is_current(&claims(change.clone()), "i", "pypi", 1000),
                "{change}"
            );
        }
    }

    // The results of Python 3.11.
    #[test]
    fn times_are_read_as_python_reads_numbers() {
        for (value, time) in [
            (json!(1.9), Some(1)),
            (json!(-1.9), Some(-1)),
            (json!(true), Some(1)),
            (json!(" 12\n"), Some(12)),
            (json!("+1_000"), Some(1000)),
            (json!("-5"), Some(-5)),
            (json!("1.5"), None),
            (json!("1__0"), None),
            (json!("_1"), None),
            (json!("+-1"), None),
            (json!(""), None),
            (json!([1]), None),
            (json!(null), None),
            (json!(u64::MAX), Some(i128::from(u64::MAX))),
        ] {
            assert_eq!(seconds(&value), time, "{value}");
        }
    }
}
