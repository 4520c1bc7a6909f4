//! The document of a project in the JSON API: its spelling of the name, and the digests that the simple API lacks.

use std::collections::BTreeMap;

use pypi_metadata::ProjectName;
use serde::Deserialize;

use super::SavedProject;
use super::folder::Entry;
use crate::error::Error;

pub(super) struct Document {
    name: ProjectName,
    /// By file name.
    files: BTreeMap<String, DocumentFile>,
}

#[derive(Deserialize)]
struct Text {
    info: Info,
    releases: BTreeMap<String, Vec<DocumentFile>>,
}

#[derive(Deserialize)]
struct Info {
    name: String,
}

#[derive(Deserialize)]
struct DocumentFile {
    filename: String,
    digests: DocumentDigests,
    comment_text: Option<String>,
}

#[derive(Deserialize)]
struct DocumentDigests {
    #[serde(default)]
    md5: String,
    sha256: String,
    #[serde(default)]
    blake2b_256: String,
}

const SAVE_AGAIN: &str = "save /pypi/NAME/json of the index again, or remove the file";

impl Document {
    /// Reads the document of the project `name`.
    pub(super) fn read(entry: &Entry, name: &ProjectName) -> Result<Self, Error> {
        let text: Text = serde_json::from_str(&entry.text()?).map_err(|error| {
            let message = "it is not a document of the JSON API";
            Error::seed(&entry.path, message, SAVE_AGAIN, Some(error.into()))
        })?;
        let of_document = ProjectName::parse(&text.info.name).ok();
        let Some(spelled) = of_document.filter(|found| found.normalized() == name.normalized())
        else {
            let message = format!("it is the document of {:?}", text.info.name);
            return Err(entry.wrong(message, SAVE_AGAIN));
        };
        let files = text.releases.into_values().flatten();
        Ok(Self {
            name: spelled,
            files: files.map(|file| (file.filename.clone(), file)).collect(),
        })
    }

    /// Adds what the page of the project does not say. A file that has changed since keeps what its page says.
    pub(super) fn complete(mut self, project: &mut SavedProject) {
        project.name = self.name;
        for file in &mut project.files {
            let Some(known) = self.files.remove(file.filename.as_str()) else {
                continue;
            };
            let DocumentDigests {
                md5,
                sha256,
                blake2b_256,
            } = known.digests;
            if sha256 == file.digests.sha256 && is_hex(&md5, 32) && is_hex(&blake2b_256, 64) {
                (file.digests.md5, file.digests.blake2b_256) = (md5, blake2b_256);
                file.comment = known.comment_text.filter(|comment| !comment.is_empty());
            }
        }
    }
}

fn is_hex(digest: &str, digits: usize) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digest.len() == digits && digest.bytes().all(is_digit)
}
