//! Where an index takes uploads and shows files. The only module that names PyPI's public hosts.

use std::{error::Error as StdError, fmt};

use url::Url;

/// An index: where to upload to, and where its files can be seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Index {
    name: String,
    upload_url: Url,
    simple_url: Option<Url>,
}

/// Why an index cannot be made from a URL.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum IndexError {
    /// The text is not a URL.
    NotAUrl(url::ParseError),
    /// The URL holds a user name or a password.
    Credentials,
    /// The URL is neither http nor https with a host.
    Scheme,
}

impl Index {
    /// PyPI.
    pub fn pypi() -> Self {
        Self::known("pypi", PYPI_UPLOAD, PYPI_SIMPLE)
    }

    /// TestPyPI.
    pub fn test_pypi() -> Self {
        Self::known("testpypi", TEST_PYPI_UPLOAD, TEST_PYPI_SIMPLE)
    }

    /// Another index, by the URL that takes uploads.
    ///
    /// # Errors
    ///
    /// [`IndexError`], when it is no http or https URL or holds credentials, which would end up in logs.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::{Index, IndexError};
    ///
    /// let index = Index::custom("https://index.example/legacy/")?.with_simple_url("https://index.example/simple/")?;
    /// assert_eq!(index.name(), "index.example");
    /// assert_eq!(Index::custom("https://me:secret@index.example/"), Err(IndexError::Credentials));
    /// # Ok::<(), IndexError>(())
    /// ```
    pub fn custom(upload_url: &str) -> Result<Self, IndexError> {
        let upload_url = parse(upload_url)?;
        Ok(Self {
            name: upload_url.host_str().unwrap_or_default().to_owned(),
            upload_url,
            simple_url: None,
        })
    }

    /// Says where the index serves the simple API, so that uploads can be compared by hash and verified.
    ///
    /// # Errors
    ///
    /// As [`custom`](Self::custom).
    pub fn with_simple_url(mut self, simple_url: &str) -> Result<Self, IndexError> {
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
        &self.name
    }

    /// The URL that takes uploads.
    pub fn upload_url(&self) -> &Url {
        &self.upload_url
    }

    /// The root of the simple API, ending in `/`.
    pub fn simple_url(&self) -> Option<&Url> {
        self.simple_url.as_ref()
    }

    /// The page of a project on the simple API, by its normalized name.
    pub(crate) fn project_url(&self, normalized_name: &str) -> Option<Url> {
        self.simple_url
            .as_ref()?
            .join(&format!("{normalized_name}/"))
            .ok()
    }

    fn known(name: &str, upload_url: &str, simple_url: &str) -> Self {
        #[expect(clippy::expect_used, reason = "constants, parsed by a test")]
        let url = |text: &str| text.parse().expect("a constant URL");
        Self {
            name: name.to_owned(),
            upload_url: url(upload_url),
            simple_url: Some(url(simple_url)),
        }
    }
}

const PYPI_UPLOAD: &str = "https://upload.pypi.org/legacy/";
const PYPI_SIMPLE: &str = "https://pypi.org/simple/";
const TEST_PYPI_UPLOAD: &str = "https://test.pypi.org/legacy/";
const TEST_PYPI_SIMPLE: &str = "https://test.pypi.org/simple/";

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

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAUrl(error) => write!(f, "the index is not a URL ({error}): expected one like https://index.example/legacy/"),
            Self::Credentials => f.write_str("the index URL holds credentials: give user and password by themselves"),
            Self::Scheme => f.write_str("the index URL is neither http nor https: expected one like https://index.example/legacy/"),
        }
    }
}

impl StdError for IndexError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_indexes_have_sound_urls() {
        for index in [Index::pypi(), Index::test_pypi()] {
            assert_eq!(index.upload_url().scheme(), "https");
            assert!(
                index.upload_url().path().ends_with('/'),
                "PyPI redirects without the slash"
            );
            let page = index.project_url("demo").expect("a simple API");
            assert!(page.as_str().ends_with("/simple/demo/"), "{page}");
        }
    }

    #[test]
    fn a_simple_url_may_lack_its_slash() {
        let index = Index::custom("http://127.0.0.1:1/")
            .and_then(|index| index.with_simple_url("http://127.0.0.1:1/root/simple"));
        let page = index
            .expect("sound")
            .project_url("demo")
            .expect("a simple API");
        assert_eq!(page.path(), "/root/simple/demo/");
    }

    #[test]
    fn what_is_no_index_says_so() {
        for (url, text) in [
            (
                "pypi",
                "the index is not a URL (relative URL without a base): expected one like https://index.example/legacy/",
            ),
            (
                "ftp://index.example/",
                "the index URL is neither http nor https: expected one like https://index.example/legacy/",
            ),
            (
                "https://user@index.example/",
                "the index URL holds credentials: give user and password by themselves",
            ),
        ] {
            assert_eq!(Index::custom(url).expect_err(url).to_string(), text);
        }
    }
}
