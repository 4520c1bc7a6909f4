//! Proxies that a client uses.

use std::fmt;

use url::Url;

use super::error::{ClientError, ClientErrorKind};
use crate::Secret;

/// An HTTP proxy and the requests that go through it.
///
/// `https` requests go through a tunnel (`CONNECT`): the proxy sees the host name and the port, and nothing else. The user
/// and the password of the URL are sent to the proxy only, and print nowhere.
///
/// # Examples
///
/// ```
/// use pypi_http::Proxy;
///
/// let proxy = Proxy::all("http://user:hush@proxy.example:3128")?.no_proxy("internal.example, 10.0.0.0/8");
/// assert_eq!(proxy.to_string(), "http://proxy.example:3128/");
/// assert!(!format!("{proxy:?}").contains("hush"));
/// # Ok::<(), pypi_http::ClientError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Proxy {
    scope: Scope,
    /// Without user and password.
    url: Url,
    with_credentials: Secret,
    no_proxy: String,
}

#[derive(Clone, Copy, Debug)]
enum Scope {
    All,
    Http,
    Https,
}

impl Proxy {
    /// A proxy for all requests.
    ///
    /// `url` is `http` or `https`, which is how the client talks to the proxy; `http` if it has no scheme. A user and a
    /// password in it are percent-encoded.
    ///
    /// # Errors
    ///
    /// [`ClientErrorKind::Proxy`] when `url` is not such a URL. The error does not contain it.
    pub fn all(url: &str) -> Result<Self, ClientError> {
        Self::new(Scope::All, url)
    }

    /// A proxy for requests to `http` URLs.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn http(url: &str) -> Result<Self, ClientError> {
        Self::new(Scope::Http, url)
    }

    /// A proxy for requests to `https` URLs.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn https(url: &str) -> Result<Self, ClientError> {
        Self::new(Scope::Https, url)
    }

    /// Sets the hosts that are asked directly, separated by commas: a domain with its subdomains (`example.org`), an IP
    /// address, a network (`10.0.0.0/8`), or `*` for all. Spaces do not count.
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = hosts.into();
        self
    }

    fn new(scope: Scope, text: &str) -> Result<Self, ClientError> {
        let invalid = |why: &str| ClientError::new(ClientErrorKind::Proxy, why);
        let text = text.trim();
        let with_scheme = match text.contains("://") {
            true => text.to_owned(),
            false => format!("http://{text}"),
        };
        // The reason of the parser is left out: it may quote the password.
        let mut url: Url = with_scheme
            .parse()
            .map_err(|_| invalid("the URL is not valid"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid(&format!(
                "the scheme is `{}`, not `http` or `https`",
                url.scheme()
            )));
        }
        // What `reqwest` cannot parse it ignores, and would send directly.
        if url.as_str().parse::<http::Uri>().is_err() {
            return Err(invalid("the URL is not valid"));
        }
        let with_credentials = Secret::new(url.as_str());
        let _ = (url.set_username(""), url.set_password(None));
        Ok(Self {
            scope,
            url,
            with_credentials,
            no_proxy: String::new(),
        })
    }

    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy, ClientError> {
        let new = match self.scope {
            Scope::All => reqwest::Proxy::all,
            Scope::Http => reqwest::Proxy::http,
            Scope::Https => reqwest::Proxy::https,
        };
        let proxy = new(self.with_credentials.reveal())
            .map_err(|_| ClientError::new(ClientErrorKind::Proxy, "the URL is not valid"))?;
        Ok(proxy.no_proxy(reqwest::NoProxy::from_string(&self.no_proxy)))
    }
}

impl fmt::Display for Proxy {
    /// The URL without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("scope", &self.scope)
            .field("url", &self.url.as_str())
            .field("no_proxy", &self.no_proxy)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_url_without_a_scheme_is_http() {
        for text in [
            "proxy.example:3128",
            " http://proxy.example:3128/ ",
            "user:hush@proxy.example:3128",
        ] {
            let proxy = Proxy::all(text).expect("a proxy");
            assert_eq!(proxy.to_string(), "http://proxy.example:3128/", "{text}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_used_is_rejected_and_never_quoted() {
        for text in [
            "",
            "http://",
            "socks5://user:hush@proxy.example",
            "http://user:hush@proxy.example:port",
            "user:hush@",
            "http://user:hush@pro xy/",
        ] {
            let error = Proxy::all(text).expect_err(text);
            assert_eq!(error.kind(), ClientErrorKind::Proxy);
            let cause = error.source().map(ToString::to_string);
            assert!(!format!("{error} {error:?} {cause:?}").contains("hush"));
        }
    }

    #[test]
    fn neither_form_of_the_password_prints() {
        let proxy = Proxy::https("https://user:p%40ss%3Aword@proxy.example").expect("a proxy");
        let client = reqwest::Client::builder()
            .proxy(proxy.to_reqwest().expect("a proxy"))
            .build()
            .expect("a client");
        let shown = format!("{proxy} {proxy:?} {client:?}");
        assert!(shown.contains("proxy.example"), "{shown}");
        for secret in ["ss%3A", "ss:w", "word", "user"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }
}
