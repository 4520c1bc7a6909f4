//! The issuer's key: it signs ID tokens, and the index checks them with its public half.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Map, Value, json};

/// A public test key in PKCS#8 DER. It is in the repository and in the package, so it protects nothing: whoever has
/// this crate can sign what an index of this crate accepts, and nothing else accepts it.
const TEST_KEY: &[u8] = include_bytes!("../test-key.der");

const KEY_ID: &str = "pypi-local-index-test-key";

pub(crate) struct Key(RsaKeyPair);

/// The claims of an ID token.
pub(crate) type Claims = Map<String, Value>;

impl Key {
    /// The test key; `None` when it cannot be read.
    pub(crate) fn test() -> Option<Self> {
        RsaKeyPair::from_pkcs8(TEST_KEY).ok().map(Self)
    }

    /// A JWT of `claims`, signed with RS256; `None` when the signature cannot be made.
    pub(crate) fn sign(&self, claims: &Claims) -> Option<String> {
        let header = json!({"alg": "RS256", "kid": KEY_ID, "typ": "JWT"});
        let mut token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).ok()?)
        );
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .ok()?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Some(token)
    }

    /// Whether `token` says RS256 and this key's id, and its signature is by this key.
    pub(crate) fn signed(&self, token: &str) -> bool {
        self.check(token).is_some()
    }

    /// The JSON Web Key Set with this key (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.0.public());
        json!({"keys": [{
            "alg": "RS256",
            "e": URL_SAFE_NO_PAD.encode(&public.e),
            "kid": KEY_ID,
            "kty": "RSA",
            "n": URL_SAFE_NO_PAD.encode(&public.n),
            "use": "sig",
        }]})
    }

    fn check(&self, token: &str) -> Option<()> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, _) = signed.split_once('.')?;
        let header = object(header)?;
        if header.get("alg")? != "RS256" || header.get("kid")? != KEY_ID {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.0.public());
        public
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
            .ok()
    }
}

/// The claims of a token, before anything is known about its signature.
pub(crate) fn unverified_claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    object(header)?;
    object(claims)
}

fn object(part: &str) -> Option<Claims> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_token_is_not_signed() {
        let key = Key::test().expect("the test key");
        let claims = Claims::from_iter([("iss".to_owned(), Value::from("me"))]);
        let token = key.sign(&claims).expect("a token");
        assert!(key.signed(&token));
        assert_eq!(unverified_claims(&token), Some(claims));

        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let forged = URL_SAFE_NO_PAD.encode(r#"{"iss":"you"}"#);
        let (header, claims) = signed.split_once('.').expect("a header");
        assert!(!key.signed(&format!("{header}.{forged}.{signature}")));

        for bad in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"RS256","kid":"other"}"#,
            r#"{"alg":"RS256"}"#,
        ] {
            let header = URL_SAFE_NO_PAD.encode(bad);
            assert!(!key.signed(&format!("{header}.{claims}.{signature}")));
        }
    }
}
