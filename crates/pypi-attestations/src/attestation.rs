//! One attestation: the PEP 740 object.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::json::{self, bytes, list, member};
use crate::log_entry::{self, LogEntry};
use crate::{Error, ErrorKind, PredicateType, Statement};

/// A PEP 740 attestation object, version 1, with its parsed statement.
///
/// The object is stored as it was read and sent unchanged, including unknown keys. Reading it verifies nothing.
///
/// # Examples
///
/// ```
/// use pypi_attestations::Attestation;
/// # let json = include_bytes!("../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
///
/// let attestation = Attestation::parse(json)?;
/// let statement = attestation.statement();
/// assert_eq!(statement.subject_name(), "gitlab_oidc_project-0.0.3.tar.gz");
/// attestation.check(|name| name == "gitlab_oidc_project-0.0.3.tar.gz", statement.subject_sha256())?;
/// assert_eq!(attestation.log_entry()?.log_index(), 149_945_774);
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// [PyPA, "Index hosted attestations"](https://packaging.python.org/en/latest/specifications/index-hosted-attestations/)
/// (read 2026-11-21); the checks of PyPI: Warehouse, 2026-08-21, with pypi-attestations 0.0.29.
#[derive(Clone, Debug, PartialEq)]
pub struct Attestation {
    object: Value,
    certificate: Vec<u8>,
    statement: Statement,
    signature: Vec<u8>,
}

impl Attestation {
    /// Parses the JSON text of one attestation object.
    ///
    /// The transparency log entries are not read; [`log_entry`](Self::log_entry) does that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when it is longer than [`MAX_ATTESTATION`] or not the object of the specification,
    /// [`ErrorKind::Version`], [`ErrorKind::PredicateType`], and [`ErrorKind::Subject`] unless the statement has
    /// exactly one subject with a name and a sha256.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        if json.len() > MAX_ATTESTATION {
            return Err(Error::malformed(format!(
                "longer than {MAX_ATTESTATION} bytes"
            )));
        }
        Self::from_value(json::parse(json).map_err(Error::malformed)?)
    }

    pub(crate) fn from_value(object: Value) -> Result<Self, Error> {
        let version = member(&object, "version").map_err(Error::malformed)?;
        if version.as_u64() != Some(1) {
            return Err(Error::new(
                ErrorKind::Version,
                format!("the attestation has version {version}, expected 1"),
            ));
        }
        let [certificate, statement, signature] = parts(&object).map_err(Error::malformed)?;
        Ok(Self {
            statement: Statement::parse(&statement)?,
            certificate,
            signature,
            object,
        })
    }

    /// Makes an attestation of its parts. The caller has checked the transparency log entries.
    pub(crate) fn new(
        certificate: &[u8],
        entries: &[Value],
        statement: &[u8],
        signature: &[u8],
    ) -> Result<Self, Error> {
        Self::from_value(json!({
            "version": 1,
            "verification_material": {
                "certificate": STANDARD.encode(certificate),
                "transparency_entries": entries,
            },
            "envelope": {
                "statement": STANDARD.encode(statement),
                "signature": STANDARD.encode(signature),
            },
        }))
    }

    /// The JSON text, for a sidecar file.
    pub fn to_json(&self) -> String {
        self.object.to_string()
    }

    /// The signing certificate, in DER. Not parsed.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The statement that was signed.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The signature of [`Statement::pae`], as the signer wrote it.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The kind of claim about the subject.
    pub fn predicate_type(&self) -> PredicateType {
        self.statement.predicate_type()
    }

    /// The file name in the statement.
    pub fn subject_name(&self) -> &str {
        self.statement.subject_name()
    }

    /// The first transparency log entry, the one that PyPI reads, read as strictly as PyPI reads it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Entry`] when a part is missing, unknown or of another type, or when the log is not Rekor v1.
    pub fn log_entry(&self) -> Result<LogEntry, Error> {
        self.entries().first().map_or_else(
            || Err(Error::malformed("`transparency_entries` is empty")),
            log_entry::read,
        )
    }

    /// Checks that the subject is the file with this sha256, in lower-case hex, and that `is_name` accepts the subject's
    /// name.
    ///
    /// PyPI compares parsed file names, so other spellings of a name match; `is_same_distribution` of
    /// `pypi_metadata::Filename` is that comparison.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Name`] or [`ErrorKind::Digest`].
    pub fn check(&self, is_name: impl FnOnce(&str) -> bool, sha256: &str) -> Result<(), Error> {
        if !is_name(self.subject_name()) {
            return Err(Error::new(
                ErrorKind::Name,
                format!(
                    "the attestation is for {:?}, not for this file: attest this file",
                    self.subject_name()
                ),
            ));
        }
        let attested = self.statement.subject_sha256();
        if attested != sha256 {
            return Err(Error::new(
                ErrorKind::Digest,
                format!(
                    "the attestation is for content with sha256 {attested}, but this file has {sha256}: attest the file again after building it"
                ),
            ));
        }
        Ok(())
    }

    pub(crate) fn object(&self) -> &Value {
        &self.object
    }

    /// The transparency log entries; at least one.
    pub(crate) fn entries(&self) -> &[Value] {
        let material = self.object.get("verification_material");
        material
            .and_then(|material| list(material, "transparency_entries").ok())
            .unwrap_or_default()
    }
}

/// The longest attestation that is parsed, in bytes; real ones have 5,000 to 10,000.
pub const MAX_ATTESTATION: usize = 1024 * 1024;

/// Certificate, statement and signature.
fn parts(object: &Value) -> Result<[Vec<u8>; 3], String> {
    let material = member(object, "verification_material")?;
    let certificate = bytes(material, "certificate")?;
    let entries = member(material, "transparency_entries")?.as_array();
    if !entries.is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object)) {
        return Err("`transparency_entries` must be a list of at least one object".to_owned());
    }
    let envelope = member(object, "envelope")?;
    let signature = bytes(envelope, "signature")?;
    Ok([certificate, bytes(envelope, "statement")?, signature])
}
