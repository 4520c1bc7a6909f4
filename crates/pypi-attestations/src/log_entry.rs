//! Transparency log entries, read as strictly as PyPI reads them.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::json::{bytes, list, member, text};
use crate::{Error, ErrorKind};

/// A transparency log entry of an attestation: where and when the log recorded the signature.
///
/// Reading it verifies nothing.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use pypi_attestations::Attestation;
/// # let json = include_bytes!("../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
///
/// let entry = Attestation::parse(json)?.log_entry()?;
/// assert_eq!(entry.log_index(), 149_945_774);
/// assert_eq!(entry.integrated_time(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_732_037_820));
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// `TransparencyLogEntry` of [protobuf-specs](https://github.com/sigstore/protobuf-specs), as JSON; how PyPI reads it:
/// sigstore-models of sigstore-python 4.5.1.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LogEntry {
    log_index: u64,
    integrated_time: u64,
}

impl LogEntry {
    /// The position over all shards of the log; search.sigstore.dev shows the entry by it.
    pub fn log_index(&self) -> u64 {
        self.log_index
    }

    /// When the log added the entry, in whole seconds.
    pub fn integrated_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.integrated_time)
    }
}

/// Reads an entry.
///
/// As PyPI does, this reads numbers only as strings and rejects unknown members. Everything that PyPI verifies must be
/// present: Rekor v1 with proof, checkpoint, promise and time.
pub(crate) fn read(entry: &Value) -> Result<LogEntry, Error> {
    let error = |why| {
        Error::new(
            ErrorKind::Entry,
            format!("PyPI cannot read the transparency log entry: {why}"),
        )
    };
    members(entry).map_err(error)
}

fn members(entry: &Value) -> Result<LogEntry, String> {
    only(
        entry,
        &[
            "canonicalizedBody",
            "inclusionPromise",
            "inclusionProof",
            "integratedTime",
            "kindVersion",
            "logId",
            "logIndex",
        ],
    )?;
    let kind = member(entry, "kindVersion")?;
    only(kind, &["kind", "version"])?;
    let (name, version) = (text(kind, "kind")?, text(kind, "version")?);
    if (name, version) != ("dsse", "0.0.1") {
        return Err(format!(
            "it has kind {name:?} {version:?}, expected \"dsse\" \"0.0.1\""
        ));
    }
    let log = member(entry, "logId")?;
    only(log, &["keyId"])?;
    digest(text(log, "keyId")?, "keyId")?;
    let promise = member(entry, "inclusionPromise")?;
    only(promise, &["signedEntryTimestamp"])?;
    bytes(promise, "signedEntryTimestamp")?;
    proof(member(entry, "inclusionProof")?)?;
    bytes(entry, "canonicalizedBody")?;
    Ok(LogEntry {
        log_index: number(entry, "logIndex", i64::MAX.unsigned_abs())?,
        integrated_time: number(entry, "integratedTime", LAST_SECOND)?,
    })
}

/// The last second of the year 9999: what every calendar can show.
const LAST_SECOND: u64 = 253_402_300_799;

fn proof(proof: &Value) -> Result<(), String> {
    only(
        proof,
        &["checkpoint", "hashes", "logIndex", "rootHash", "treeSize"],
    )?;
    let checkpoint = member(proof, "checkpoint")?;
    only(checkpoint, &["envelope"])?;
    if text(checkpoint, "envelope")?.is_empty() {
        return Err("`checkpoint` is empty".to_owned());
    }
    digest(text(proof, "rootHash")?, "rootHash")?;
    for hash in list(proof, "hashes")? {
        digest(hash.as_str().unwrap_or_default(), "hashes")?;
    }
    let most = i64::MAX.unsigned_abs();
    let (index, size) = (
        number(proof, "logIndex", most)?,
        number(proof, "treeSize", most)?,
    );
    if index >= size {
        return Err(format!("`logIndex` {index} is not below `treeSize` {size}"));
    }
    Ok(())
}

/// Checks that `text` is a sha256 in base64. `sigstore-verify` also reads hex, and the verifier of PyPI does not.
fn digest(text: &str, key: &str) -> Result<(), String> {
    let bytes = STANDARD.decode(text).ok();
    bytes
        .filter(|bytes| bytes.len() == 32)
        .map(|_| ())
        .ok_or_else(|| format!("`{key}` has {text:?}, expected a sha256 in base64"))
}

/// Rejects members other than `known`.
fn only(object: &Value, known: &[&str]) -> Result<(), String> {
    let members = object.as_object().ok_or("a member must be an object")?;
    let mut unknown = members.keys().filter(|key| !known.contains(&key.as_str()));
    match unknown.next() {
        Some(key) => Err(format!("unknown member {key:?}")),
        None => Ok(()),
    }
}

/// A decimal number in a string.
fn number(object: &Value, key: &str, most: u64) -> Result<u64, String> {
    let text = text(object, key)?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<u64> = text.parse().ok().filter(|number| *number <= most);
    number
        .filter(|_| digits)
        .ok_or_else(|| format!("`{key}` is {text:?}, expected a number from 0 to {most}"))
}
