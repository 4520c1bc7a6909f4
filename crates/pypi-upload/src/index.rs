//! The URLs of an index. The only module that names PyPI's public hosts.

use url::Url;

/// An index: the URL that accepts uploads, and the simple API that lists files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Index {
    /// PyPI or TestPyPI.
    profile: Option<&'static Profile>,
    upload_url: Url,
    simple_url: Option<Url>,
}

/// What differs between PyPI and TestPyPI.
#[derive(Debug, Eq, PartialEq)]
struct Profile {
    name: &'static str,
    label: &'static str,
    audience: &'static str,
    upload_url: &'static str,
    simple_url: &'static str,
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
    /// The URL is neither http nor https with a host.
    #[error(
        "the index URL is neither http nor https: expected one like https://index.example/legacy/"
    )]
    Scheme,
}

impl Index {
    /// PyPI.
    pub fn pypi() -> Self {
        Self::known(&PYPI)
    }

    /// TestPyPI.
    pub fn test_pypi() -> Self {
        Self::known(&TEST_PYPI)
    }

    /// Another index, by the URL that accepts uploads.
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
        Ok(Self {
            profile: None,
            upload_url: parse(upload_url)?,
            simple_url: None,
        })
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

    /// `pypi`, `testpypi`, or the host.
    pub fn name(&self) -> &str {
        self.profile
            .map_or_else(|| self.host(), |profile| profile.name)
    }

    /// The name for people: `PyPI`, `TestPyPI`, or the host.
    pub fn label(&self) -> &str {
        self.profile
            .map_or_else(|| self.host(), |profile| profile.label)
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
        self.profile.map(|profile| profile.audience)
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
        self.profile?;
        self.simple_url.as_ref()?.join("/").ok()
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

    fn known(profile: &'static Profile) -> Self {
        #[expect(clippy::expect_used, reason = "constants, parsed by a test")]
        let url = |text: &str| text.parse().expect("a constant URL");
        Self {
            profile: Some(profile),
            upload_url: url(profile.upload_url),
            simple_url: Some(url(profile.simple_url)),
        }
    }
}

static PYPI: Profile = Profile {
    name: "pypi",
    label: "PyPI",
    audience: "pypi",
    upload_url: "https://upload.pypi.org/legacy/",
    simple_url: "https://pypi.org/simple/",
};

static TEST_PYPI: Profile = Profile {
    name: "testpypi",
    label: "TestPyPI",
    audience: "testpypi",
    upload_url: "https://test.pypi.org/legacy/",
    simple_url: "https://test.pypi.org/simple/",
};

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
