//! The keys of the instance, and the public keys of its users.

use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _,
    UnparsedPublicKey, VerificationAlgorithm,
};
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::{Any, BitString, ObjectIdentifier};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

/// The curve of a key, with the hash function that it signs with: SHA-256 for P-256, SHA-384 for P-384.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
            Self::P384 => ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        }
    }

    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        }
    }

    /// The curve of a public key; `None` if it is not a key on one of these curves.
    pub(super) fn of(key: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        let parameters = key.algorithm.parameters.as_ref()?;
        let curve: ObjectIdentifier = parameters.decode_as().ok()?;
        let curves = [Self::P256, Self::P384];
        curves
            .into_iter()
            .find(|known| key.algorithm.oid == EC_PUBLIC_KEY && known.oid() == curve)
    }
}

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// A signing key. It does not implement `Debug`.
pub(super) struct Key {
    curve: Curve,
    pair: EcdsaKeyPair,
    #[cfg(feature = "persistent")]
    pkcs8: Vec<u8>,
    public: SubjectPublicKeyInfoOwned,
    public_der: Vec<u8>,
}

impl Key {
    /// A new key. `None` if the system provides no random numbers.
    pub(super) fn generate(curve: Curve) -> Option<Self> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve.signing(), &SystemRandom::new());
        Self::read(curve, pkcs8.ok()?.as_ref())
    }

    /// A key in PKCS#8 DER.
    pub(super) fn read(curve: Curve, pkcs8: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(curve.signing(), pkcs8, &SystemRandom::new()).ok()?;
        let public = SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned {
                oid: EC_PUBLIC_KEY,
                parameters: Some(Any::from(&curve.oid())),
            },
            subject_public_key: BitString::from_bytes(pair.public_key().as_ref()).ok()?,
        };
        Some(Self {
            curve,
            public_der: public.to_der().ok()?,
            public,
            #[cfg(feature = "persistent")]
            pkcs8: pkcs8.to_owned(),
            pair,
        })
    }

    /// The key in PKCS#8 DER.
    #[cfg(feature = "persistent")]
    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(super) fn public(&self) -> &SubjectPublicKeyInfoOwned {
        &self.public
    }

    /// The public key in DER.
    pub(super) fn public_der(&self) -> &[u8] {
        &self.public_der
    }

    /// The SHA-256 of the public key: the id of a log.
    pub(super) fn id(&self) -> [u8; 32] {
        sha256(&self.public_der)
    }

    /// The identifier of the algorithm that the key signs with.
    pub(super) fn algorithm(&self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: match self.curve {
                Curve::P256 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
                Curve::P384 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
            },
            parameters: None,
        }
    }

    /// The signature of `message` in ASN.1.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.pair.sign(&SystemRandom::new(), message).ok()?;
        Some(signature.as_ref().to_vec())
    }
}

/// Whether `signature` is one of `message`, made with SHA-256 and a key on one of the curves.
pub(super) fn verifies(key: &SubjectPublicKeyInfoOwned, message: &[u8], signature: &[u8]) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match Curve::of(key) {
        Some(Curve::P256) => &ECDSA_P256_SHA256_ASN1,
        Some(Curve::P384) => &ECDSA_P384_SHA256_ASN1,
        None => return false,
    };
    let point = key.subject_public_key.raw_bytes();
    let key = UnparsedPublicKey::new(algorithm, point);
    key.verify(message, signature).is_ok()
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}
