//! What Warehouse and WebOb do with every response: compression, entity tags, conditional requests and ranges.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use flate2::{Compression, GzBuilder};
use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE, VARY,
};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode};
use hyper::ext::ReasonPhrase;
use md5::{Digest as _, Md5};

use super::accept;

/// The values of a header, joined as a WSGI server joins them. `None` if there is none, or if it is not ASCII.
pub(crate) fn joined(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let values: Option<Vec<&str>> = headers
        .get_all(name)
        .iter()
        .map(|value| value.to_str().ok())
        .collect();
    values
        .filter(|values| !values.is_empty())
        .map(|values| values.join(","))
}

/// The response as it is sent for `request`.
pub(crate) fn deliver(response: Response<Bytes>, request: &Parts) -> Response<Bytes> {
    let response = tagged(compressed(response, request), request);
    let response = ranged(unless_known(response, request), request);
    if request.method == Method::HEAD {
        let (mut head, body) = response.into_parts();
        head.headers.insert(CONTENT_LENGTH, body.len().into());
        return Response::from_parts(head, Bytes::new());
    }
    response
}

/// A response that depends on credentials is never compressed.
fn compressed(mut response: Response<Bytes>, request: &Parts) -> Response<Bytes> {
    let vary = joined(response.headers(), VARY).unwrap_or_default();
    let is_private = vary
        .split(',')
        .any(|name| matches!(name.trim(), "Authorization" | "Cookie"));
    // The files and their metadata are on a host that does not compress.
    let is_file = request.uri.path().starts_with("/files/");
    if is_private || is_file || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    let vary = match vary.as_str() {
        "" => "Accept-Encoding".to_owned(),
        vary => format!("{vary}, Accept-Encoding"),
    };
    if let Ok(vary) = HeaderValue::try_from(vary) {
        response.headers_mut().insert(VARY, vary);
    }
    let accepted = joined(&request.headers, ACCEPT_ENCODING);
    if accept::prefers_gzip(accepted.as_deref())
        && let Some(body) = gzip(response.body()).filter(|body| body.len() <= response.body().len())
    {
        *response.body_mut() = body;
        let headers = response.headers_mut();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        insert_etag(&mut response);
    }
    response
}

fn gzip(bytes: &Bytes) -> Option<Bytes> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Successful reads have an entity tag.
fn tagged(mut response: Response<Bytes>, request: &Parts) -> Response<Bytes> {
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if is_read && response.status() == StatusCode::OK && !response.headers().contains_key(ETAG) {
        insert_etag(&mut response);
    }
    response
}

fn insert_etag(response: &mut Response<Bytes>) {
    let digest = STANDARD_NO_PAD.encode(Md5::digest(response.body()));
    if let Ok(etag) = HeaderValue::try_from(format!("\"{digest}\"")) {
        response.headers_mut().insert(ETAG, etag);
    }
}

/// 304 if the client has the response already.
fn unless_known(response: Response<Bytes>, request: &Parts) -> Response<Bytes> {
    let known = joined(&request.headers, IF_NONE_MATCH).unwrap_or_default();
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if !is_read || !is_tag_in(&known, &response, false) {
        return response;
    }
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    head.headers = without_content(&head.headers);
    head.extensions.remove::<ReasonPhrase>();
    Response::from_parts(head, Bytes::new())
}

/// Whether a list of entity tags contains that of the response. A strong comparison ignores weak tags.
fn is_tag_in(list: &str, response: &Response<Bytes>, is_strong: bool) -> bool {
    let tag = response.headers().get(ETAG);
    let Some(tag) = tag.and_then(|tag| tag.to_str().ok()) else {
        return false;
    };
    let tag = tag.trim_matches('"');
    if list == "*" || !list.contains('"') {
        return list == "*" || list == tag;
    }
    list.split(',').map(str::trim).any(|item| {
        let opaque = item.strip_prefix("W/");
        let is_weak = opaque.is_some();
        opaque.unwrap_or(item).trim_matches('"') == tag && !(is_strong && is_weak)
    })
}

