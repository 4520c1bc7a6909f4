//! Saved projects as part of the state of an index.

use std::collections::BTreeMap;

use pypi_metadata::{Distribution, ProjectName, Version};

use super::SavedProject;
use super::filename::Kind;
use super::listing::Listed;
use crate::config::Status;
use crate::error::{Cause, Error};
use crate::store::Blob;
use crate::warehouse::{File, Release, State, metadata_sha256};

impl SavedProject {
    /// Adds the project with its releases and files, as they were uploaded.
    pub(crate) fn add_to(self, state: &mut State, now: u64) -> Result<(), Error> {
        let listing = self.0;
        let normalized = listing.name.normalized().to_owned();
        let created = listing.files.values().map(|file| file.uploaded).min();
        state.create_project(&listing.name, None, created.unwrap_or(now));
        let mut releases: BTreeMap<Version, Vec<Listed>> = BTreeMap::new();
        for version in listing.releases {
            releases.insert(version, Vec::new());
        }
        let mut other_bytes = 0_u64;
        for file in listing.files.into_values() {
            match file.version.clone() {
                Some(version) => releases.entry(version).or_default().push(file),
                None => other_bytes = other_bytes.saturating_add(file.size),
            }
        }
        let mut releases: Vec<(Version, Vec<Listed>)> = releases.into_iter().collect();
        for (_, files) in &mut releases {
            files.sort_by_key(|file| file.uploaded);
        }
        releases.sort_by_key(|(_, files)| files.first().map(|file| file.uploaded));
        for (version, files) in releases {
            let mut release = release(&listing.name, version, &files, now);
            for file in files {
                if file.kind == Kind::Other {
                    // No upload can have such a name: only the size and the time count.
                    other_bytes = other_bytes.saturating_add(file.size);
                    continue;
                }
                let filename = file.filename.clone();
                let stored = file.into_stored(state);
                let stored = stored.map_err(|cause| Error::file(&filename, cause))?;
                release.files.push(stored);
            }
            state.add_release(&normalized, release);
        }
        if let Some(project) = state.project_mut(&normalized) {
            project.reserved_bytes = other_bytes;
            project.members.extend(listing.members);
        }
        if listing.status != Status::Active {
            state.set_status(&normalized, listing.status, now);
        }
        Ok(())
    }
}

/// The release of files, the oldest of which is first. On PyPI a release is yanked as a whole. The creation of a release
/// without files is not known; it counts as new.
fn release(project: &ProjectName, version: Version, files: &[Listed], now: u64) -> Release {
    let metadata = files.iter().find_map(Listed::metadata);
    let metadata = metadata.unwrap_or_else(|| {
        let python = files.iter().find_map(|file| file.requires_python.clone());
        let fields = [
            ("name", Some(project.as_str().to_owned())),
            ("version", Some(version.to_string())),
            ("requires_python", python),
        ];
        let known = fields.into_iter();
        known
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect()
    });
    let created = files.first().map_or(now, |file| file.uploaded);
    Release {
        yanked: files.iter().find_map(|file| file.yanked.clone()),
        ..Release::new(version, created, metadata)
    }
}

impl Listed {
    /// The core metadata by form key, if the bytes are saved and are a valid distribution.
    fn metadata(&self) -> Option<Vec<(String, String)>> {
        let reader = self.blob.as_ref()?.reader().ok()?;
        let distribution = Distribution::read(&self.filename, reader).ok()?;
        let fields = distribution.metadata().fields();
        let fields = fields.map(|(field, value)| (field.form_key().to_owned(), value.to_owned()));
        Some(fields.collect())
    }

    fn into_stored(self, state: &State) -> Result<File, Cause> {
        if state.has_file(&self.filename) {
            return Err("the pages of two projects list a file with this name".into());
        }
        let is_without_bytes = self.blob.is_none();
        let blob = match self.blob {
            Some(blob) => state.adopt(&self.digests, blob)?,
            None => Blob::default(),
        };
        Ok(File {
            is_sdist: self.kind == Kind::Sdist,
            python_version: self.python_version,
            size: self.size,
            digests: self.digests,
            uploaded: self.uploaded,
            metadata_sha256: metadata_sha256(&self.filename, &blob),
            comment: self.comment,
            provenance: None,
            publisher: None,
            uploaded_with: None,
            is_without_bytes,
            blob,
            filename: self.filename,
        })
    }
}
