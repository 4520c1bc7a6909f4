//! The signing key.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::{Error, ErrorKind};

/// A new ECDSA P-256 key. It exists in memory only, for as long as its certificate is used.
pub(super) struct Key(EcdsaKeyPair);

impl Key {
    pub(super) fn generate() -> Result<Self, Error> {
        let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let document =
            EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| key_error("make"))?;
        EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random)
            .map(Self)
            .map_err(|_| key_error("make"))
    }

    /// The public key: a SubjectPublicKeyInfo in DER.
    pub(super) fn public(&self) -> Vec<u8> {
        [&SPKI_P256[..], self.0.public_key().as_ref()].concat()
    }

    /// An ECDSA signature with SHA-256, in ASN.1. Each is another one.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        signature
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| key_error("use"))
    }
}

/// What precedes the 65 bytes of an uncompressed point in the SubjectPublicKeyInfo of a P-256 key (RFC 5480).
const SPKI_P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// DER as PEM (RFC 7468), with line feeds as the transparency log writes it.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}

fn key_error(verb: &str) -> Error {
    let text = format!("cannot {verb} a signing key: the system provides no random numbers");
    Error::new(ErrorKind::Key, text)
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
    use sigstore_verify::types::DerPublicKey;

    use super::*;

    #[test]
    fn signatures_verify_with_the_public_key_and_differ() {
        let key = Key::generate().expect("a key");
        let public = key.public();
        let point = public.get(SPKI_P256.len()..).expect("a point");
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
        let signatures = [(); 2].map(|()| key.sign(b"message").expect("a signature"));
        for signature in &signatures {
            verifier.verify(b"message", signature).expect("valid");
        }
        assert_ne!(signatures[0], signatures[1], "a new entry of the log");
        let read = DerPublicKey::from_pem(&pem("PUBLIC KEY", &public)).expect("PEM");
        assert_eq!(read.as_bytes(), public);
        assert_eq!(format!("{key:?}"), "Key");
    }
}
