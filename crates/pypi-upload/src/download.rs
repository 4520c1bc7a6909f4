//! The bytes of one file, as an index serves them.

use std::{
    convert::Infallible,
    fmt,
    io::{self, Write},
    time::Duration,
};

use http::{HeaderValue, Method, StatusCode, header};
use pypi_http::{
    Body, Call, Clock, Deadline, Flow, Reply, ReplyLimit, RequestError, RetryPolicy, Step,
    TransportError, authorize, failure, request,
};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{
    Credentials, Index, Served, VERIFY_TIMEOUT,
    ask::{Ask, Patience, may_change},
    digest::hex,
};

/// Fetches a file, compares it with its sha256, and writes it to `sink`.
///
/// The file comes in parts of [`MAX_PART`] bytes (`Range`), so memory does not grow with it and a part that was cut is
/// fetched again alone. An index that ignores the range may send a whole file of at most 64 MiB. A file that is not there
/// yet (404) is asked for until the time is up. Redirects are followed, from https to https only. The
/// requests carry no secret, except [credentials](Self::credentials) to the origin that they are for.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use pypi_http::{Flow, Reply, Step};
/// use pypi_upload::{Digests, Download, Served};
///
/// let sha256 = Digests::read(&b"bytes"[..])?.sha256().to_owned();
/// let mut sink = Vec::new();
/// let mut download = Download::new(&"https://files.example/demo.whl".parse()?, &sha256, Some(5), &mut sink);
/// assert!(matches!(download.step()?, Step::Send(_)));
/// download.received(Ok(Reply::new(StatusCode::OK, HeaderMap::new(), b"bytes".to_vec())));
/// assert!(matches!(download.step()?, Step::Done(Served::Same)));
/// drop(download);
/// assert_eq!(sink, b"bytes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// RFC 9110, section 14. PyPI's files support ranges, which pip and uv rely on (read 2026-11-21).
pub struct Download<W> {
    url: Url,
    sha256: String,
    size: Option<u64>,
    credentials: Option<Credentials>,
    sink: W,
    digest: Sha256,
    received: u64,
    redirects: u32,
    short_parts: u32,
    patience: Patience,
    failure: Option<String>,
    ask: Ask,
}

/// The most bytes that are requested at a time.
pub const MAX_PART: usize = 4 * 1024 * 1024;

/// The longest file that is read, in bytes.
const MAX_SIZE: u64 = 16 * 1024 * 1024 * 1024;

/// The longest file that an index may send whole, in bytes.
const MAX_WHOLE: u64 = 64 * 1024 * 1024;

/// The most parts that may be shorter than was requested, which a server may decide. With parts of a byte, a file would
/// take for ever.
const MAX_SHORT_PARTS: u32 = 100;

/// The most redirects that are followed.
const MAX_REDIRECTS: u32 = 5;

/// The longest time for a part.
const PART_DEADLINE: Duration = Duration::from_secs(120);

impl<W: Write> Download<W> {
    /// A download of the file at `url` that has this sha256, in lower-case hex, and this many bytes, if that is known.
    pub fn new(url: &Url, sha256: &str, size: Option<u64>, sink: W) -> Self {
        Self {
            url: without_user(url.clone()),
            sha256: sha256.to_owned(),
            size,
            credentials: None,
            sink,
            digest: Sha256::new(),
            received: 0,
            redirects: 0,
            short_parts: 0,
            patience: Patience::new(VERIFY_TIMEOUT),
            failure: None,
            ask: Ask::default(),
        }
    }

    /// Sends the credentials of an upload to `index` too, if the file is at the origin of its upload URL: some indexes are
    /// private. They follow no redirect.
    #[must_use]
    pub fn credentials(mut self, credentials: &Credentials, index: &Index) -> Self {
        let is_ours = self.url.origin() == index.upload_url().origin();
        self.credentials = is_ours.then(|| credentials.clone());
        self
    }

