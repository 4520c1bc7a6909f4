//! The page of a project in the simple API.

use std::collections::BTreeSet;

use pypi_metadata::versioning::Timestamp;
use pypi_metadata::{Filename, ProjectName};
use serde::Deserialize;

use super::folder::Entry;
use super::{SavedFile, SavedProject};
use crate::config::Status;
use crate::error::Error;
use crate::warehouse::Digests;

/// A project page in JSON (PEP 691), with sizes and times (PEP 700), which PyPI gives for every file.
#[derive(Deserialize)]
pub(super) struct Page {
    meta: Meta,
    name: String,
    files: Vec<PageFile>,
    #[serde(rename = "project-status")]
    status: Option<ProjectStatus>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "api-version")]
    api_version: String,
}

#[derive(Deserialize)]
struct ProjectStatus {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct PageFile {
    filename: String,
    hashes: Hashes,
    size: Option<u64>,
    upload_time: Option<String>,
    yanked: Option<Yanked>,
    requires_python: Option<String>,
}

#[derive(Deserialize)]
struct Hashes {
    sha256: Option<String>,
}

/// A boolean, or the reason.
#[derive(Deserialize)]
#[serde(untagged)]
enum Yanked {
    Is(bool),
    Because(String),
}

const SAVE_AGAIN: &str =
    "save the page again, with the header Accept: application/vnd.pypi.simple.v1+json";

impl Page {
    /// Reads the page of the project `name`.
    pub(super) fn read(
        entry: &Entry,
        name: &ProjectName,
        rest: &mut usize,
    ) -> Result<SavedProject, Error> {
        let page: Self = serde_json::from_str(&entry.text()?).map_err(|error| {
            let message = "it is not a page of the simple API in JSON";
            Error::seed(&entry.path, message, SAVE_AGAIN, Some(error.into()))
        })?;
        let version = &page.meta.api_version;
        if !version.starts_with("1.") {
            let message = format!("its API version is {version:?}, not 1.x");
            return Err(entry.wrong(message, SAVE_AGAIN));
        }
        let of_page = ProjectName::parse(&page.name).ok();
        let Some(spelled) = of_page.filter(|found| found.normalized() == name.normalized()) else {
            let message = format!("it is the page of {:?}", page.name);
            return Err(entry.wrong(message, "name the folder after the project of the page"));
        };
        *rest = rest.checked_sub(page.files.len()).ok_or_else(|| {
            let message = format!("the pages list more than {} files", super::MAX_FILES);
            let help = "save only the projects that the rehearsal is about";
            entry.wrong(message, help)
        })?;
        let mut project = SavedProject {
            name: spelled,
            status: page.status(entry)?,
            files: Vec::new(),
            other_bytes: 0,
        };
        let mut names = BTreeSet::new();
        for file in page.files {
            if !names.insert(file.filename.clone()) {
                let message = format!("it lists {:?} twice", file.filename);
                return Err(entry.wrong(message, SAVE_AGAIN));
            }
            file.add_to(&mut project, entry)?;
        }
        Ok(project)
    }

    fn status(&self, entry: &Entry) -> Result<Status, Error> {
        let status = self.status.as_ref();
        match status.and_then(|status| status.status.as_deref()) {
            // Uploads to a deprecated project are accepted (PEP 792).
            None | Some("active" | "deprecated") => Ok(Status::Active),
            Some("archived") => Ok(Status::Archived),
            Some("quarantined") => Ok(Status::Quarantined),
            Some(other) => {
                let message = format!("the status {other:?} of the project is unknown");
                Err(entry.wrong(message, SAVE_AGAIN))
            }
        }
    }
}

impl PageFile {
    fn add_to(self, project: &mut SavedProject, entry: &Entry) -> Result<(), Error> {
        let name = &self.filename;
        let wrong = |what: &str| entry.wrong(format!("the file {name:?} {what}"), SAVE_AGAIN);
        let is_path = name.contains(['/', '\\']) || name.starts_with('.') || name.is_empty();
        if is_path || name.chars().any(char::is_control) {
            return Err(wrong("has a name that no index gives a file"));
        }
        let size = self.size.ok_or_else(|| wrong("has no size"))?;
        let sha256 = self.hashes.sha256.unwrap_or_default().to_ascii_lowercase();
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong("has no valid SHA-256"));
        }
        let uploaded = self.upload_time.as_deref().and_then(seconds);
        let uploaded = uploaded.ok_or_else(|| wrong("has no valid upload-time"))?;
        let Ok(filename) = Filename::parse(name) else {
            project.other_bytes = project.other_bytes.saturating_add(size);
            return Ok(());
        };
        project.files.push(SavedFile {
            filename,
            size,
            digests: Digests {
                md5: String::new(),
                sha256,
                blake2b_256: String::new(),
            },
            uploaded,
            yanked: match self.yanked {
                None | Some(Yanked::Is(false)) => None,
                Some(Yanked::Is(true)) => Some(String::new()),
                Some(Yanked::Because(reason)) => Some(reason),
            },
            requires_python: self.requires_python.filter(|text| !text.is_empty()),
            comment: None,
            blob: None,
        });
        Ok(())
    }
}

/// The seconds since 1970 of a time that may have a fraction.
fn seconds(time: &str) -> Option<u64> {
    let whole = match time.split_once('.') {
        None => time.to_owned(),
        Some((whole, fraction)) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{whole}{offset}")
        }
    };
    Some(Timestamp::parse(&whole).ok()?.unix_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_have_a_fraction() {
        assert_eq!(seconds("2025-10-09T08:53:20.678901Z"), Some(1_760_000_000));
        assert_eq!(seconds("2025-10-09T08:53:20Z"), Some(1_760_000_000));
        for invalid in ["", "2025-10-09", "yesterday", "2025-10-09T08:53:20."] {
            assert_eq!(seconds(invalid), None, "{invalid}");
        }
    }
}
