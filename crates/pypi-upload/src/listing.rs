//! The files that an index lists for a project.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use pypi_http::Clock;
use serde::Deserialize;
use url::Url;

use crate::html;

/// The files that an index lists for one project, with their sha256 where it is given.
///
/// # Examples
///
/// ```
/// use pypi_upload::{Listed, Listing};
///
/// let page = br#"{"files": [{"filename": "demo-1.0.tar.gz", "hashes": {"sha256": "aa"}}]}"#;
/// let listing = Listing::parse(page).expect("a project page");
/// assert_eq!(listing.compare("demo-1.0.tar.gz", "aa"), Listed::Same);
/// assert_eq!(listing.compare("demo-1.0.tar.gz", "bb"), Listed::Different("aa"));
/// assert_eq!(listing.compare("demo-1.1.tar.gz", "bb"), Listed::Absent);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing {
    files: BTreeMap<String, Vec<ListedFile>>,
    status: Option<String>,
    reason: Option<String>,
    age: Duration,
    page: Option<Url>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct ListedFile {
    sha256: Option<String>,
    size: Option<u64>,
    url: Option<String>,
    provenance: Option<String>,
    /// The reason, which may be empty, if it is yanked.
    yanked: Option<String>,
}

/// How a file of ours compares with what an index lists.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Listed<'a> {
    /// Not listed. The page may be some minutes old, so this does not prove absence.
    Absent,
    /// Listed with this other sha256; also when it is listed twice, with ours and with another one.
    Different(&'a str),
    /// Listed with the same sha256.
    Same,
    /// Listed without a sha256.
    Unknown,
}

impl Listing {
    /// Parses a project page of the simple API, in JSON or HTML; `None` for anything else, also for HTML without files.
    ///
    /// # Source
    ///
    /// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/)
    /// (PEP 503, 592, 691, 700, 740 and 792, read 2026-11-21).
    pub fn parse(page: &[u8]) -> Option<Self> {
        match serde_json::from_slice(page) {
            Ok(page) => Some(Self::of_json(page)),
            Err(_) => Some(Self::of_html(html::files(std::str::from_utf8(page).ok()?)?)),
        }
    }

    fn of_json(page: Page) -> Self {
        let files = page.files.into_iter().map(|file| {
            let listed = ListedFile {
                sha256: file.hashes.sha256.map(|hex| hex.to_ascii_lowercase()),
                size: file.size,
                url: file.url,
                provenance: file.provenance,
                yanked: match file.yanked {
                    None | Some(Yanked::Is(false)) => None,
                    Some(Yanked::Is(true)) => Some(String::new()),
                    Some(Yanked::Because(reason)) => Some(reason),
                },
            };
            (file.filename, listed)
        });
        let status = page.project_status.unwrap_or_default();
        Self {
            files: by_name(files),
            status: status.status,
            reason: status.reason,
            ..Self::default()
        }
    }

    fn of_html(anchors: Vec<html::Anchor>) -> Self {
        let files = anchors.into_iter().map(|anchor| {
            let listed = ListedFile {
                sha256: anchor.sha256.map(|hex| hex.to_ascii_lowercase()),
                size: None,
                url: Some(anchor.url),
                provenance: anchor.provenance,
                yanked: anchor.yanked,
            };
            (anchor.filename, listed)
        });
        Self {
            files: by_name(files),
            ..Self::default()
        }
    }

