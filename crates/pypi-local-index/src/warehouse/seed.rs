//! Files that are stored without an upload.

use std::io::Cursor;

use bytes::Bytes;
use pypi_metadata::Distribution;

use super::State;
use super::digests::Digests;
use super::file::{File, metadata_sha256};
use super::project::Release;
use crate::error::{Cause, Error};
use crate::store::Blob;

impl State {
    /// Stores a file as if it had been uploaded with its own metadata.
    pub(crate) fn seed(&mut self, filename: &str, bytes: &Bytes, now: u64) -> Result<(), Error> {
        self.try_seed(filename, bytes, now)
            .map_err(|cause| Error::file(filename, cause))
    }

    fn try_seed(&mut self, filename: &str, bytes: &Bytes, now: u64) -> Result<(), Cause> {
        let distribution = Distribution::read(filename, Cursor::new(bytes))?;
        if self.file(filename).is_some() || self.is_deleted(filename) {
            return Err("a file with this name is stored, or was deleted".into());
        }
        let parsed = distribution.filename();
        let name = parsed.name();
        let metadata = distribution.metadata().fields();
        let metadata =
            metadata.map(|(field, value)| (field.form_key().to_owned(), value.to_owned()));
        let release = Release::new(parsed.version().clone(), now, metadata.collect());
        let digests = Digests::of(bytes);
        let blob = self.save(&digests, &Blob::Memory(bytes.clone()))?;
        let file = File {
            filename: filename.to_owned(),
            is_sdist: parsed.kind().filetype() == "sdist",
            python_version: parsed.pyversion().to_owned(),
            size: bytes.len() as u64,
            digests,
            uploaded: now,
            metadata_sha256: metadata_sha256(filename, &blob),
            comment: None,
            provenance: None,
            publisher: None,
            uploaded_with: None,
            is_without_bytes: false,
            blob,
        };
        self.create_project(name, None, now);
        self.add_file(name.normalized(), release, file);
        Ok(())
    }
}
