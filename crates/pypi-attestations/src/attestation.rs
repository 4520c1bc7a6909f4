//! One attestation: the PEP 740 object and its statement.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::{Error, ErrorKind};

/// A PEP 740 attestation object, version 1, with its parsed statement.
///
/// The object is stored as it was read and sent unchanged, including unknown keys. The signature is not verified.
///
/// # Source
///
/// [PyPA, "Index hosted attestations"](https://packaging.python.org/en/latest/specifications/index-hosted-attestations/)
/// (read 2026-11-21); the checks of PyPI: Warehouse, 2026-08-21, with pypi-attestations 0.0.29.
#[derive(Clone, Debug, PartialEq)]
pub struct Attestation {
    object: Value,
    predicate_type: PredicateType,
    subject_name: String,
    subject_sha256: String,
}

/// The kind of claim about the subject: the two types that PyPI accepts.
///
/// # Examples
///
/// ```
/// use pypi_attestations::PredicateType;
///
/// assert_eq!(PredicateType::SlsaProvenance.uri(), "https://slsa.dev/provenance/v1");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PredicateType {
    /// `https://docs.pypi.org/attestations/publish/v1`: who published the file.
    Publish,
    /// `https://slsa.dev/provenance/v1`: how the file was built.
    SlsaProvenance,
}

impl PredicateType {
    /// The types, in the order in which their sidecar files are searched.
    pub const ALL: [Self; 2] = [Self::Publish, Self::SlsaProvenance];

    /// The type's URI in a statement.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Publish => "https://docs.pypi.org/attestations/publish/v1",
            Self::SlsaProvenance => "https://slsa.dev/provenance/v1",
        }
    }

    /// The suffix that the name of a sidecar file adds to the distribution's file name.
    pub fn sidecar_suffix(self) -> &'static str {
        match self {
            Self::Publish => ".publish.attestation",
            Self::SlsaProvenance => ".slsa.attestation",
        }
    }
}

impl Attestation {
    /// Parses the JSON text of one attestation object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when it is longer than [`MAX_ATTESTATION`] or not the object of the specification,
    /// [`ErrorKind::Version`], [`ErrorKind::PredicateType`], and [`ErrorKind::Subject`] unless the statement has
    /// exactly one subject with a name and a sha256.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        if json.len() > MAX_ATTESTATION {
            return Err(malformed(&format!("longer than {MAX_ATTESTATION} bytes")));
        }
        let object: Value =
            serde_json::from_slice(json).map_err(|error| malformed(&error.to_string()))?;
        let version = member(&object, "version")?;
        if version.as_u64() != Some(1) {
            return Err(Error::new(
                ErrorKind::Version,
                format!("the attestation has version {version}, expected 1"),
            ));
        }
        check_material(member(&object, "verification_material")?)?;
        let envelope = member(&object, "envelope")?;
        decode(envelope, "signature")?;
        let statement: Value = serde_json::from_slice(&decode(envelope, "statement")?)
            .map_err(|error| malformed(&format!("its statement is not JSON: {error}")))?;
        let predicate_type = predicate_type(&statement)?;
        let (subject_name, subject_sha256) = subject(&statement)?;
        Ok(Self {
            object,
            predicate_type,
            subject_name,
            subject_sha256,
        })
    }

    /// The kind of claim about the subject.
    pub fn predicate_type(&self) -> PredicateType {
        self.predicate_type
    }

    /// The file name in the statement.
    pub fn subject_name(&self) -> &str {
        &self.subject_name
    }

    /// Checks that the subject is the file with this sha256, in lower-case hex, and that `is_name` accepts the subject's
    /// name. PyPI compares parsed file names, so other spellings of a name match.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Name`] or [`ErrorKind::Digest`].
    pub fn check(&self, is_name: impl FnOnce(&str) -> bool, sha256: &str) -> Result<(), Error> {
        if !is_name(&self.subject_name) {
            return Err(Error::new(
                ErrorKind::Name,
                format!(
                    "the attestation is for {:?}, not for this file: attest this file",
                    self.subject_name
                ),
            ));
        }
        if self.subject_sha256 != sha256 {
            return Err(Error::new(
                ErrorKind::Digest,
                format!(
                    "the attestation is for content with sha256 {}, but this file has {sha256}: attest the file again after building it",
                    self.subject_sha256
                ),
            ));
        }
        Ok(())
    }

    pub(crate) fn object(&self) -> &Value {
        &self.object
    }
}

/// The longest attestation that is parsed, in bytes; real ones have 5,000 to 10,000.
pub const MAX_ATTESTATION: usize = 1024 * 1024;

fn check_material(material: &Value) -> Result<(), Error> {
    decode(material, "certificate")?;
    match member(material, "transparency_entries")?.as_array() {
        Some(entries) if entries.iter().any(Value::is_object) => Ok(()),
        _ => Err(malformed(
            "`transparency_entries` must be a list of at least one object",
        )),
    }
}

fn predicate_type(statement: &Value) -> Result<PredicateType, Error> {
    let statement_type = member(statement, "_type")?;
    if statement_type.as_str() != Some(STATEMENT) {
        return Err(malformed(&format!(
            "its statement has type {statement_type}, expected {STATEMENT:?}"
        )));
    }
    let uri = member(statement, "predicateType")?;
    PredicateType::ALL
        .into_iter()
        .find(|predicate| uri.as_str() == Some(predicate.uri()))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::PredicateType,
                format!(
                    "the attestation has predicate type {uri}, expected {:?} or {:?}",
                    PredicateType::Publish.uri(),
                    PredicateType::SlsaProvenance.uri()
                ),
            )
        })
}

const STATEMENT: &str = "https://in-toto.io/Statement/v1";

fn subject(statement: &Value) -> Result<(String, String), Error> {
    let subjects = member(statement, "subject")?
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let [subject] = subjects else {
        return Err(Error::new(
            ErrorKind::Subject,
            format!(
                "the attestation has {} subjects, expected exactly one: attest each file by itself",
                subjects.len()
            ),
        ));
    };
    let name = subject.get("name").and_then(Value::as_str);
    let sha256 = subject
        .get("digest")
        .and_then(|digest| digest.get("sha256"))
        .and_then(Value::as_str);
    match (name, sha256) {
        (Some(name), Some(sha256)) => Ok((name.to_owned(), sha256.to_owned())),
        _ => Err(Error::new(
            ErrorKind::Subject,
            "the attestation's subject needs a name and a sha256 digest",
        )),
    }
}

/// A member of a JSON object; a JSON list instead of an object is an error, as it is to PyPI.
fn member<'a>(value: &'a Value, key: &str) -> Result<&'a Value, Error> {
    let object: Option<&Map<String, Value>> = value.as_object();
    object
        .and_then(|object| object.get(key))
        .ok_or_else(|| malformed(&format!("`{key}` is missing")))
}

/// Standard base64; line breaks are allowed, because older tools wrote them.
fn decode(object: &Value, key: &str) -> Result<Vec<u8>, Error> {
    let text: String = member(object, key)?
        .as_str()
        .ok_or_else(|| malformed(&format!("`{key}` must be a string")))?
        .split(['\r', '\n'])
        .collect();
    STANDARD
        .decode(text)
        .map_err(|error| malformed(&format!("`{key}` is not valid base64: {error}")))
}

fn malformed(why: &str) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format!("not a PEP 740 attestation: {why}"),
    )
}
