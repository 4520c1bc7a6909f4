//! The certificate authority, and the log that records its certificates.

use std::str::FromStr as _;
use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
#[cfg(feature = "persistent")]
use x509_cert::der::Decode as _;
use x509_cert::der::Encode;
use x509_cert::der::asn1::{
    BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, UtcTime, Utf8StringRef,
};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use super::key::{Curve, Key, sha256};
use super::subject::{Subject, SubjectName};

/// How long a certificate is valid, in seconds.
const LIFETIME: u64 = 600;

/// The last second that X.509 can express, in the year 9999.
const END_OF_TIME: u64 = 253_402_300_799;

/// A root that has issued an intermediate authority, and the intermediate authority's key. The root's key is gone.
pub(super) struct Authority {
    root: Vec<u8>,
    intermediate: Vec<u8>,
    name: Name,
    key: Key,
}

/// What makes an [`Authority`] again, in DER.
#[cfg(feature = "persistent")]
pub(super) struct AuthorityParts {
    pub(super) root: Vec<u8>,
    pub(super) intermediate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl Authority {
    /// A new one. `None` if the system provides no random numbers.
    pub(super) fn generate() -> Option<Self> {
        let root = Key::generate(Curve::P384)?;
        let key = Key::generate(Curve::P384)?;
        let root_name = Name::from_str("CN=sigstore,O=pypi-local-index").ok()?;
        let name = Name::from_str("CN=sigstore-intermediate,O=pypi-local-index").ok()?;
        let extensions = |is_root: bool, key: &Key| {
            let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
            let constraints = BasicConstraints {
                ca: true,
                path_len_constraint: Some(if is_root { 1 } else { 0 }),
            };
            let mut all = vec![extension(KEY_USAGE, true, &usage)?];
            if !is_root {
                all.push(code_signing()?);
            }
            all.push(extension(BASIC_CONSTRAINTS, true, &constraints)?);
            all.push(subject_key_identifier(key.public())?);
            if !is_root {
                all.push(authority_key_identifier(root.public())?);
            }
            Some(all)
        };
        let certificate = |subject: &Name, key: &Key, extensions| {
            let tbs = TbsCertificate {
                version: Version::V3,
                serial_number: serial_number()?,
                signature: root.algorithm(),
                issuer: root_name.clone(),
                validity: validity(0, END_OF_TIME)?,
                subject: subject.clone(),
                subject_public_key_info: key.public().clone(),
                issuer_unique_id: None,
                subject_unique_id: None,
                extensions: Some(extensions),
            };
            signed(tbs, &root)
        };
        Some(Self {
            root: certificate(&root_name, &root, extensions(true, &root)?)?,
            intermediate: certificate(&name, &key, extensions(false, &key)?)?,
            name,
            key,
        })
    }

    #[cfg(feature = "persistent")]
    pub(super) fn read(parts: AuthorityParts) -> Option<Self> {
        let intermediate = Certificate::from_der(&parts.intermediate).ok()?;
        Some(Self {
            root: parts.root,
            intermediate: parts.intermediate,
            name: intermediate.tbs_certificate.subject,
            key: Key::read(Curve::P384, &parts.key)?,
        })
    }

    /// The certificates in DER, the root last.
    pub(super) fn chain(&self) -> [&[u8]; 2] {
        [&self.intermediate, &self.root]
    }

    #[cfg(feature = "persistent")]
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// A certificate in DER that is valid for ten minutes from `now` (seconds since 1970), recorded by `log`.
    ///
    /// As in RFC 6962, the log signs the certificate without the extension that will contain this signature.
    pub(super) fn issue(
        &self,
        subject: &Subject,
        key: SubjectPublicKeyInfoOwned,
        log: &Key,
        now: u64,
    ) -> Option<Vec<u8>> {
        let mut tbs = TbsCertificate {
            version: Version::V3,
            serial_number: serial_number()?,
            signature: self.key.algorithm(),
            issuer: self.name.clone(),
            validity: validity(now, now.saturating_add(LIFETIME))?,
            subject: Name::default(),
            extensions: Some(self.extensions(subject, &key)?),
            subject_public_key_info: key,
            issuer_unique_id: None,
            subject_unique_id: None,
        };
        let timestamps = self.timestamps(&tbs.to_der().ok()?, log, now)?;
        let timestamps = OctetString::new(timestamps).ok()?;
        let recorded = extension(CERTIFICATE_TIMESTAMPS, false, &timestamps)?;
        tbs.extensions.as_mut()?.push(recorded);
        signed(tbs, &self.key)
    }

    fn extensions(
        &self,
        subject: &Subject,
        key: &SubjectPublicKeyInfoOwned,
    ) -> Option<Vec<Extension>> {
        let name = match &subject.name {
            SubjectName::Email(email) => GeneralName::Rfc822Name(Ia5String::new(email).ok()?),
            SubjectName::Uri(uri) => {
                GeneralName::UniformResourceIdentifier(Ia5String::new(uri).ok()?)
            }
        };
        let usage = KeyUsage(KeyUsages::DigitalSignature.into());
        let mut all = vec![
            extension(KEY_USAGE, true, &usage)?,
            code_signing()?,
            subject_key_identifier(key)?,
            authority_key_identifier(self.key.public())?,
            extension(SUBJECT_ALTERNATIVE_NAME, true, &vec![name])?,
        ];
        for claim in &subject.claims {
            let oid = FULCIO.push_arc(claim.arc).ok()?;
            // The oldest extensions are texts without a DER header.
            let value = match claim.arc {
                ..=6 => claim.value.as_bytes().to_vec(),
                _ => Utf8StringRef::new(&claim.value).ok()?.to_der().ok()?,
            };
            all.push(Extension {
                extn_id: oid,
                critical: false,
                extn_value: OctetString::new(value).ok()?,
            });
        }
        Some(all)
    }

    /// The list of the one signed certificate timestamp of `log` (RFC 6962, section 3.3).
    fn timestamps(&self, tbs: &[u8], log: &Key, now: u64) -> Option<Vec<u8>> {
        const VERSION: u8 = 0;
        const CERTIFICATE_TIMESTAMP: u8 = 0;
        const PRECERTIFICATE: [u8; 2] = [0, 1];
        const NO_EXTENSIONS: [u8; 2] = [0, 0];
        const SHA256_ECDSA: [u8; 2] = [4, 3];
        let time = now.saturating_mul(1000).to_be_bytes();
        let length = u32::try_from(tbs.len()).ok()?.to_be_bytes();
        let signature = log.sign(
            &[
                &[VERSION, CERTIFICATE_TIMESTAMP],
                time.as_slice(),
                &PRECERTIFICATE,
                &sha256(self.key.public_der()),
                length.get(1..)?,
                tbs,
                &NO_EXTENSIONS,
            ]
            .concat(),
        )?;
        let timestamp = [
            [VERSION].as_slice(),
            &log.id(),
            &time,
            &NO_EXTENSIONS,
            &SHA256_ECDSA,
            &with_length(&signature)?,
        ]
        .concat();
        with_length(&with_length(&timestamp)?)
    }
}

const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const CERTIFICATE_TIMESTAMPS: &str = "1.3.6.1.4.1.11129.2.4.2";
const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const KEY_USAGE: &str = "2.5.29.15";
const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";

/// The arc of Fulcio's extensions.
const FULCIO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1");

fn extension(oid: &str, critical: bool, value: &impl Encode) -> Option<Extension> {
    Some(Extension {
        extn_id: ObjectIdentifier::new(oid).ok()?,
        critical,
        extn_value: OctetString::new(value.to_der().ok()?).ok()?,
    })
}

fn code_signing() -> Option<Extension> {
    let usage = ExtendedKeyUsage(vec![ObjectIdentifier::new(CODE_SIGNING).ok()?]);
    extension(EXTENDED_KEY_USAGE, false, &usage)
}

fn subject_key_identifier(key: &SubjectPublicKeyInfoOwned) -> Option<Extension> {
    extension(SUBJECT_KEY_IDENTIFIER, false, &key_identifier(key)?)
}

fn authority_key_identifier(key: &SubjectPublicKeyInfoOwned) -> Option<Extension> {
    let identifier = AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier(key)?),
        ..AuthorityKeyIdentifier::default()
    };
    extension(AUTHORITY_KEY_IDENTIFIER, false, &identifier)
}

