//! Which requests belong together.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use pypi_metadata::{Filename, ProjectName};

use crate::api::pages::parts::is_refused;
use crate::api::record::{RecordedRequest, RecordedValue};
use crate::config::Route;
use crate::warehouse::Exchange;

/// The requests of a publication, or of another run of a client.
#[derive(Debug)]
pub(crate) struct Group<'r> {
    /// In the order in which they began; never empty.
    pub(crate) requests: Vec<&'r RecordedRequest>,
    pub(crate) is_publication: bool,
    /// The `User-Agent` of the first request.
    pub(crate) agent: &'r str,
    /// The API token that they use.
    token: Option<Token>,
    last_mint: Option<&'r RecordedRequest>,
    uploaded: BTreeSet<String>,
    read: BTreeSet<String>,
    start: Duration,
    end: Duration,
}

/// An API token.
#[derive(Debug, Eq, PartialEq)]
struct Token {
    fingerprint: String,
    /// Whether it was minted for this publication. An account's token may be used by many.
    is_minted: bool,
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Nothing,
    Partly,
    Published,
    Refused,
}

/// How long after its last request a client may go on. An API token of a trusted publisher lives 15 minutes.
const PAUSE: Duration = Duration::from_secs(20);
const PAUSE_WITH_TOKEN: Duration = Duration::from_secs(900);

/// How many groups a request may be added to, so that the work stays linear.
const OPEN: usize = 32;

/// Groups requests, the oldest first: by their API token, and without one by client and time.
pub(crate) fn grouped<'r>(
    requests: impl Iterator<Item = &'r RecordedRequest>,
    exchanges: &[&Exchange],
) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    for request in requests.filter(|request| request.route != Route::Page) {
        let token = api_token(request, exchanges);
        let mut open = groups.iter_mut().rev().take(OPEN);
        match open.find(|group| group.may_have(request, token.as_ref())) {
            Some(group) => group.add(request, token),
            None => {
                let mut group = Group::new(request);
                group.add(request, token);
                groups.push(group);
            }
        }
    }
    // They were recorded in the order of their responses.
    for group in &mut groups {
        group.requests.sort_by_key(|request| request.started);
    }
    groups
}

/// The API token that a request carries, or is given.
fn api_token(request: &RecordedRequest, exchanges: &[&Exchange]) -> Option<Token> {
    let own = request.token.as_ref()?;
    let mut granted = exchanges
        .iter()
        .filter_map(|exchange| Some((exchange, exchange.outcome.as_ref().ok()?)));
    if request.route == Route::Mint {
        let (_, granted) = granted.find(|(exchange, _)| exchange.id_token == *own)?;
        return (request.status == 200).then(|| Token {
            fingerprint: granted.token.clone(),
            is_minted: true,
        });
    }
    Some(Token {
        fingerprint: own.clone(),
        is_minted: granted.any(|(_, granted)| granted.token == *own),
    })
}

impl<'r> Group<'r> {
    /// A group for its first request, which is still to be added.
    fn new(request: &'r RecordedRequest) -> Self {
        Self {
            requests: Vec::new(),
            is_publication: false,
            agent: agent(request),
            token: None,
            last_mint: None,
            uploaded: BTreeSet::new(),
            read: BTreeSet::new(),
            start: request.started,
            end: request.started,
        }
    }

    fn add(&mut self, request: &'r RecordedRequest, token: Option<Token>) {
        self.requests.push(request);
        self.token = self.token.take().or(token);
        self.start = self.start.min(request.started);
        self.end = self.end.max(request.started + request.duration);
        self.is_publication |= matches!(request.route, Route::Burn | Route::Mint | Route::Upload);
        if request.route == Route::Mint {
            self.last_mint = Some(request);
        }
        let projects = match request.route {
            Route::Upload => &mut self.uploaded,
            _ => &mut self.read,
        };
        projects.extend(project(request));
    }

    fn may_have(&self, request: &RecordedRequest, token: Option<&Token>) -> bool {
        let pause = request.started.saturating_sub(self.end);
        let is_same_client = pause <= PAUSE && self.agent == agent(request);
        match (&self.token, token) {
            (Some(own), Some(other)) if own.is_minted => own == other && pause <= PAUSE_WITH_TOKEN,
            (Some(own), Some(other)) => own == other && is_same_client,
            (_, None) if self.is_begun_anew_by(request) => false,
            (_, None) if request.route == Route::Runner && self.awaits_id_token() => pause <= PAUSE,
            _ => is_same_client && self.is_about(request),
        }
    }