    /// The pauses between two requests for the same part; [`RetryPolicy::never`] means one request.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.patience.retry(policy);
        self
    }

    /// The clock that the timeout is measured by; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.patience.clock(clock);
        self
    }

    /// How long to ask for a file that is not served; [`VERIFY_TIMEOUT`] by default. It does not limit how long the
    /// bytes take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience.timeout(timeout);
        self
    }

    /// Why another request is needed, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The result, or the pause before the next request; none when it is for the next part.
    fn answered(
        &mut self,
        answer: Result<Reply, TransportError>,
    ) -> Result<Served, Option<Duration>> {
        if let Ok(reply) = &answer {
            match reply.status() {
                StatusCode::PARTIAL_CONTENT => return self.part(reply),
                StatusCode::OK if self.received == 0 => {
                    let total = reply.body().len() as u64;
                    return self.take(reply.body(), total);
                }
                status if status.is_redirection() => return self.redirect(reply),
                _ => {}
            }
        }
        let pause = self.patience.pause(answer.as_ref().ok());
        self.failure = Some(failure(&answer, &self.uri()));
        match (pause.filter(|_| may_change(&answer)), answer) {
            (Some(pause), _) => Err(Some(pause)),
            (None, Ok(reply)) if reply.status() == StatusCode::NOT_FOUND => Ok(Served::Absent),
            (None, Ok(reply)) => Ok(self.unknown(format!("replied {}", reply.status().as_u16()))),
            (None, Err(error)) => {
                Ok(self.unknown(format!("could not be fetched: {}", error.causes(None))))
            }
        }
    }

    fn part(&mut self, reply: &Reply) -> Result<Served, Option<Duration>> {
        let range = reply.header(&header::CONTENT_RANGE).and_then(content_range);
        let length = reply.body().len() as u64;
        match range {
            Some((first, last, total))
                if first == self.received && length > 0 && last - first == length - 1 =>
            {
                if last + 1 < total && length < MAX_PART as u64 {
                    self.short_parts += 1;
                }
                match self.short_parts > MAX_SHORT_PARTS {
                    true => Ok(self.unknown("replied with parts that are too short".to_owned())),
                    false => self.take(reply.body(), total),
                }
            }
            _ => Ok(self.unknown("replied with another part than was requested".to_owned())),
        }
    }

    /// Takes the next bytes of a file of `total` bytes.
    fn take(&mut self, bytes: &[u8], total: u64) -> Result<Served, Option<Duration>> {
        self.digest.update(bytes);
        self.received += bytes.len() as u64;
        if *self.size.get_or_insert(total) != total {
            let is_whole = self.received == total;
            return Ok(Served::Different {
                sha256: is_whole.then(|| self.served_sha256()),
                size: total,
            });
        }
        // An index may also list such a size.
        if total > MAX_SIZE {
            return Ok(self.unknown(format!("has {total} bytes, more than are read")));
        }
        if let Err(error) = self.sink.write_all(bytes) {
            return Ok(self.unwritable(&error));
        }
        if self.received < total {
            return Err(None);
        }
        let sha256 = self.served_sha256();
        if sha256 != self.sha256 {
            return Ok(Served::Different {
                sha256: Some(sha256),
                size: total,
            });
        }
        Ok(match self.sink.flush() {
            Ok(()) => Served::Same,
            Err(error) => self.unwritable(&error),
        })
    }

    fn redirect(&mut self, reply: &Reply) -> Result<Served, Option<Duration>> {
        let location = reply.header(&header::LOCATION);
        let target = location
            .and_then(|location| self.url.join(location).ok())
            .filter(|target| match target.scheme() {
                "https" => true,
                "http" => self.url.scheme() == "http",
                _ => false,
            });
        self.redirects += 1;
        self.credentials = None;
        match target {
            Some(target) if self.redirects <= MAX_REDIRECTS => {
                self.url = without_user(target);
                Err(None)
            }
            Some(_) => Ok(self.unknown(format!("redirects more than {MAX_REDIRECTS} times"))),
            None => Ok(self.unknown("redirects to something that is not followed".to_owned())),
        }
    }

    fn served_sha256(&mut self) -> String {
        hex(&std::mem::take(&mut self.digest).finalize())
    }

    fn unknown(&self, what: String) -> Served {
        // The query of a redirect's target may be a signature that grants access.
        let mut shown = self.url.clone();
        shown.set_query(None);
        let why = format!("{shown} {what}");
        Served::Unknown { why }
    }

    fn unwritable(&self, error: &io::Error) -> Served {
        self.unknown(format!("could not be written to disk: {error}"))
    }

    fn uri(&self) -> http::Uri {
        self.url.as_str().parse().unwrap_or_default()
    }
}

impl<W: Write> Flow for Download<W> {
    type Output = Served;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Served>, Infallible> {
        if !matches!(self.url.scheme(), "https" | "http") {
            return Ok(Step::Done(
                self.unknown("is not a URL of http or https".to_owned()),
            ));
        }
        loop {
            let make = || {
                self.patience.begin();
                let request = part_request(
                    &self.url,
                    self.received,
                    self.size,
                    self.credentials.as_ref(),
                );
                Call::new(request, RetryPolicy::never())
            };
            match self.ask.step(make).output() {
                Ok(answer) => match self.answered(answer) {
                    Ok(served) => return Ok(Step::Done(served)),
                    Err(Some(pause)) => self.ask.pause(pause),
                    Err(None) => {}
                },
                Err(step) => return Ok(step),
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.ask.received(reply);
    }
}

impl<W> fmt::Debug for Download<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Download({}, {} bytes received)",
            self.url.path(),
            self.received
        )
    }
}

/// The URL without a user and a password, which messages name.
pub(crate) fn without_user(mut url: Url) -> Url {
    // An error means that the URL cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

fn part_request(
    url: &Url,
    first: u64,
    size: Option<u64>,
    credentials: Option<&Credentials>,
) -> Result<http::Request<Body>, RequestError> {
    let mut request = request(Method::GET, url, "*/*", Body::default())?;
    let end = size.map_or(u64::MAX, |size| size.max(first + 1));
    let last = (first + MAX_PART as u64).min(end) - 1;
    let range = HeaderValue::from_str(&format!("bytes={first}-{last}"))
        .map_err(|_| RequestError::Malformed)?;
    request.headers_mut().insert(header::RANGE, range);
    let extensions = request.extensions_mut();
    let whole = usize::try_from(end.min(MAX_WHOLE)).unwrap_or(MAX_PART);
    extensions.insert(ReplyLimit::new(whole.max(MAX_PART)));
    extensions.insert(Deadline::total(PART_DEADLINE));
    if let Some(credentials) = credentials {
        authorize(&mut request, url, credentials.authorization())?;
    }
    Ok(request)
}

/// The first and the last position, and the number of bytes of the whole file: `bytes 0-4/10`.
fn content_range(header: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total) = (first.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (first <= last && last < total).then_some((first, last, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_its_file() {
        assert_eq!(content_range("bytes 0-4/10"), Some((0, 4, 10)));
        for other in [
            "bytes 0-4/*",
            "bytes 5-4/10",
            "bytes 0-10/10",
            "bytes */10",
            "items 0-4/10",
            "",
        ] {
            assert_eq!(content_range(other), None, "{other}");
        }
    }
}
