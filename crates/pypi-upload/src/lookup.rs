//! The files of one project, from the simple API.

use http::{Method, StatusCode};
use pypi_http::{
    Body, Call, Flow, Reply, ReplyLimit, RequestError, RetryPolicy, Step, TransportError, request,
};
use url::Url;

use crate::{Error, Index, Listing};

/// Asks the simple API for the files of one project. A project that does not exist has none.
///
/// # Examples
///
/// ```
/// use pypi_http::{Flow, RetryPolicy, Step};
/// use pypi_upload::{Index, Lookup};
///
/// let mut lookup = Lookup::new(&Index::pypi(), "demo", RetryPolicy::default()).expect("PyPI has a simple API");
/// let Step::Send(request) = lookup.step()? else { panic!("the first step sends") };
/// assert!(request.uri().path().ends_with("/simple/demo/"));
/// # Ok::<(), pypi_upload::Error>(())
/// ```
#[derive(Debug)]
pub struct Lookup(Call);

impl Lookup {
    /// A lookup of a project by its normalized name; `None` when the simple API of the index is not known.
    pub fn new(index: &Index, normalized_name: &str, policy: RetryPolicy) -> Option<Self> {
        let url = index.project_url(normalized_name)?;
        Some(Self(Call::new(page_request(&url), policy)))
    }
}

impl Flow for Lookup {
    type Output = Listing;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Listing>, Error> {
        let Ok(step) = self.0.step();
        match step.output() {
            Ok(answer) => listing(answer).map(Step::Done),
            Err(step) => Ok(step),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.0.received(reply);
    }
}

/// The request for a project page.
pub(crate) fn page_request(url: &Url) -> Result<http::Request<Body>, RequestError> {
    let accept = "application/vnd.pypi.simple.v1+json";
    let mut request = request(Method::GET, url, accept, Body::default())?;
    request.extensions_mut().insert(ReplyLimit::new(MAX_PAGE));
    Ok(request)
}

/// The longest project page that is read, in bytes; the longest on PyPI have about 10 MB.
pub const MAX_PAGE: usize = 32 * 1024 * 1024;

/// The files in a reply of the simple API.
pub(crate) fn listing(answer: Result<Reply, TransportError>) -> Result<Listing, Error> {
    let reply = answer.map_err(Error::transport)?;
    match reply.status() {
        StatusCode::OK => Listing::parse(reply.body()).ok_or_else(Error::malformed),
        StatusCode::NOT_FOUND => Ok(Listing::default()),
        status => Err(Error::status(status.as_u16())),
    }
}
