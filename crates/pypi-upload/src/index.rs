//! The URLs of an index. The only module that names PyPI's public hosts.

use url::Url;

use crate::{
    Profile,
    profile::{OTHER, PYPI, TEST_PYPI},
};

/// An index: the URL that accepts uploads, the simple API that lists files, and what is known about its kind.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Index {
    profile: &'static Profile,
    upload_url: Url,
    simple_url: Option<Url>,
}

/// Why a text is not the URL of an index.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// The URL contains a user name or a password.
    #[error("the index URL contains credentials: pass user and password separately")]
    Credentials,
    /// The text is not a URL.
    #[error("the index is not a URL: expected one like https://index.example/legacy/")]
    NotAUrl(#[source] url::ParseError),
    /// No profile has this name, or it belongs to another URL.
    #[error("the profile {0:?} is unknown, or not that of this URL: expected one of {names}", names = names())]
    Profile(String),
    /// The URL is neither http nor https with a host.
    #[error(
        "the index URL is neither http nor https: expected one like https://index.example/legacy/"
    )]
    Scheme,
}

impl Index {
    /// PyPI.
    pub fn pypi() -> Self {
        Self::known(&PYPI, PYPI_URLS)
    }

    /// TestPyPI.
    pub fn test_pypi() -> Self {
        Self::known(&TEST_PYPI, TEST_PYPI_URLS)
    }

    /// Another index, by the URL that accepts uploads.
    ///
    /// Where the URL says which kind of index it is, that is its [`profile`](Self::profile), and the simple API follows from
    /// it. For a GitLab, an Artifactory and the hosted ones it does; for others see [`named`](Self::named).
    ///
    /// # Errors
    ///
    /// [`IndexError`] when it is not an http or https URL, or contains credentials, which would end up in logs.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::{Index, IndexError};
    ///
    /// let index = Index::custom("https://index.example/legacy/")?.simple_api("https://index.example/simple/")?;
    /// assert_eq!(index.name(), "index.example");
    /// assert_eq!(Index::custom("https://me:secret@index.example/"), Err(IndexError::Credentials));
    /// # Ok::<(), IndexError>(())
    /// ```
    pub fn custom(upload_url: &str) -> Result<Self, IndexError> {
        let url = parse(upload_url)?;
        for known in [Self::pypi(), Self::test_pypi()] {
            if known.upload_url == url {
                return Ok(known);
            }
        }
        let profile = Profile::of(&url).unwrap_or(&OTHER);
        Ok(Self::of_kind(profile, url))
    }

    /// An index of a known kind, by the name of its [`Profile`] and the URL that accepts uploads.
    ///
    /// # Errors
    ///
    /// As [`custom`](Self::custom), and [`IndexError::Profile`] when no profile has this name, or it is that of PyPI or TestPyPI
    /// and the URL is not theirs.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::Index;
    ///
    /// let index = Index::named("devpi", "https://devpi.example/me/dev/")?;
    /// assert_eq!(index.simple_url().map(url::Url::as_str), Some("https://devpi.example/me/dev/+simple/"));
    /// assert!(Index::named("depvi", "https://devpi.example/me/dev/").is_err());
    /// # Ok::<(), pypi_upload::IndexError>(())
    /// ```
    pub fn named(profile: &str, upload_url: &str) -> Result<Self, IndexError> {
        let unknown = || IndexError::Profile(profile.to_owned());
        let index = Self::custom(upload_url)?;
        match Profile::named(profile).ok_or_else(unknown)? {
            same if same == index.profile => Ok(index),
            profile if profile.audience.is_some() => Err(unknown()),
            profile => Ok(Self::of_kind(profile, index.upload_url)),
        }
    }

    /// Sets the root of the simple API, which is needed to compare files by hash and to verify uploads.
    ///
    /// # Errors
    ///
    /// As [`custom`](Self::custom).
    pub fn simple_api(mut self, simple_url: &str) -> Result<Self, IndexError> {
        let mut url = parse(simple_url)?;
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        self.simple_url = Some(url);
        Ok(self)
    }

