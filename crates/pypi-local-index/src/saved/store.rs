//! Saved projects as part of the state of an index.

use std::collections::BTreeMap;

use pypi_metadata::{Distribution, Version};

use super::{SavedFile, SavedProject};
use crate::config::Status;
use crate::error::{Cause, Error};
use crate::store::Blob;
use crate::warehouse::{File, Release, State, metadata_sha256};

impl SavedProject {
    /// Adds the project with its releases and files, as they were uploaded.
    pub(crate) fn add_to(self, state: &mut State, now: u64) -> Result<(), Error> {
        let normalized = self.name.normalized().to_owned();
        let created = self.files.iter().map(|file| file.uploaded).min();
        state.create_project(&self.name, None, created.unwrap_or(now));
        if let Some(project) = state.project_mut(&normalized) {
            project.reserved_bytes = self.other_bytes;
        }
        let mut releases: BTreeMap<Version, Vec<SavedFile>> = BTreeMap::new();
        for file in self.files {
            let version = file.filename.version().clone();
            releases.entry(version).or_default().push(file);
        }
        let mut releases: Vec<(Version, Vec<SavedFile>)> = releases.into_iter().collect();
        for (_, files) in &mut releases {
            files.sort_by_key(|file| file.uploaded);
        }
        releases.sort_by_key(|(_, files)| files.first().map(|file| file.uploaded));
        for (version, files) in releases {
            let mut release = release(version, &files);
            for file in files {
                let filename = file.filename.as_str().to_owned();
                let stored = file.into_stored(state);
                let stored = stored.map_err(|cause| Error::file(&filename, cause))?;
                release.files.push(stored);
            }
            state.add_release(&normalized, release);
        }
        if self.status != Status::Active {
            state.set_status(&normalized, self.status, now);
        }
        Ok(())
    }
}

/// The release of files, the oldest of which is first. On PyPI a release is yanked as a whole.
fn release(version: Version, files: &[SavedFile]) -> Release {
    let oldest = files.first();
    let metadata = files.iter().find_map(SavedFile::metadata);
    let metadata = metadata.unwrap_or_else(|| {
        let name = oldest.map(|file| file.filename.name().as_str().to_owned());
        let python = files.iter().find_map(|file| file.requires_python.clone());
        let fields = [
            ("name", name),
            ("version", Some(version.to_string())),
            ("requires_python", python),
        ];
        let known = fields.into_iter();
        known
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect()
    });
    Release {
        yanked: files.iter().find_map(|file| file.yanked.clone()),
        ..Release::new(version, oldest.map_or(0, |file| file.uploaded), metadata)
    }
}

impl SavedFile {
    /// The core metadata by form key, if the bytes are saved and are a valid distribution.
    fn metadata(&self) -> Option<Vec<(String, String)>> {
        let reader = self.blob.as_ref()?.reader().ok()?;
        let distribution = Distribution::read(self.filename.as_str(), reader).ok()?;
        let fields = distribution.metadata().fields();
        let fields = fields.map(|(field, value)| (field.form_key().to_owned(), value.to_owned()));
        Some(fields.collect())
    }

    fn into_stored(self, state: &State) -> Result<File, Cause> {
        let filename = self.filename.as_str().to_owned();
        if state.has_file(&filename) {
            return Err("the pages of two projects list a file with this name".into());
        }
        let is_without_bytes = self.blob.is_none();
        let blob = match self.blob {
            Some(blob) => state.adopt(&self.digests, blob)?,
            None => Blob::default(),
        };
        Ok(File {
            is_sdist: self.filename.kind().filetype() == "sdist",
            python_version: self.filename.pyversion().to_owned(),
            size: self.size,
            digests: self.digests,
            uploaded: self.uploaded,
            metadata_sha256: metadata_sha256(&filename, &blob),
            comment: self.comment,
            provenance: None,
            publisher: None,
            uploaded_with: None,
            is_without_bytes,
            blob,
            filename,
        })
    }
}