/// The part of the response that the client requests.
fn ranged(response: Response<Bytes>, request: &Parts) -> Response<Bytes> {
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    let range = joined(&request.headers, RANGE);
    let range = range.as_deref().and_then(ByteRange::parse);
    let condition = joined(&request.headers, IF_RANGE).unwrap_or_default();
    let is_current = condition.is_empty() || is_tag_in(&condition, &response, true);
    let Some(range) =
        range.filter(|_| is_read && is_current && response.status() == StatusCode::OK)
    else {
        return response;
    };
    let (mut head, body) = response.into_parts();
    let size = body.len();
    let (content_range, body) = match range.within(size) {
        Some((first, end)) => {
            head.status = StatusCode::PARTIAL_CONTENT;
            let last = end.saturating_sub(1);
            (
                format!("bytes {first}-{last}/{size}"),
                body.slice(first..end),
            )
        }
        None => {
            head.status = StatusCode::RANGE_NOT_SATISFIABLE;
            head.headers = without_content(&head.headers);
            let reason = ReasonPhrase::from_static(b"Requested Range Not Satisfiable");
            head.extensions.insert(reason);
            let plain = HeaderValue::from_static("text/plain");
            head.headers.insert(CONTENT_TYPE, plain);
            let text = format!("Requested range not satisfiable: {range}");
            (format!("bytes */{size}"), text.into())
        }
    };
    if let Ok(content_range) = HeaderValue::try_from(content_range) {
        head.headers.insert(CONTENT_RANGE, content_range);
    }
    Response::from_parts(head, body)
}

/// The headers that do not describe the content.
fn without_content(headers: &HeaderMap) -> HeaderMap {
    let kept = headers
        .iter()
        .filter(|(name, _)| !name.as_str().starts_with("content"));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A range of the bytes of a response, as WebOb reads it: the first of several.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ByteRange {
    /// From a position to the end.
    From(usize),
    /// The number of bytes at the end.
    Last(usize),
    /// The positions of the first byte and of the byte after the last.
    Part(usize, usize),
}

impl ByteRange {
    /// The range in a `Range` header. `None` if it is ignored.
    fn parse(header: &str) -> Option<Self> {
        let unit = header.get(..5)?;
        let rest = header.get(5..)?.trim_start_matches(' ');
        let rest = rest.strip_prefix('=')?.trim_start_matches(' ');
        let (first, rest) = digits(rest);
        let rest = rest.trim_start_matches(' ').strip_prefix('-')?;
        let (last, _) = digits(rest.trim_start_matches(' '));
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        Some(match (first, last) {
            ("", last) => Self::Last(last.parse().ok()?),
            (first, "") => Self::From(first.parse().ok()?),
            (first, last) => {
                let (first, last) = (first.parse().ok()?, last.parse::<usize>().ok()?);
                let end = last.checked_add(1).filter(|end| first < *end)?;
                Self::Part(first, end)
            }
        })
    }

    /// The range in a body of this size. `None` if it has no byte there.
    fn within(self, size: usize) -> Option<(usize, usize)> {
        let (first, end) = match self {
            Self::From(first) => (first, size),
            // WebOb takes the last zero bytes for all of them.
            Self::Last(0) => (0, size),
            Self::Last(count) => (size.checked_sub(count)?, size),
            Self::Part(first, end) => (first, end.min(size)),
        };
        (first < end).then_some((first, end))
    }
}

impl std::fmt::Display for ByteRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::From(first) => write!(f, "bytes={first}-"),
            Self::Last(count) => write!(f, "bytes=-{count}"),
            Self::Part(first, end) => write!(f, "bytes={first}-{}", end.saturating_sub(1)),
        }
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_response_or_rejected() {
        for (header, range) in [
            ("bytes=0-4", Some((0, 5))),
            ("bytes=8-", Some((8, 10))),
            ("bytes=-3", Some((7, 10))),
            ("bytes=-0", Some((0, 10))),
            ("bytes=-10", Some((0, 10))),
            ("bytes=5-99", Some((5, 10))),
            ("bytes=1-2,4-5", Some((1, 3))),
            ("BYTES = 1 - 2", Some((1, 3))),
            ("bytes=-30", None),
            ("bytes=10-", None),
            ("bytes=10-12", None),
        ] {
            let parsed = ByteRange::parse(header).expect(header);
            assert_eq!(parsed.within(10), range, "{header}");
        }
        for ignored in [
            "bytes=4-3",
            "items=1-2",
            "bytes=",
            "bytes=x-2",
            "bytes=-",
            "byte",
            "ĂĂĂ=1-2",
        ] {
            assert_eq!(ByteRange::parse(ignored), None, "{ignored}");
        }
    }
}
