//! The files of one project, from the simple API.

use std::time::Duration;

use http::{Method, StatusCode, header};
use pypi_http::{
    Body, Call, Deadline, Flow, Reply, ReplyLimit, RequestError, RetryPolicy, Step, TransportError,
    authorize, request,
};
use url::Url;

use crate::{Credentials, Error, Index, Listing};

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
    page: Page,
    policy: RetryPolicy,
    call: Call,
}

impl Lookup {
    /// A lookup of a project by its normalized name; `None` when the simple API of the index is not known.
    pub fn new(index: &Index, normalized_name: &str, policy: RetryPolicy) -> Option<Self> {
        Some(Self::at(Page::of(index, normalized_name, None)?, policy))
    }

    /// Sends the credentials of an upload too, if the index is of a kind whose pages may be private and has its simple API
    /// at the same origin. Others are not given them.
    #[must_use]
    pub fn credentials(self, credentials: &Credentials) -> Self {
        Self::at(self.page.with(Some(credentials)), self.policy)
    }

    fn at(page: Page, policy: RetryPolicy) -> Self {
        Self {
            call: Call::new(page.request(), policy.clone()),
            page,
            policy,
        }
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
            Ok(answer) => self.page.listing(answer).map(Step::Done),
            Err(step) => Ok(step),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.call.received(reply);
    }
}

/// The page of a project on the simple API.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    /// Whether the page may be private, and the credentials of an upload are for it.
    is_private: bool,
    /// Whether it may redirect when there is no such project.
    redirects_missing: bool,
    credentials: Option<Credentials>,
}

impl Page {
    /// The page of the project with this normalized name; `None` when the simple API of the index is not known.
    pub(crate) fn of(
        index: &Index,
        normalized_name: &str,
        credentials: Option<&Credentials>,
    ) -> Option<Self> {
        let page = Self {
            url: index.project_url(normalized_name)?,
            is_private: index.has_private_reads(),
            redirects_missing: index.profile().redirects_missing,
            credentials: None,
        };
        Some(page.with(credentials))
    }

    pub(crate) fn with(self, credentials: Option<&Credentials>) -> Self {
        Self {
            credentials: credentials.filter(|_| self.is_private).cloned(),
            ..self
        }
    }

    pub(crate) fn request(&self) -> Result<http::Request<Body>, RequestError> {
        let mut request = request(Method::GET, &self.url, ACCEPT, Body::default())?;
        let extensions = request.extensions_mut();
        extensions.insert(ReplyLimit::new(MAX_PAGE));
        extensions.insert(Deadline::total(READ_DEADLINE));
        if let Some(credentials) = &self.credentials {
            authorize(&mut request, &self.url, credentials.authorization())?;
        }
        Ok(request)
    }

    /// The files in the reply.
    pub(crate) fn listing(&self, answer: Result<Reply, TransportError>) -> Result<Listing, Error> {
        let page = &self.url;
        let reply = answer.map_err(|error| Error::transport(page, error))?;
        let age = reply.header(&header::AGE).and_then(|age| age.parse().ok());
        let listing = match reply.status() {
            StatusCode::OK => {
                Listing::read(reply.into_body()).ok_or_else(|| Error::malformed(page))?
            }
            StatusCode::NOT_FOUND => Listing::default(),
            status if status.is_redirection() && self.is_elsewhere(&reply) => Listing::default(),
            status => return Err(Error::status(page, status.as_u16())),
        };
        Ok(listing.fetched(page, Duration::from_secs(age.unwrap_or(0))))
    }

    /// Whether the reply sends installers to another index, because this one has no such project.
    fn is_elsewhere(&self, reply: &Reply) -> bool {
        let location = reply.header(&header::LOCATION).unwrap_or_default();
        let target = self.url.join(location);
        self.redirects_missing && target.is_ok_and(|to| to.origin() != self.url.origin())
    }
}

/// Some indexes have pages in HTML only.
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// The longest project page that is read, in bytes; the longest on PyPI have about 10 MB.
pub const MAX_PAGE: usize = 32 * 1024 * 1024;

/// The longest time for a project page.
pub const READ_DEADLINE: Duration = Duration::from_secs(30);
