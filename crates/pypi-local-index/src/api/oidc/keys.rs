//! The issuers' keys: they sign ID tokens, and the index checks them with their public halves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Map, Value, json};

use crate::config::issuer::Issuer;

/// Public test keys in PKCS#8 DER. They are in the repository and in the package, so they protect nothing: whoever has
/// this crate can sign what an index of this crate accepts, and nothing else accepts it.
const TEST_KEYS: [(Issuer, &[u8]); 4] = [
    (
        Issuer::ActiveState,
        include_bytes!("test_keys/activestate.der"),
    ),
    (Issuer::GitHub, include_bytes!("test_keys/github.der")),
    (Issuer::GitLab, include_bytes!("test_keys/gitlab.der")),
    (Issuer::Google, include_bytes!("test_keys/google.der")),
];

/// A key of no issuer.
const OTHER_KEY: &[u8] = include_bytes!("test_keys/other.der");

/// The keys of the issuers, and one that is nobody's.
pub(crate) struct Keys {
    issuers: Vec<(Issuer, Key)>,
    other: Key,
}

pub(crate) struct Key {
    id: String,
    pair: RsaKeyPair,
}

/// How a token is signed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Signing {
    /// By the issuer, with RS256.
    #[default]
    Issuer,
    /// By a key that is not the issuer's, under the id of the issuer's.
    OtherKey,
    /// By the issuer, under an id that its key set does not have.
    UnknownKeyId,
    /// By the issuer, with a header that names no key.
    WithoutKeyId,
    /// By the issuer, with a header that names this algorithm.
    Algorithm(String),
}

/// The claims of an ID token.
pub(crate) type Claims = Map<String, Value>;

impl Keys {
    /// The test keys; `None` when one cannot be read.
    pub(crate) fn test() -> Option<Self> {
        let issuers = TEST_KEYS
            .into_iter()
            .map(|(issuer, der)| Some((issuer, Key::read(issuer.slug(), der)?)));
        Some(Self {
            issuers: issuers.collect::<Option<_>>()?,
            other: Key::read("other", OTHER_KEY)?,
        })
    }

    pub(crate) fn of(&self, issuer: Issuer) -> Option<&Key> {
        let mut keys = self.issuers.iter();
        keys.find(|(of, _)| *of == issuer).map(|(_, key)| key)
    }

    /// A JWT of `claims`; `None` when the signature cannot be made.
    pub(crate) fn sign(
        &self,
        issuer: Issuer,
        signing: &Signing,
        claims: &Claims,
    ) -> Option<String> {
        let key = self.of(issuer)?;
        let mut header = json!({"alg": "RS256", "kid": key.id, "typ": "JWT"});
        match (signing, header.as_object_mut()) {
            (Signing::UnknownKeyId, Some(header)) => {
                drop(header.insert("kid".to_owned(), "unknown".into()))
            }
            (Signing::WithoutKeyId, Some(header)) => drop(header.remove("kid")),
            (Signing::Algorithm(name), Some(header)) => {
                drop(header.insert("alg".to_owned(), name.as_str().into()))
            }
            _ => {}
        }
        let signer = if *signing == Signing::OtherKey {
            &self.other
        } else {
            key
        };
        signer.sign(&header, claims)
    }
}

impl Key {
    fn read(name: &str, der: &[u8]) -> Option<Self> {
        Some(Self {
            id: format!("pypi-local-index-{name}"),
            pair: RsaKeyPair::from_pkcs8(der).ok()?,
        })
    }

    fn sign(&self, header: &Value, claims: &Claims) -> Option<String> {
        let mut token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).ok()?)
        );
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
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
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public());
        json!({"keys": [{
            "alg": "RS256",
            "e": URL_SAFE_NO_PAD.encode(&public.e),
            "kid": self.id,
            "kty": "RSA",
            "n": URL_SAFE_NO_PAD.encode(&public.n),
            "use": "sig",
        }]})
    }

    fn check(&self, token: &str) -> Option<()> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, _) = signed.split_once('.')?;
        let header = object(header)?;
        if header.get("alg")? != "RS256" || header.get("kid")? != self.id.as_str() {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public());
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
        let keys = Keys::test().expect("the test keys");
        let key = keys.of(Issuer::GitHub).expect("a key");
        let claims = Claims::from_iter([("iss".to_owned(), Value::from("me"))]);
        let sign = |signing| {
            keys.sign(Issuer::GitHub, &signing, &claims)
                .expect("a token")
        };
        let token = sign(Signing::Issuer);
        assert!(key.signed(&token));
        assert!(!keys.of(Issuer::GitLab).expect("a key").signed(&token));
        assert_eq!(unverified_claims(&token), Some(claims.clone()));

        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let forged = URL_SAFE_NO_PAD.encode(r#"{"iss":"you"}"#);
        let (header, _) = signed.split_once('.').expect("a header");
        assert!(!key.signed(&format!("{header}.{forged}.{signature}")));

        for bad in [
            Signing::OtherKey,
            Signing::UnknownKeyId,
            Signing::WithoutKeyId,
            Signing::Algorithm("none".to_owned()),
        ] {
            assert!(!key.signed(&sign(bad.clone())), "{bad:?}");
        }
    }
}
