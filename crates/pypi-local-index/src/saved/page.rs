//! The page of a project in the simple API.

use pypi_metadata::ProjectName;
use serde::Deserialize;

use super::folder::{Entry, quoted};
use super::listing::{Array, Listing, Unchecked};
use crate::config::Status;
use crate::error::Error;

/// A project page in JSON (PEP 691), with sizes and times (PEP 700), which PyPI gives for every file.
#[derive(Deserialize)]
struct Page {
    meta: Meta,
    name: String,
    files: Array<PageFile>,
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

/// Adds the page of a project to a listing that has no files yet.
pub(super) fn read(entry: &Entry, listing: &mut Listing) -> Result<(), Error> {
    let page: Page = entry.json("it is not a page of the simple API in JSON", SAVE_AGAIN)?;
    let version = &page.meta.api_version;
    if !version.starts_with("1.") {
        let message = format!("its API version is {}, not 1.x", quoted(version));
        return Err(entry.wrong(message, SAVE_AGAIN));
    }
    let of_page = ProjectName::parse(&page.name).ok();
    let is_own = |found: &ProjectName| found.normalized() == listing.name.normalized();
    if !of_page.as_ref().is_some_and(is_own) {
        let message = format!("it is the page of {}", quoted(&page.name));
        return Err(entry.wrong(message, "name the folder after the project of the page"));
    }
    listing.name = of_page.unwrap_or_else(|| listing.name.clone());
    listing.status = status(page.status, entry)?;
    for file in page.files.0 {
        let file = file.unchecked().check(&listing.name, entry, SAVE_AGAIN)?;
        if listing.files.contains_key(&file.filename) {
            let message = format!("it lists {:?} twice", file.filename);
            return Err(entry.wrong(message, SAVE_AGAIN));
        }
        listing.add(file, entry)?;
    }
    listing.is_complete = true;
    Ok(())
}

fn status(status: Option<ProjectStatus>, entry: &Entry) -> Result<Status, Error> {
    let status = status.and_then(|status| status.status);
    match status.as_deref() {
        // Uploads to a deprecated project are accepted (PEP 792).
        None | Some("active" | "deprecated") => Ok(Status::Active),
        Some("archived") => Ok(Status::Archived),
        Some("quarantined") => Ok(Status::Quarantined),
        Some(other) => {
            let message = format!("the status {} of the project is unknown", quoted(other));
            Err(entry.wrong(message, SAVE_AGAIN))
        }
    }
}

impl PageFile {
    fn unchecked(self) -> Unchecked {
        Unchecked {
            filename: self.filename,
            size: self.size,
            sha256: self.hashes.sha256,
            uploaded: self.upload_time,
            yanked: match self.yanked {
                None | Some(Yanked::Is(false)) => None,
                Some(Yanked::Is(true)) => Some(String::new()),
                Some(Yanked::Because(reason)) => Some(reason),
            },
            requires_python: self.requires_python,
        }
    }
}
