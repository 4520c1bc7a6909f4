//! How uploads are stored.

use bytes::Bytes;
use pypi_metadata::{Field, Filename};

use super::{Accepted, judge};
use crate::api::form::{FilePart, Form};
use crate::store::Blob;
use crate::warehouse::{Digests, File, Release, State, metadata_sha256};

/// The file of a part, whose bytes are not stored yet.
pub(super) fn file(part: &FilePart, is_sdist: bool, python_version: &str, now: u64) -> File {
    File {
        filename: part.filename.clone(),
        is_sdist,
        python_version: python_version.to_owned(),
        size: part.size,
        digests: part.digests.clone(),
        uploaded: now,
        metadata_sha256: metadata_sha256(&part.filename, &part.blob),
        comment: None,
        provenance: None,
        publisher: None,
        uploaded_with: None,
        is_without_bytes: false,
        blob: Blob::default(),
    }
}

/// Stores an upload that passed every check.
pub(super) fn store(state: &mut State, accepted: Accepted<'_>, blob: Blob) {
    let Accepted {
        meta,
        file,
        owner,
        emails,
        ..
    } = accepted;
    let (normalized, now) = (meta.name.normalized().to_owned(), file.uploaded);
    if state.project(&normalized).is_none() {
        state.record_creation(owner.as_deref(), now);
        state.create_project(&meta.name, owner.as_deref(), now);
    }
    if let Some(project) = state.project_mut(&normalized) {
        project.name = meta.name;
    }
    let release = Release::new(meta.version, now, meta.fields);
    state.add_file(&normalized, release, File { blob, ..file });
    for subject in emails {
        state.email_members(&normalized, &subject);
    }
}

/// Stores a file as an index other than Warehouse does, by its name and the text fields of the form.
pub(super) fn store_plain(state: &mut State, form: &Form, filename: &Filename, file: File) {
    let fields = form
        .texts()
        .filter(|(key, _)| Field::from_form_key(key).is_some())
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let now = file.uploaded;
    let release = Release::new(filename.version().clone(), now, fields.collect());
    state.create_project(filename.name(), None, now);
    state.add_file(filename.name().normalized(), release, file);
}

/// Stores the file of a form as somebody else's, with other bytes if some are given.
pub(crate) fn rival(state: &mut State, form: &Form, bytes: Option<Bytes>, now: u64) {
    let (Some(part), Ok(meta)) = (form.content(), judge::meta(&judge::form(form))) else {
        return;
    };
    let mut file = file(part, meta.is_sdist, &meta.python_version, now);
    if let Some(bytes) = &bytes {
        file.size = bytes.len() as u64;
        file.digests = Digests::of(bytes);
        file.metadata_sha256 = None;
    }
    let blob = bytes.map(Blob::Memory);
    let Ok(blob) = state.save(&file.digests, blob.as_ref().unwrap_or(&part.blob)) else {
        return;
    };
    let release = Release::new(meta.version, now, meta.fields);
    state.create_project(&meta.name, None, now);
    state.add_file(meta.name.normalized(), release, File { blob, ..file });
}