    /// Forgets the simple API, for an index that cannot be read: nothing is compared by hash, and nothing verified.
    #[must_use]
    pub fn without_simple_api(mut self) -> Self {
        self.simple_url = None;
        self
    }

    /// What is known about this kind of index; `other` when the kind is not known.
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// `pypi`, `testpypi`, or the host.
    pub fn name(&self) -> &str {
        match self.is_public() {
            true => self.profile.name,
            false => self.host(),
        }
    }

    /// The name for people: `PyPI`, `TestPyPI`, or the host.
    pub fn label(&self) -> &str {
        match self.is_public() {
            true => self.profile.label,
            false => self.host(),
        }
    }

    /// The audience of ID tokens for PyPI or TestPyPI; `None` for another index, which must be asked.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::Index;
    ///
    /// assert_eq!(Index::test_pypi().audience(), Some("testpypi"));
    /// assert_eq!(Index::custom("https://index.example/legacy/")?.audience(), None);
    /// # Ok::<(), pypi_upload::IndexError>(())
    /// ```
    ///
    /// # Source
    ///
    /// `warehouse/oidc/views.py`, 2026-08-21.
    pub fn audience(&self) -> Option<&'static str> {
        self.profile.audience
    }

    /// Whether reading may need the credentials of an upload: so says the profile, and the simple API has the scheme, host and
    /// port of the URL that accepts uploads. Another origin is never given them.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::Index;
    ///
    /// let index = Index::named("devpi", "https://devpi.example/me/dev/")?;
    /// assert!(index.has_private_reads());
    /// assert!(!index.simple_api("https://mirror.example/simple/")?.has_private_reads());
    /// assert!(!Index::pypi().has_private_reads());
    /// # Ok::<(), pypi_upload::IndexError>(())
    /// ```
    pub fn has_private_reads(&self) -> bool {
        let is_same = |simple: &Url| simple.origin() == self.upload_url.origin();
        self.profile.private_reads && self.simple_url.as_ref().is_some_and(is_same)
    }

    /// The URL that accepts uploads.
    pub fn upload_url(&self) -> &Url {
        &self.upload_url
    }

    /// The root of the simple API, ending in `/`.
    pub fn simple_url(&self) -> Option<&Url> {
        self.simple_url.as_ref()
    }

    /// The web site of PyPI or TestPyPI; `None` for another index.
    pub fn web_url(&self) -> Option<Url> {
        let simple = self.simple_url.as_ref().filter(|_| self.is_public())?;
        simple.join("/").ok()
    }

    /// The project page on the simple API, by the normalized name.
    pub(crate) fn project_url(&self, normalized_name: &str) -> Option<Url> {
        self.simple_url
            .as_ref()?
            .join(&format!("{normalized_name}/"))
            .ok()
    }

    /// The provenance object of a file on the integrity API, which is beside the simple API; `None` when no simple API
    /// at `…/simple/` is known. A [listing](crate::Listing::provenance_url) that gives the URL knows better.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::Index;
    ///
    /// let url = Index::pypi().provenance_url("demo", "1.0", "demo-1.0.tar.gz");
    /// assert!(url.is_some_and(|url| url.path() == "/integrity/demo/1.0/demo-1.0.tar.gz/provenance"));
    /// ```
    pub fn provenance_url(
        &self,
        normalized_name: &str,
        version: &str,
        filename: &str,
    ) -> Option<Url> {
        let mut url = self.simple_url.clone()?;
        let root = url.path().strip_suffix("/simple/")?.to_owned();
        url.set_path(&root);
        url.path_segments_mut().ok()?.pop_if_empty().extend([
            "integrity",
            normalized_name,
            version,
            filename,
            "provenance",
        ]);
        Some(url)
    }

    fn host(&self) -> &str {
        self.upload_url.host_str().unwrap_or_default()
    }

    /// Whether this is PyPI or TestPyPI.
    fn is_public(&self) -> bool {
        self.profile.audience.is_some()
    }

    fn of_kind(profile: &'static Profile, upload_url: Url) -> Self {
        Self {
            profile,
            simple_url: profile.simple_url(&upload_url),
            upload_url,
        }
    }

    fn known(profile: &'static Profile, urls: [&str; 2]) -> Self {
        #[expect(clippy::expect_used, reason = "constants, parsed by a test")]
        let [upload_url, simple_url] = urls.map(|url| url.parse().expect("a constant URL"));
        Self {
            profile,
            upload_url,
            simple_url: Some(simple_url),
        }
    }
}

