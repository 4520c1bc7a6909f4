//! Requests: what all of them have in common, and which of them may carry a secret.

use http::{HeaderValue, Method, header};
use url::Url;

use crate::{Body, Secret};

/// The `User-Agent` of the clients of this workspace.
pub const USER_AGENT: &str = concat!("pypi-trusted-upload/", env!("CARGO_PKG_VERSION"));

/// Why a request was not made.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// A secret would have travelled in the clear.
    #[error("a secret is sent over https or to this machine only: use an https URL")]
    Insecure,
    /// A header value contains a character that HTTP does not allow, or the URL is too long.
    #[error("a header contains a character that HTTP does not allow, or the URL is too long")]
    Malformed,
}

/// A request to `url` with `User-Agent` and `Accept`, without any secret.
///
/// # Errors
///
/// [`RequestError::Malformed`] when `accept` is not a header value or the URL is too long.
pub fn request(
    method: Method,
    url: &Url,
    accept: &str,
    body: Body,
) -> Result<http::Request<Body>, RequestError> {
    http::Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT, accept)
        .body(body)
        .map_err(|_| RequestError::Malformed)
}

/// Adds an `Authorization` header, marked sensitive so that no `Debug` prints it.
///
/// # Errors
///
/// [`RequestError::Insecure`] unless the request goes to a [secure](is_secure) URL; [`RequestError::Malformed`] when
/// the secret contains a character that a header cannot.
pub fn authorize(
    request: &mut http::Request<Body>,
    url: &Url,
    authorization: &Secret,
) -> Result<(), RequestError> {
    if !is_secure(url) {
        return Err(RequestError::Insecure);
    }
    let mut value =
        HeaderValue::from_str(authorization.reveal()).map_err(|_| RequestError::Malformed)?;
    value.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, value);
    Ok(())
}

/// Whether a secret may be sent to `url`: over https, or over http to this machine.
///
/// # Examples
///
/// ```
/// use pypi_http::is_secure;
///
/// assert!(is_secure(&"https://example.org/legacy/".parse()?));
/// assert!(is_secure(&"http://127.0.0.1:8000/legacy/".parse()?));
/// assert!(!is_secure(&"http://example.org/legacy/".parse()?));
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn is_secure(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether `url` is on this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether `url` is on this machine or its link.
#[cfg(feature = "reqwest")]
pub(crate) fn is_nearby(url: &Url) -> bool {
    matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_link_local())
        || is_loopback(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_goes_out_in_the_clear() {
        for url in [
            "http://example.org/",
            "http://127.0.0.1.example.org/",
            "ftp://localhost/",
        ] {
            let url: Url = url.parse().expect("a URL");
            let mut request =
                request(Method::GET, &url, "*/*", Body::default()).expect("a request");
            assert_eq!(
                authorize(&mut request, &url, &Secret::new("Bearer x")),
                Err(RequestError::Insecure),
                "{url}"
            );
            assert!(request.headers().get(header::AUTHORIZATION).is_none());
        }
    }

    #[test]
    fn an_authorization_never_prints() {
        let url: Url = "https://example.org/".parse().expect("a URL");
        let mut request = request(Method::GET, &url, "*/*", Body::default()).expect("a request");
        authorize(&mut request, &url, &Secret::new("Bearer hush")).expect("secure");
        assert!(!format!("{request:?}").contains("hush"));
    }
}
