//! What an index lists for a project.

use std::{collections::BTreeMap, error::Error as StdError, fmt};

use http::{Method, StatusCode};
use pypi_http::{
    Body, Flow, Reply, ReplyLimit, RequestError, RetryPolicy, Step, TransportError, is_transient,
    request,
};
use serde::Deserialize;
use url::Url;

use crate::Index;

/// The files that an index lists for one project, with their sha256 where it tells.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing(BTreeMap<String, Option<String>>);

/// How a file of ours compares with what an index lists.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Listed {
    /// Not listed. The page may be some minutes old, so this is no proof of absence.
    Absent,
    /// Listed with another sha256.
    Different,
    /// Listed with the same sha256.
    Same,
    /// Listed without a sha256.
    Unknown,
}

impl Listing {
    /// Reads a project's page of the simple API in JSON; `None` when it is not such.
    ///
    /// # Source
    ///
    /// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/)
    /// (PEP 691, read 2026-11-21).
    pub fn parse(json: &[u8]) -> Option<Self> {
        let page: Page = serde_json::from_slice(json).ok()?;
        Some(Self(
            page.files
                .into_iter()
                .map(|file| {
                    (
                        file.filename,
                        file.hashes.sha256.map(|hex| hex.to_ascii_lowercase()),
                    )
                })
                .collect(),
        ))
    }

    /// Compares a file, by its name and its sha256 in lower-case hex.
    pub fn compare(&self, filename: &str, sha256: &str) -> Listed {
        match self.0.get(filename) {
            None => Listed::Absent,
            Some(None) => Listed::Unknown,
            Some(Some(listed)) if listed == sha256 => Listed::Same,
            Some(Some(_)) => Listed::Different,
        }
    }
}

#[derive(Deserialize)]
struct Page {
    files: Vec<PageFile>,
}

#[derive(Deserialize)]
struct PageFile {
    filename: String,
    hashes: Hashes,
}

#[derive(Deserialize)]
struct Hashes {
    sha256: Option<String>,
}

/// Asks the simple API for the files of one project. A project that does not exist has none.
#[derive(Debug)]
pub struct Lookup {
    url: Url,
    policy: RetryPolicy,
    attempts: u32,
    answer: Option<Result<Reply, TransportError>>,
}

/// Why the files of a project are not known.
#[derive(Debug)]
pub struct LookupError {
    kind: LookupErrorKind,
    source: Option<TransportError>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LookupErrorKind {
    /// The answer is not the simple API's JSON.
    Malformed,
    /// The request cannot be made.
    Request(RequestError),
    /// An answer of this status, to the last.
    Status(u16),
    /// No complete answer.
    Transport,
}

impl Lookup {
    /// A lookup of a project by its normalized name; `None` when the index has no simple API that we know of.
    pub fn new(index: &Index, normalized_name: &str, policy: RetryPolicy) -> Option<Self> {
        let url = index.project_url(normalized_name)?;
        Some(Self {
            url,
            policy,
            attempts: 0,
            answer: None,
        })
    }

    fn take(&self, answer: Result<Reply, TransportError>) -> Result<Step<Listing>, LookupError> {
        let transient = match &answer {
            Ok(reply) => is_transient(reply.status()),
            Err(error) => error.kind().is_transient(),
        };
        if transient && let Some(pause) = self.policy.pause(self.attempts, answer.as_ref().ok()) {
            return Ok(Step::Wait(pause));
        }
        let reply = answer.map_err(|error| LookupError {
            kind: LookupErrorKind::Transport,
            source: Some(error),
        })?;
        listing(&reply).map(Step::Done)
    }
}

impl Flow for Lookup {
    type Output = Listing;
    type Error = LookupError;

    fn step(&mut self) -> Result<Step<Listing>, LookupError> {
        if let Some(answer) = self.answer.take() {
            return self.take(answer);
        }
        self.attempts += 1;
        page_request(&self.url)
            .map(Step::send)
            .map_err(|error| LookupErrorKind::Request(error).into())
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.answer = Some(reply);
    }
}

/// The request for a project's page.
pub(crate) fn page_request(url: &Url) -> Result<http::Request<Body>, RequestError> {
    let mut request = request(
        Method::GET,
        url,
        "application/vnd.pypi.simple.v1+json",
        Body::default(),
    )?;
    request.extensions_mut().insert(ReplyLimit::new(MAX_PAGE));
    Ok(request)
}

/// The longest page of a project that is read, in bytes; the longest on PyPI have some 10 MB.
pub const MAX_PAGE: usize = 32 * 1024 * 1024;

/// The files in an answer of the simple API.
pub(crate) fn listing(reply: &Reply) -> Result<Listing, LookupError> {
    match reply.status() {
        StatusCode::OK => {
            Listing::parse(reply.body()).ok_or_else(|| LookupErrorKind::Malformed.into())
        }
        StatusCode::NOT_FOUND => Ok(Listing::default()),
        status => Err(LookupErrorKind::Status(status.as_u16()).into()),
    }
}

impl LookupError {
    /// The category, for `match`.
    pub fn kind(&self) -> LookupErrorKind {
        self.kind
    }
}

impl From<LookupErrorKind> for LookupError {
    fn from(kind: LookupErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the index, asked for the project's files, ")?;
        match self.kind {
            LookupErrorKind::Malformed => {
                f.write_str("did not answer with the simple API's JSON: check its simple URL")
            }
            LookupErrorKind::Request(error) => write!(f, "cannot be asked: {error}"),
            LookupErrorKind::Status(status) => write!(f, "answered {status}"),
            LookupErrorKind::Transport => f.write_str("gave no complete answer"),
        }
    }
}

impl StdError for LookupError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|cause| cause as _)
    }
}
