//! Files that are there without an upload.

use std::io::Cursor;

use bytes::Bytes;
use pypi_metadata::Distribution;

use crate::api::form::Digests;
use crate::api::upload::content;
use crate::error::{Cause, Error};
use crate::warehouse::{Blob, File, Release, State};

/// Stores a file as if its own metadata had been sent with it.
pub(crate) fn seed(state: &mut State, filename: &str, bytes: Bytes, now: u64) -> Result<(), Error> {
    try_seed(state, filename, bytes, now).map_err(|cause| Error::file(filename, cause))
}

fn try_seed(state: &mut State, filename: &str, bytes: Bytes, now: u64) -> Result<(), Cause> {
    let distribution = Distribution::read(filename, Cursor::new(&bytes))?;
    if state.file(filename).is_some() || state.is_deleted(filename) {
        return Err("a file with this name is stored, or was deleted".into());
    }
    let parsed = distribution.filename();
    let metadata = distribution.metadata().fields();
    let release = Release {
        version: parsed.version().clone(),
        created: now,
        metadata: metadata
            .map(|(field, value)| (field.form_key().to_owned(), value.to_owned()))
            .collect(),
        yanked: None,
        files: Vec::new(),
    };
    let name = parsed.name().clone();
    let digests = Digests::of(&bytes);
    let blob = state.storage.keep(&digests.sha256, &bytes)?;
    let file = File {
        filename: filename.to_owned(),
        is_sdist: parsed.kind().filetype() == "sdist",
        python_version: parsed.pyversion().to_owned(),
        size: bytes.len() as u64,
        md5: digests.md5,
        sha256: digests.sha256,
        blake2b_256: digests.blake2b_256,
        uploaded: now,
        metadata_sha256: content::metadata_sha256(filename, &bytes),
        provenance: None,
        blob: Blob::default(),
    };
    state.create_project(&name, None, now);
    state.add_file(name.normalized(), release, File { blob, ..file });
    Ok(())
}
