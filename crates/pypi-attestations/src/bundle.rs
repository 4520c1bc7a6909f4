//! Sigstore bundles: the format of other Sigstore clients, and of `actions/attest`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::json::{self, bytes, list, member, text};
use crate::statement::PAYLOAD_TYPE;
use crate::{Attestation, Error, ErrorKind, MAX_ATTESTATION, log_entry};

/// Conversion from and to Sigstore bundles. The bytes of certificate, statement and signature stay what they are, and so
/// do the transparency log entries.
impl Attestation {
    /// Converts a Sigstore bundle of version 0.1, 0.2 or 0.3.
    ///
    /// Of a certificate chain, only the leaf is kept. RFC 3161 timestamps are dropped: an attestation has no place for
    /// them. The result is checked like [`Attestation::parse`] does it, so a bundle for several files is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Bundle`] when it is longer than [`MAX_ATTESTATION`], not a bundle of these versions, or not a DSSE
    /// envelope with exactly one signature of an in-toto statement, [`ErrorKind::Entry`] when PyPI cannot read a
    /// transparency log entry, such as one of Rekor v2, and the errors of [`Attestation::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_attestations::{Attestation, ErrorKind};
    /// # let bundle = include_bytes!("../tests/data/rfc8785-0.1.2-py3-none-any.whl.sigstore");
    ///
    /// let attestation = Attestation::from_bundle(bundle)?;
    /// let again = Attestation::from_bundle(attestation.to_bundle().as_bytes())?;
    /// assert_eq!(again, attestation);
    ///
    /// let error = Attestation::from_bundle(br#"{"mediaType": "text/plain"}"#).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Bundle);
    /// # Ok::<(), pypi_attestations::Error>(())
    /// ```
    pub fn from_bundle(json: &[u8]) -> Result<Self, Error> {
        if json.len() > MAX_ATTESTATION {
            return Err(unfit(format!("longer than {MAX_ATTESTATION} bytes")));
        }
        let bundle: Value = json::parse(json).map_err(unfit)?;
        let parts = Parts::read(&bundle).map_err(unfit)?;
        for entry in parts.entries {
            log_entry::read(entry)?;
        }
        Self::new(
            &parts.certificate,
            parts.entries,
            &parts.statement,
            &parts.signature,
        )
    }

    /// The same as a Sigstore bundle of version 0.3, as JSON text: the bundle that the Python client makes.
    pub fn to_bundle(&self) -> String {
        let bundle = json!({
            "mediaType": V0_3,
            "verificationMaterial": {
                "certificate": {"rawBytes": STANDARD.encode(self.certificate())},
                "timestampVerificationData": {"rfc3161Timestamps": []},
                "tlogEntries": self.entries(),
            },
            "dsseEnvelope": {
                "payload": STANDARD.encode(self.statement().as_bytes()),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": STANDARD.encode(self.signature())}],
            },
        });
        bundle.to_string()
    }
}

/// What an attestation takes over from a bundle.
struct Parts<'a> {
    certificate: Vec<u8>,
    entries: &'a [Value],
    statement: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn read(bundle: &'a Value) -> Result<Self, String> {
        let media_type = text(bundle, "mediaType")?;
        let material = member(bundle, "verificationMaterial")?;
        let certificate = match media_type {
            V0_1 | V0_2 => leaf(material)?,
            V0_3 | V0_3_LONG => member(material, "certificate")?,
            _ => {
                return Err(format!(
                    "it has media type {media_type:?}, expected {V0_1:?}, {V0_2:?} or {V0_3:?}"
                ));
            }
        };
        if bundle.get("messageSignature").is_some() {
            return Err("it signs a file and not a statement; attest the file".to_owned());
        }
        let envelope = member(bundle, "dsseEnvelope")?;
        let payload_type = text(envelope, "payloadType")?;
        if payload_type != PAYLOAD_TYPE {
            return Err(format!(
                "it has payload type {payload_type:?}, expected {PAYLOAD_TYPE:?}"
            ));
        }
        let signatures = list(envelope, "signatures")?;
        let [signature] = signatures else {
            return Err(format!(
                "it has {} signatures, expected exactly one",
                signatures.len()
            ));
        };
        Ok(Self {
            certificate: bytes(certificate, "rawBytes")?,
            entries: list(material, "tlogEntries")?,
            statement: bytes(envelope, "payload")?,
            signature: bytes(signature, "sig")?,
        })
    }
}

const V0_1: &str = "application/vnd.dev.sigstore.bundle+json;version=0.1";
const V0_2: &str = "application/vnd.dev.sigstore.bundle+json;version=0.2";
const V0_3: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// Version 0.3 in the form of the earlier ones, which some clients wrote.
const V0_3_LONG: &str = "application/vnd.dev.sigstore.bundle+json;version=0.3";

/// The first certificate of the chain that bundles before 0.3 have.
fn leaf(material: &Value) -> Result<&Value, String> {
    let chain = list(member(material, "x509CertificateChain")?, "certificates")?;
    chain
        .first()
        .ok_or_else(|| "`certificates` is empty".to_owned())
}

fn unfit(why: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Bundle,
        format!("not a Sigstore bundle that PyPI can use: {why}"),
    )
}
