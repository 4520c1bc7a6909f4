//! The files that an index lists for a project.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use pypi_http::Clock;
use url::Url;

use crate::{
    files::{Files, Row},
    html,
    json::{self, Status},
};

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
    files: Arc<Files>,
    status: Status,
    age: Duration,
    page: Option<Url>,
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
    /// Parses a project page of the simple API, in JSON or HTML; `None` for anything else, also for HTML without files, or
    /// for a page of more than 250,000 files.
    ///
    /// The listing contains the page and some 60 bytes for each file.
    ///
    /// # Source
    ///
    /// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/)
    /// (PEP 503, 592, 691, 700, 740 and 792, read 2026-11-21).
    pub fn parse(page: &[u8]) -> Option<Self> {
        Self::read(page.to_vec())
    }

    /// [`parse`](Self::parse), which keeps the page instead of a copy.
    pub(crate) fn read(page: Vec<u8>) -> Option<Self> {
        let page = String::from_utf8(page).ok()?;
        let (files, status) = Files::read(page, json::read)
            .or_else(|page| {
                Files::read(page, |page, files| {
                    html::read(page, files).map(|()| Status::default())
                })
            })
            .ok()?;
        Some(Self {
            files: Arc::new(files),
            status,
            ..Self::default()
        })
    }

    /// Compares a file, by its name and its sha256 in lower-case hex.
    pub fn compare(&self, filename: &str, sha256: &str) -> Listed<'_> {
        let mut is_listed = false;
        let mut is_known = true;
        for file in self.files.named(filename) {
            is_listed = true;
            match file.sha256 {
                Some(other) if other != sha256 => return Listed::Different(other),
                Some(_) => {}
                None => is_known = false,
            }
        }
        match (is_listed, is_known) {
            (false, _) => Listed::Absent,
            (true, true) => Listed::Same,
            (true, false) => Listed::Unknown,
        }
    }

    /// The names of the files, in alphabetical order.
    pub fn filenames(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        let names = self.files.rows().map(|file| file.filename);
        names.filter(move |name| last.replace(*name) != Some(*name))
    }

    fn first(&self, filename: &str) -> Option<Row<'_>> {
        self.files.named(filename).next()
    }

    /// The URL of a file, if the page gives one; a relative one is resolved only for a page that a [`Lookup`] or a
    /// [`Verify`] has fetched.
    ///
    /// [`Lookup`]: crate::Lookup
    /// [`Verify`]: crate::Verify
    pub fn url(&self, filename: &str) -> Option<Url> {
        self.resolve(self.first(filename)?.url?)
    }

    /// The URL of the provenance object of a file (PEP 740), if the page gives one; resolved as [`url`](Self::url).
    /// A page that came over https gives none over http.
    pub fn provenance_url(&self, filename: &str) -> Option<Url> {
        let url = self.first(filename)?.provenance?;
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
        let sha256 = self.first(filename)?.sha256?;
        (self.compare(filename, sha256) == Listed::Same).then_some(sha256)
    }

    /// The number of bytes of a file, if the page gives it.
    pub fn size(&self, filename: &str) -> Option<u64> {
        self.first(filename)?.size
    }

    /// Why a file is yanked, which may be empty; `None` for one that is not yanked. Installers ignore a yanked file
    /// unless its exact version is asked for.
    pub fn yanked(&self, filename: &str) -> Option<&str> {
        self.files.named(filename).find_map(|file| file.yanked)
    }

    /// The status of the project, such as `archived` or `quarantined`; `None` for an active one.
    pub fn status(&self) -> Option<&str> {
        let status = self.status.status.as_deref();
        status.filter(|status| *status != "active")
    }

    /// Why the project has its status, if the index says so.
    pub fn status_reason(&self) -> Option<&str> {
        self.status.reason.as_deref()
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
