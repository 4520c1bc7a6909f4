//! The issuers' keys, which sign ID tokens and verify them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pypi_http::Secret;
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

use crate::config::{Claims, Identity, Issuer, Signing};

/// Test keys in PKCS#8 DER. They are published with this crate, so they protect nothing: everyone can sign what an index of
/// this crate accepts. Nothing else accepts it.
const TEST_KEYS: [(Issuer, &[u8]); 4] = [
    (
        Issuer::ActiveState,
        include_bytes!("test_keys/activestate.der"),
    ),
    (Issuer::GitHub, include_bytes!("test_keys/github.der")),
    (Issuer::GitLab, include_bytes!("test_keys/gitlab.der")),
    (Issuer::Google, include_bytes!("test_keys/google.der")),
];

/// A key that belongs to no issuer.
const OTHER_KEY: &[u8] = include_bytes!("test_keys/other.der");

/// The keys of the issuers, and one that belongs to none of them.
pub(crate) struct Keys {
    issuers: HashMap<Issuer, Key>,
    other: Key,
}

pub(super) struct Key {
    id: String,
    pair: RsaKeyPair,
}

impl Keys {
    /// The test keys. `None` if one cannot be read.
    pub(crate) fn test() -> Option<Self> {
        let issuers = TEST_KEYS
            .into_iter()
            .map(|(issuer, der)| Some((issuer, Key::read(issuer.slug(), der)?)));
        Some(Self {
            issuers: issuers.collect::<Option<_>>()?,
            other: Key::read("other", OTHER_KEY)?,
        })
    }

    pub(super) fn of(&self, issuer: Issuer) -> Option<&Key> {
        self.issuers.get(&issuer)
    }

    /// A JWT of `claims`. `None` if it cannot be signed.
    pub(super) fn sign(
        &self,
        issuer: Issuer,
        signing: &Signing,
        claims: &Claims,
    ) -> Option<String> {
        let key = self.of(issuer)?;
        let algorithm = match signing {
            Signing::Algorithm(name) => name,
            _ => "RS256",
        };
        let mut header = Claims::from_iter([
            ("alg".to_owned(), algorithm.into()),
            ("typ".to_owned(), "JWT".into()),
        ]);
        let id = match signing {
            Signing::UnknownKeyId => Some("unknown"),
            Signing::WithoutKeyId => None,
            _ => Some(key.id.as_str()),
        };
        header.extend(id.map(|id| ("kid".to_owned(), id.into())));
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

    fn sign(&self, header: &Claims, claims: &Claims) -> Option<String> {
        let mut token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(header).ok()?),
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

    /// The id by which tokens name this key.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether `signature` is a signature of `data` with RS256.
    pub(super) fn verifies(&self, data: &[u8], signature: &[u8]) -> bool {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public());
        public
            .verify(&RSA_PKCS1_2048_8192_SHA256, data, signature)
            .is_ok()
    }

    /// The JSON Web Key Set with this key (RFC 7517).
    pub(super) fn jwks(&self) -> Value {
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
}

/// Signs ID tokens at a moment, with an id that is used once.
pub(crate) struct Signer<'s> {
    pub(crate) keys: &'s Keys,
    /// `None` if the system provides no random number.
    pub(crate) jti: Option<String>,
    /// In seconds since 1970.
    pub(crate) now: u64,
}

impl Signer<'_> {
    /// An ID token of a job. `None` if it cannot be signed.
    pub(crate) fn id_token(&self, identity: &Identity, audience: &str) -> Option<Secret> {
        let claims = identity.claims(audience, self.jti.as_deref()?, self.now);
        let token = self
            .keys
            .sign(identity.issuer(), identity.signed(), &claims)?;
        Some(Secret::new(token))
    }
}