/// The URL that accepts uploads, and the simple API.
const PYPI_URLS: [&str; 2] = [
    "https://upload.pypi.org/legacy/",
    "https://pypi.org/simple/",
];

const TEST_PYPI_URLS: [&str; 2] = [
    "https://test.pypi.org/legacy/",
    "https://test.pypi.org/simple/",
];

/// The names of all profiles.
fn names() -> String {
    let names: Vec<&str> = Profile::all().map(|profile| profile.name).collect();
    names.join(", ")
}

fn parse(text: &str) -> Result<Url, IndexError> {
    let url: Url = text.parse().map_err(IndexError::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(IndexError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(IndexError::Credentials);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_indexes_have_valid_urls() {
        for index in [Index::pypi(), Index::test_pypi()] {
            assert_eq!(index.upload_url().scheme(), "https");
            assert!(
                index.upload_url().path().ends_with('/'),
                "PyPI redirects without the slash"
            );
            assert!(index.web_url().is_some_and(|url| url.path() == "/"));
            let page = index.project_url("demo").expect("a simple API");
            assert!(page.as_str().ends_with("/simple/demo/"), "{page}");
        }
    }

    #[test]
    fn a_known_url_is_that_index() {
        let index = Index::custom(PYPI_URLS[0]).expect("a URL");
        assert_eq!(index, Index::pypi());
        let named = Index::named("testpypi", TEST_PYPI_URLS[0]);
        assert_eq!(named, Ok(Index::test_pypi()));
        let error = Index::named("pypi", "https://index.example/legacy/").expect_err("another URL");
        assert!(
            error
                .to_string()
                .starts_with("the profile \"pypi\" is unknown, or not that of this URL"),
            "{error}"
        );
        let local = Index::named("local", "http://127.0.0.1:1/legacy/").expect("a URL");
        assert_eq!(local.name(), "127.0.0.1");
        assert_eq!((local.audience(), local.web_url()), (None, None));
        let page = local.project_url("demo").expect("a simple API");
        assert_eq!(page.path(), "/simple/demo/");
    }

    #[test]
    fn a_simple_url_may_lack_its_slash() {
        let index = Index::custom("http://127.0.0.1:1/")
            .and_then(|index| index.simple_api("http://127.0.0.1:1/root/simple"));
        let page = index
            .expect("a valid index")
            .project_url("demo")
            .expect("a simple API");
        assert_eq!(page.path(), "/root/simple/demo/");
    }

    #[test]
    fn provenance_is_beside_the_simple_api() {
        let path = |simple: &str| {
            let index =
                Index::custom("http://127.0.0.1:1/").and_then(|index| index.simple_api(simple));
            let url = index
                .expect("an index")
                .provenance_url("demo", "1!1.0+a", "demo.whl");
            url.map(|url| url.path().to_owned())
        };
        let below = "/integrity/demo/1!1.0+a/demo.whl/provenance";
        assert_eq!(path("http://127.0.0.1:1/simple").as_deref(), Some(below));
        let deeper = path("http://127.0.0.1:1/root/simple/");
        assert_eq!(deeper, Some(format!("/root{below}")));
        assert_eq!(path("http://127.0.0.1:1/root/+simple/"), None);
    }

    #[test]
    fn other_text_is_an_error() {
        for (url, text) in [
            (
                "pypi",
                "the index is not a URL: expected one like https://index.example/legacy/",
            ),
            (
                "ftp://index.example/",
                "the index URL is neither http nor https: expected one like https://index.example/legacy/",
            ),
            (
                "https://user@index.example/",
                "the index URL contains credentials: pass user and password separately",
            ),
        ] {
            assert_eq!(Index::custom(url).expect_err(url).to_string(), text);
        }
    }
}
