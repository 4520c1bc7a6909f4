//! The URLs of trusted publishing on an index.

use url::Url;

/// The three endpoints of trusted publishing on one index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoints {
    pub(crate) audience: Url,
    pub(crate) mint: Url,
    pub(crate) burn: Url,
}

impl Endpoints {
    /// The endpoints at the authority of `url`, where PyPI, TestPyPI and compatible indexes have them; its path and query
    /// are ignored. `None` when the URL has no authority.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_trusted_publisher::Endpoints;
    ///
    /// assert!(Endpoints::at(&"https://example.org/legacy/".parse()?).is_some());
    /// assert!(Endpoints::at(&"mailto:someone@example.org".parse()?).is_none());
    /// # Ok::<(), url::ParseError>(())
    /// ```
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `/_/oidc/`; `burn-token` since 2026-09.
    pub fn at(url: &Url) -> Option<Self> {
        if !url.has_host() {
            return None;
        }
        let at = |path: &str| url.join(path).ok();
        Some(Self {
            audience: at("/_/oidc/audience")?,
            mint: at("/_/oidc/mint-token")?,
            burn: at("/_/oidc/burn-token")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_endpoints_have_the_origin_of_the_index() {
        for index in [
            "https://upload.pypi.org/legacy/",
            "https://index.example:8443/a/b?c=d#e",
            "http://[::1]:3141/root/pypi/",
            "https://user@index.example//other.example/",
        ] {
            let index: Url = index.parse().expect("a URL");
            let endpoints = Endpoints::at(&index).expect("a host");
            for url in [&endpoints.audience, &endpoints.mint, &endpoints.burn] {
                assert_eq!(url.origin(), index.origin(), "{url}");
            }
        }
    }
}