    /// Whether the next request is for an ID token. Some clients leave that to a library, which calls itself something else.
    fn awaits_id_token(&self) -> bool {
        let last = self.requests.last();
        last.is_some_and(|request| request.route == Route::Audience)
    }

    /// Whether a request is the first of another publication, because this one has exchanged its ID token.
    fn is_begun_anew_by(&self, request: &RecordedRequest) -> bool {
        match (self.last_mint, request.route) {
            (Some(_), Route::Audience) => true,
            (Some(mint), Route::Json | Route::Simple) => is_refused(mint),
            _ => false,
        }
    }

    /// Whether a request is about a project of the group, or either is about none.
    fn is_about(&self, request: &RecordedRequest) -> bool {
        let projects = self.projects();
        match project(request) {
            Some(project) if self.is_publication => {
                projects.is_empty() || projects.contains(&project)
            }
            _ => true,
        }
    }

    /// The projects that it is about: those of uploads, else those that were read.
    pub(crate) fn projects(&self) -> &BTreeSet<String> {
        if self.uploaded.is_empty() {
            &self.read
        } else {
            &self.uploaded
        }
    }

    /// When the first request began, and how long everything took.
    pub(crate) fn span(&self) -> (Duration, Duration) {
        (self.start, self.end.saturating_sub(self.start))
    }

    /// The last response to each upload counts: a client may try again.
    pub(crate) fn outcome(&self) -> Outcome {
        let uploads = self
            .requests
            .iter()
            .filter(|request| request.route == Route::Upload);
        let last: HashMap<Option<&str>, bool> = uploads
            .map(|request| (filename(request), is_refused(request)))
            .collect();
        let bad = last.values().filter(|is_bad| **is_bad).count();
        match (last.len(), bad) {
            (0, _) if self.last_mint.is_some_and(is_refused) => Outcome::Refused,
            (0, _) => Outcome::Nothing,
            (_, 0) => Outcome::Published,
            (all, bad) if all == bad => Outcome::Refused,
            _ => Outcome::Partly,
        }
    }
}

fn agent(request: &RecordedRequest) -> &str {
    let mut headers = request.headers.iter();
    let found = headers.find(|(name, _)| name == "user-agent");
    found.map_or("", |(_, value)| value)
}

/// The normalized name of the project that a request is about.
pub(crate) fn project(request: &RecordedRequest) -> Option<String> {
    let name = match request.route {
        Route::Upload => text(request, "name")?.to_owned(),
        Route::Json | Route::Provenance | Route::Simple => {
            path(request).split('/').nth(2)?.to_owned()
        }
        Route::File | Route::Metadata => {
            let name = path(request)
                .rsplit('/')
                .next()?
                .trim_end_matches(".metadata");
            Filename::parse(name).ok()?.name().normalized().to_owned()
        }
        _ => return None,
    };
    Some(ProjectName::parse(&name).ok()?.normalized().to_owned())
}

/// The name of the file that a request sends or gets.
pub(crate) fn filename(request: &RecordedRequest) -> Option<&str> {
    match request.route {
        Route::Upload => request.fields.iter().find_map(|(_, value)| match value {
            RecordedValue::File { filename, .. } => Some(filename.as_str()),
            RecordedValue::Text(_) => None,
        }),
        Route::File | Route::Metadata => path(request).rsplit('/').next(),
        _ => None,
    }
}

/// The version of an upload.
pub(crate) fn version(request: &RecordedRequest) -> Option<&str> {
    (request.route == Route::Upload).then(|| text(request, "version"))?
}

/// The text of a form field.
fn text<'r>(request: &'r RecordedRequest, key: &str) -> Option<&'r str> {
    request.fields.iter().find_map(|(name, value)| match value {
        RecordedValue::Text(text) if name == key => Some(text.as_str()),
        _ => None,
    })
}

fn path(request: &RecordedRequest) -> &str {
    request.path.split('?').next().unwrap_or_default()
}