    /// Compares a file, by its name and its sha256 in lower-case hex.
    pub fn compare(&self, filename: &str, sha256: &str) -> Listed<'_> {
        let Some(listed) = self.files.get(filename) else {
            return Listed::Absent;
        };
        let mut known = listed.iter().filter_map(|file| file.sha256.as_ref());
        match known.find(|listed| *listed != sha256) {
            Some(other) => Listed::Different(other),
            None if listed.iter().all(|file| file.sha256.is_some()) => Listed::Same,
            None => Listed::Unknown,
        }
    }

    /// The names of the files, in alphabetical order.
    pub fn filenames(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The URL of a file, if the page gives one; a relative one is resolved only for a page that a [`Lookup`] or a
    /// [`Verify`] has fetched.
    ///
    /// [`Lookup`]: crate::Lookup
    /// [`Verify`]: crate::Verify
    pub fn url(&self, filename: &str) -> Option<Url> {
        self.resolve(self.files.get(filename)?.first()?.url.as_deref()?)
    }

    /// The URL of the provenance object of a file (PEP 740), if the page gives one; resolved as [`url`](Self::url).
    /// A page that came over https gives none over http.
    pub fn provenance_url(&self, filename: &str) -> Option<Url> {
        let url = self.files.get(filename)?.first()?.provenance.as_deref()?;
        let is_safe = |url: &Url| match url.scheme() {
            "https" => true,
            "http" => self
                .page
                .as_ref()
                .is_none_or(|page| page.scheme() == "http"),
            _ => false,
        };
        self.resolve(url).filter(is_safe)
    }

    fn resolve(&self, url: &str) -> Option<Url> {
        match &self.page {
            Some(page) => page.join(url).ok(),
            None => url.parse().ok(),
        }
    }

    /// The sha256 of a file in lower-case hex, if the page gives one and no other.
    pub fn sha256(&self, filename: &str) -> Option<&str> {
        let sha256 = self.files.get(filename)?.first()?.sha256.as_deref()?;
        (self.compare(filename, sha256) == Listed::Same).then_some(sha256)
    }

    /// The number of bytes of a file, if the page gives it.
    pub fn size(&self, filename: &str) -> Option<u64> {
        self.files.get(filename)?.first()?.size
    }

    /// Why a file is yanked, which may be empty; `None` for one that is not yanked. Installers ignore a yanked file
    /// unless its exact version is asked for.
    pub fn yanked(&self, filename: &str) -> Option<&str> {
        let mut files = self.files.get(filename)?.iter();
        files.find_map(|file| file.yanked.as_deref())
    }

    /// The status of the project, such as `archived` or `quarantined`; `None` for an active one.
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref().filter(|status| *status != "active")
    }

    /// Why the project has its status, if the index says so.
    pub fn status_reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// How old the page was when a cache served it; zero when it came from the index itself.
    pub fn age(&self) -> Duration {
        self.age
    }

    /// Whether the page was made after `time`: only then does it prove that a file is absent which was sent before.
    pub fn is_newer_than(&self, time: SystemTime, clock: &Clock) -> bool {
        let since = clock.now().duration_since(time).unwrap_or_default();
        self.age.is_zero() || self.age < since
    }

    pub(crate) fn fetched(self, page: &Url, age: Duration) -> Self {
        Self {
            age,
            page: Some(page.clone()),
            ..self
        }
    }
}

fn by_name(files: impl Iterator<Item = (String, ListedFile)>) -> BTreeMap<String, Vec<ListedFile>> {
    let mut by_name: BTreeMap<String, Vec<ListedFile>> = BTreeMap::new();
    for (filename, listed) in files {
        by_name.entry(filename).or_default().push(listed);
    }
    by_name
}

#[derive(Deserialize)]
struct Page {
    files: Vec<PageFile>,
    #[serde(rename = "project-status")]
    project_status: Option<ProjectStatus>,
}

#[derive(Deserialize)]
struct PageFile {
    filename: String,
    url: Option<String>,
    provenance: Option<String>,
    hashes: Hashes,
    size: Option<u64>,
    yanked: Option<Yanked>,
}

/// A boolean, or the reason (PEP 691).
#[derive(Deserialize)]
#[serde(untagged)]
enum Yanked {
    Is(bool),
    Because(String),
}

#[derive(Deserialize)]
struct Hashes {
    sha256: Option<String>,
}

#[derive(Default, Deserialize)]
struct ProjectStatus {
    status: Option<String>,
    reason: Option<String>,
}
