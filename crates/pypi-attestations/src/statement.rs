//! The statement that an attestation signs.

use serde_json::Value;

use crate::json::{self, list, member, text};
use crate::{Error, ErrorKind, PredicateType};

/// An in-toto statement about one distribution, as bytes: what is signed, and what was signed.
///
/// The bytes are never written anew, because a signature covers them.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{PredicateType, Statement};
///
/// let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/// let statement = Statement::publish("demo-1.0-py3-none-any.whl", sha256)?;
/// assert_eq!(statement.predicate_type(), PredicateType::Publish);
/// assert!(statement.pae().starts_with(b"DSSEv1 28 application/vnd.in-toto+json "));
/// assert_eq!(Statement::parse(statement.as_bytes())?, statement);
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// [in-toto Statement v1](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) and
/// [PyPI Publish attestation](https://docs.pypi.org/attestations/publish/v1) (read 2026-11-21).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    bytes: Vec<u8>,
    predicate_type: PredicateType,
    subject_name: String,
    subject_sha256: String,
}

impl Statement {
    /// The statement that a distribution was published: its file name, and its sha256 in lower-case hex.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Subject`] when `filename` is empty or `sha256` does not have 64 lower-case hex digits.
    pub fn publish(filename: &str, sha256: &str) -> Result<Self, Error> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if filename.is_empty() || sha256.len() != 64 || !sha256.bytes().all(is_hex) {
            return Err(subject_error());
        }
        let (name, predicate_type) = (Value::from(filename), PredicateType::Publish);
        let text = format!(
            r#"{{"_type":"{STATEMENT}","subject":[{{"name":{name},"digest":{{"sha256":"{sha256}"}}}}],"predicateType":"{}","predicate":null}}"#,
            predicate_type.uri()
        );
        Ok(Self {
            bytes: text.into_bytes(),
            predicate_type,
            subject_name: filename.to_owned(),
            subject_sha256: sha256.to_owned(),
        })
    }

    /// Reads a statement of any type that PyPI accepts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when it is not an in-toto statement of version 1, [`ErrorKind::PredicateType`], and
    /// [`ErrorKind::Subject`] unless it has exactly one subject with a name and a sha256.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        let statement: Value = json::parse(json)
            .map_err(|error| Error::malformed(format!("its statement is not JSON: {error}")))?;
        let statement_type = member(&statement, "_type").map_err(Error::malformed)?;
        if statement_type.as_str() != Some(STATEMENT) {
            return Err(Error::malformed(format!(
                "its statement has type {statement_type}, expected {STATEMENT:?}"
            )));
        }
        let predicate_type = predicate_type(&statement)?;
        let (name, sha256) = subject(&statement)?;
        Ok(Self {
            bytes: json.to_vec(),
            predicate_type,
            subject_name: name.to_owned(),
            subject_sha256: sha256.to_owned(),
        })
    }

    /// The JSON text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes that a signature covers: the pre-authentication encoding of DSSE v1.
    pub fn pae(&self) -> Vec<u8> {
        let (kind, length) = (PAYLOAD_TYPE, self.bytes.len());
        let mut pae = format!("DSSEv1 {} {kind} {length} ", kind.len()).into_bytes();
        pae.extend_from_slice(&self.bytes);
        pae
    }

    /// The kind of claim about the subject.
    pub fn predicate_type(&self) -> PredicateType {
        self.predicate_type
    }

    /// The file name of the subject, as it was spelled.
    pub fn subject_name(&self) -> &str {
        &self.subject_name
    }

    /// The sha256 of the subject, as it was spelled.
    pub fn subject_sha256(&self) -> &str {
        &self.subject_sha256
    }
}

/// The media type of a statement in a DSSE envelope.
pub(crate) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

const STATEMENT: &str = "https://in-toto.io/Statement/v1";

fn predicate_type(statement: &Value) -> Result<PredicateType, Error> {
    let uri = member(statement, "predicateType").map_err(Error::malformed)?;
    let mut types = PredicateType::ALL.into_iter();
    types
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

fn subject(statement: &Value) -> Result<(&str, &str), Error> {
    member(statement, "subject").map_err(Error::malformed)?;
    let subjects = list(statement, "subject").unwrap_or_default();
    let [subject] = subjects else {
        return Err(Error::new(
            ErrorKind::Subject,
            format!(
                "the attestation has {} subjects, expected exactly one: attest each file by itself",
                subjects.len()
            ),
        ));
    };
    let sha256 = member(subject, "digest").and_then(|digest| text(digest, "sha256"));
    match (text(subject, "name"), sha256) {
        (Ok(name), Ok(sha256)) if !name.is_empty() => Ok((name, sha256)),
        _ => Err(subject_error()),
    }
}

fn subject_error() -> Error {
    Error::new(
        ErrorKind::Subject,
        "the attestation's subject needs a name and a sha256 digest",
    )
}