/// 160 bits of the SHA-256 of the key (RFC 7093).
fn key_identifier(key: &SubjectPublicKeyInfoOwned) -> Option<OctetString> {
    let hash = sha256(key.subject_public_key.raw_bytes());
    OctetString::new(hash.get(..20)?).ok()
}

/// 126 random bits, which make a positive number.
fn serial_number() -> Option<SerialNumber> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    let [first, ..] = &mut bytes;
    *first = *first & 0x3f | 0x40;
    SerialNumber::new(&bytes).ok()
}

/// From and until, in seconds since 1970.
fn validity(from: u64, until: u64) -> Option<Validity> {
    let time = |seconds: u64| {
        let time = Duration::from_secs(seconds.min(END_OF_TIME));
        match UtcTime::from_unix_duration(time) {
            Ok(time) => Some(Time::UtcTime(time)),
            Err(_) => GeneralizedTime::from_unix_duration(time)
                .map(Time::GeneralTime)
                .ok(),
        }
    };
    Some(Validity {
        not_before: time(from)?,
        not_after: time(until)?,
    })
}

fn signed(tbs: TbsCertificate, key: &Key) -> Option<Vec<u8>> {
    let signature = key.sign(&tbs.to_der().ok()?)?;
    let certificate = Certificate {
        tbs_certificate: tbs,
        signature_algorithm: key.algorithm(),
        signature: BitString::from_bytes(&signature).ok()?,
    };
    certificate.to_der().ok()
}

/// `bytes` after their number in two bytes.
fn with_length(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(bytes.len()).ok()?;
    Some([length.to_be_bytes().as_slice(), bytes].concat())
}
