//! Stored files.

use std::io::{self, Read as _};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zip::ZipArchive;

use super::digests::{Digests, sha256};
use crate::config::TrustedPublisher;
use crate::store::Blob;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct File {
    pub(crate) filename: String,
    pub(crate) is_sdist: bool,
    /// As in the form.
    pub(crate) python_version: String,
    pub(crate) size: u64,
    #[serde(flatten)]
    pub(crate) digests: Digests,
    pub(crate) uploaded: u64,
    /// The SHA-256 of a wheel's `METADATA`, which is served next to it (PEP 658).
    pub(crate) metadata_sha256: Option<String>,
    /// As in the form.
    #[serde(default)]
    pub(crate) comment: Option<String>,
    /// The PEP 740 provenance object.
    pub(crate) provenance: Option<Value>,
    /// The trusted publisher that uploaded it, if it was one.
    #[serde(default)]
    pub(crate) publisher: Option<TrustedPublisher>,
    /// The `User-Agent` of the upload.
    #[serde(default)]
    pub(crate) uploaded_with: Option<String>,
    /// Whether only its name, size and digests are known: it was seeded from a page.
    #[serde(default)]
    pub(crate) is_without_bytes: bool,
    #[serde(skip)]
    pub(crate) blob: Blob,
}

impl File {
    /// The bytes.
    ///
    /// An error if they cannot be read, or are not those that were uploaded: somebody else may write to the folder.
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        if self.is_without_bytes {
            return Err(io::ErrorKind::NotFound.into());
        }
        let bytes = self.blob.read()?;
        if matches!(self.blob, Blob::Memory(_)) {
            return Ok(bytes);
        }
        let found = (bytes.len() as u64, sha256(&bytes));
        if found == (self.size, self.digests.sha256.clone()) {
            return Ok(bytes);
        }
        let (size, sha256) = found;
        let message = format!("it has {size} bytes with the SHA-256 {sha256}");
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// The path below `/files/`. PyPI names the folders after the BLAKE2b-256, so that a link never leads to other bytes.
    pub(crate) fn path(&self) -> String {
        let digest = match self.digests.blake2b_256.as_str() {
            "" => &self.digests.sha256,
            blake2b_256 => blake2b_256,
        };
        let part = |range| digest.get(range).unwrap_or_default();
        format!(
            "{}/{}/{}/{}",
            part(0..2),
            part(2..4),
            part(4..64),
            self.filename
        )
    }
}

/// The largest `METADATA` that is served next to a wheel, in bytes.
const MAX_METADATA: u64 = 8 * 1024 * 1024;

/// The `METADATA` of a wheel, as in the archive (PEP 658).
pub(crate) fn core_metadata(filename: &str, blob: &Blob) -> Option<Vec<u8>> {
    let stem = filename.strip_suffix(".whl")?;
    let mut parts = stem.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    let mut archive = ZipArchive::new(blob.reader().ok()?).ok()?;
    let member = archive
        .by_name(&format!("{name}-{version}.dist-info/METADATA"))
        .ok()?;
    let mut text = Vec::new();
    member.take(MAX_METADATA + 1).read_to_end(&mut text).ok()?;
    (text.len() as u64 <= MAX_METADATA).then_some(text)
}

pub(crate) fn metadata_sha256(filename: &str, blob: &Blob) -> Option<String> {
    core_metadata(filename, blob).map(sha256)
}
