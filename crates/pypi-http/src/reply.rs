//! A server's reply, with a bounded body.

use std::{fmt, time::SystemTime};

use http::{HeaderMap, StatusCode, header};

use crate::Body;

/// A complete reply, of any status.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode, header};
/// use pypi_http::Reply;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::RETRY_AFTER, "30".parse()?);
/// let reply = Reply::new(StatusCode::TOO_MANY_REQUESTS, headers, b"slow down".to_vec());
/// assert_eq!(reply.header(&header::RETRY_AFTER), Some("30"));
/// assert_eq!(format!("{reply:?}"), "Reply(429 Too Many Requests, 9 bytes)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// A reply as a transport received it; `body` has at most [`ReplyLimit::of`] the request bytes.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The first value of a header; `None` when it is absent or not ASCII text.
    pub fn header(&self, name: &http::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When the server sent it, by the server's clock: its `Date`; `None` when that is absent or malformed. A cache keeps
    /// the date of the reply that it stored.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use http::{HeaderMap, StatusCode, header};
    /// use pypi_http::Reply;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(header::DATE, "Thu, 09 Oct 2025 08:53:20 GMT".parse()?);
    /// let reply = Reply::new(StatusCode::OK, headers, Vec::new());
    /// assert_eq!(reply.date(), Some(UNIX_EPOCH + Duration::from_secs(1_760_000_000)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Source
    ///
    /// RFC 9110, section 6.6.1.
    pub fn date(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.header(&header::DATE)?).ok()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, without a copy.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

impl fmt::Debug for Reply {
    /// Prints neither headers nor body: both may contain a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// The most bytes of a reply's body that a transport reads, unless the request carries a [`ReplyLimit`]: 1 MiB. A
/// longer body is an error of kind [`TooLong`](crate::TransportErrorKind::TooLong).
pub const MAX_REPLY_BODY: usize = 1024 * 1024;

/// A request extension: the most bytes that the reply's body may have, where [`MAX_REPLY_BODY`] is too few.
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, MAX_REPLY_BODY, ReplyLimit};
///
/// let mut request = http::Request::get("http://127.0.0.1/simple/demo/").body(Body::default())?;
/// assert_eq!(ReplyLimit::of(&request), MAX_REPLY_BODY);
/// request.extensions_mut().insert(ReplyLimit::new(32 * 1024 * 1024));
/// assert_eq!(ReplyLimit::of(&request), 32 * 1024 * 1024);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReplyLimit(usize);

impl ReplyLimit {
    /// A limit in bytes.
    pub fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// The most bytes of the reply to `request`.
    pub fn of(request: &http::Request<Body>) -> usize {
        request
            .extensions()
            .get()
            .map_or(MAX_REPLY_BODY, |Self(bytes)| *bytes)
    }
}
