//! Requests to an index, and what becomes of them.

use std::time::Duration;

use http::{HeaderValue, Method, header};
use pypi_http::{Body, Deadline, Reply, RequestError, TransportError, is_secure, request};
use url::Url;

use crate::{Error, ErrorKind};

pub(crate) const JSON: &str = "application/json";

/// A request with a JSON body, to a URL that may be sent a secret.
pub(crate) fn post_json(
    url: &Url,
    body: &serde_json::Value,
) -> Result<http::Request<Body>, RequestError> {
    if !is_secure(url) {
        return Err(RequestError::Insecure);
    }
    let mut request = request(Method::POST, url, JSON, Body::from(body.to_string()))?;
    let json = HeaderValue::from_static(JSON);
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    with_deadline(Ok(request))
}

pub(crate) fn with_deadline(
    request: Result<http::Request<Body>, RequestError>,
) -> Result<http::Request<Body>, RequestError> {
    request.map(|mut request| {
        request.extensions_mut().insert(Deadline::total(DEADLINE));
        request
    })
}

/// The longest time for each request.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) fn complete(
    answer: Result<Reply, TransportError>,
    asked: &str,
    uri: &http::Uri,
) -> Result<Reply, Error> {
    answer.map_err(|error| {
        let url = uri.to_string().parse();
        let origin = url.map_or_else(|_| url::Origin::new_opaque(), |url: Url| url.origin());
        Error::transport(asked, &origin, error)
    })
}

pub(crate) fn secure(url: &Url) -> Result<(), Error> {
    if is_secure(url) {
        return Ok(());
    }
    let origin = url.origin().ascii_serialization();
    Err(Error::new(
        ErrorKind::Insecure,
        format!("{origin} is neither https nor on this machine: no token is sent to it"),
    ))
}
