//! The files of one project, from the simple API.

use std::time::Duration;

use http::{Method, StatusCode, header};
use pypi_http::{
    Body, Call, Deadline, Flow, Reply, ReplyLimit, RequestError, RetryPolicy, Step, TransportError,
    request,
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
pub struct Lookup {
    page: Url,
    call: Call,
}

impl Lookup {
    /// A lookup of a project by its normalized name; `None` when the simple API of the index is not known.
    pub fn new(index: &Index, normalized_name: &str, policy: RetryPolicy) -> Option<Self> {
        let page = index.project_url(normalized_name)?;
        Some(Self {
            call: Call::new(page_request(&page), policy),
            page,
        })
    }

    /// Why the last attempt failed, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.call.failure()
    }

    /// How often the page was requested.
    pub fn attempts(&self) -> u32 {
        self.call.attempts()
    }
}

impl Flow for Lookup {
    type Output = Listing;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Listing>, Error> {
        let Ok(step) = self.call.step();
        match step.output() {
            Ok(answer) => listing(&self.page, answer).map(Step::Done),
            Err(step) => Ok(step),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.call.received(reply);
    }
}

/// The request for a project page.
pub(crate) fn page_request(url: &Url) -> Result<http::Request<Body>, RequestError> {
    let accept = "application/vnd.pypi.simple.v1+json";
    let mut request = request(Method::GET, url, accept, Body::default())?;
    let extensions = request.extensions_mut();
    extensions.insert(ReplyLimit::new(MAX_PAGE));
    extensions.insert(Deadline::total(READ_DEADLINE));
    Ok(request)
}

/// The longest project page that is read, in bytes; the longest on PyPI have about 10 MB.
pub const MAX_PAGE: usize = 32 * 1024 * 1024;

/// The longest time for a project page.
pub const READ_DEADLINE: Duration = Duration::from_secs(30);

/// The files in a reply of the simple API.
pub(crate) fn listing(page: &Url, answer: Result<Reply, TransportError>) -> Result<Listing, Error> {
    let reply = answer.map_err(|error| Error::transport(page, error))?;
    let listing = match reply.status() {
        StatusCode::OK => Listing::parse(reply.body()).ok_or_else(|| Error::malformed(page))?,
        StatusCode::NOT_FOUND => Listing::default(),
        status => return Err(Error::status(page, status.as_u16())),
    };
    let age = reply.header(&header::AGE).and_then(|age| age.parse().ok());
    Ok(listing.fetched(page, Duration::from_secs(age.unwrap_or(0))))
}
