//! The provenance of one file, from the integrity API.

use http::{Method, StatusCode};
use pypi_http::{
    Body, Call, Deadline, Flow, Reply, ReplyLimit, RequestError, RetryPolicy, Step, TransportError,
    request,
};
use url::Url;

use crate::{Error, READ_DEADLINE, download::without_user};

/// Fetches the provenance object of one file (PEP 740): its attestations by publisher, as JSON bytes that
/// `pypi_attestations::Provenance` parses. `None` when the index has none for the file.
///
/// The URL is [`Listing::provenance_url`](crate::Listing::provenance_url), or
/// [`Index::provenance_url`](crate::Index::provenance_url) where no page gives it.
///
/// # Errors
///
/// [`ErrorKind::Disabled`](crate::ErrorKind::Disabled) when the index has switched attestations off (403),
/// [`ErrorKind::Status`](crate::ErrorKind::Status) and [`ErrorKind::Transport`](crate::ErrorKind::Transport).
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use pypi_http::{Flow, Reply, RetryPolicy, Step};
/// use pypi_upload::{Index, ProvenanceLookup};
///
/// let url = Index::pypi().provenance_url("demo", "1.0", "demo-1.0.tar.gz").expect("PyPI serves provenance");
/// let mut lookup = ProvenanceLookup::new(&url, RetryPolicy::default());
/// let Step::Send(request) = lookup.step()? else { panic!("the first step sends") };
/// assert_eq!(request.uri().path(), "/integrity/demo/1.0/demo-1.0.tar.gz/provenance");
/// lookup.received(Ok(Reply::new(StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new())));
/// assert!(matches!(lookup.step()?, Step::Done(None)));
/// # Ok::<(), pypi_upload::Error>(())
/// ```
///
/// # Source
///
/// [PyPI, "Integrity API"](https://docs.pypi.org/api/integrity/) (read 2026-11-21); `warehouse/api/integrity.py`,
/// 2026-08-21.
#[derive(Debug)]
pub struct ProvenanceLookup {
    url: Url,
    call: Call,
}

impl ProvenanceLookup {
    /// A lookup of the provenance object at `url`. The request carries no secret.
    pub fn new(url: &Url, policy: RetryPolicy) -> Self {
        let url = without_user(url.clone());
        Self {
            call: Call::new(provenance_request(&url), policy),
            url,
        }
    }

    /// Why the last attempt failed, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.call.failure()
    }

    /// How often the object was requested.
    pub fn attempts(&self) -> u32 {
        self.call.attempts()
    }
}

impl Flow for ProvenanceLookup {
    type Output = Option<Vec<u8>>;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Option<Vec<u8>>>, Error> {
        let Ok(step) = self.call.step();
        let reply = match step.output() {
            Ok(answer) => answer.map_err(|error| Error::transport(&self.url, error))?,
            Err(step) => return Ok(step),
        };
        match reply.status() {
            StatusCode::OK => Ok(Step::Done(Some(reply.body().to_vec()))),
            StatusCode::NOT_FOUND => Ok(Step::Done(None)),
            StatusCode::FORBIDDEN => Err(Error::disabled(&self.url)),
            status => Err(Error::status(&self.url, status.as_u16())),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.call.received(reply);
    }
}

/// The longest provenance object that is read, in bytes; `pypi_attestations` parses none that is longer.
pub const MAX_PROVENANCE: usize = 4 * 1024 * 1024;

fn provenance_request(url: &Url) -> Result<http::Request<Body>, RequestError> {
    let accept = "application/vnd.pypi.integrity.v1+json";
    let mut request = request(Method::GET, url, accept, Body::default())?;
    let extensions = request.extensions_mut();
    extensions.insert(ReplyLimit::new(MAX_PROVENANCE));
    extensions.insert(Deadline::total(READ_DEADLINE));
    Ok(request)
}
