//! The files that an index lists for a project.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The files that an index lists for one project, with their sha256 where it is given.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing(BTreeMap<String, Option<String>>);

/// How a file of ours compares with what an index lists.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Listed {
    /// Not listed. The page may be some minutes old, so this does not prove absence.
    Absent,
    /// Listed with another sha256.
    Different,
    /// Listed with the same sha256.
    Same,
    /// Listed without a sha256.
    Unknown,
}

impl Listing {
    /// Parses a project page of the simple API in JSON; `None` for anything else.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::{Listed, Listing};
    ///
    /// let page = br#"{"files": [{"filename": "demo-1.0.tar.gz", "hashes": {"sha256": "aa"}}]}"#;
    /// let listing = Listing::parse(page).expect("a project page");
    /// assert_eq!(listing.compare("demo-1.0.tar.gz", "aa"), Listed::Same);
    /// assert_eq!(listing.compare("demo-1.0.tar.gz", "bb"), Listed::Different);
    /// ```
    ///
    /// # Source
    ///
    /// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/)
    /// (PEP 691, read 2026-11-21).
    pub fn parse(json: &[u8]) -> Option<Self> {
        let page: Page = serde_json::from_slice(json).ok()?;
        Some(Self(
            page.files
                .into_iter()
                .map(|file| {
                    (
                        file.filename,
                        file.hashes.sha256.map(|hex| hex.to_ascii_lowercase()),
                    )
                })
                .collect(),
        ))
    }

    /// Compares a file, by its name and its sha256 in lower-case hex.
    pub fn compare(&self, filename: &str, sha256: &str) -> Listed {
        match self.0.get(filename) {
            None => Listed::Absent,
            Some(None) => Listed::Unknown,
            Some(Some(listed)) if listed == sha256 => Listed::Same,
            Some(Some(_)) => Listed::Different,
        }
    }
}

#[derive(Deserialize)]
struct Page {
    files: Vec<PageFile>,
}

#[derive(Deserialize)]
struct PageFile {
    filename: String,
    hashes: Hashes,
}

#[derive(Deserialize)]
struct Hashes {
    sha256: Option<String>,
}
