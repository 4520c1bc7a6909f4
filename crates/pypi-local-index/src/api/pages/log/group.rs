//! Which requests belong together.

use std::time::Duration;

use pypi_metadata::{Filename, ProjectName};

use crate::api::pages::parts::is_refused;
use crate::api::record::{RecordedRequest, RecordedValue};
use crate::config::Route;
use crate::warehouse::Exchange;

/// The requests of a publication, or of another run of a client.
#[derive(Debug)]
pub(crate) struct Group<'r> {
    /// The oldest first; never empty.
    pub(crate) requests: Vec<&'r RecordedRequest>,
    /// The API token that they use.
    token: Option<Token>,
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
        let end = request.started + request.duration;
        let mut open = groups.iter_mut().rev().take(OPEN);
        match open.find(|group| group.may_have(request, token.as_ref())) {
            Some(group) => {
                group.requests.push(request);
                group.token = group.token.take().or(token);
                group.end = group.end.max(end);
            }
            None => groups.push(Group {
                requests: vec![request],
                token,
                end,
            }),
        }
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
    fn may_have(&self, request: &RecordedRequest, token: Option<&Token>) -> bool {
        let pause = request.started.saturating_sub(self.end);
        let is_same_client = pause <= PAUSE && self.agent() == agent(request);
        match (&self.token, token) {
            (Some(own), Some(other)) if own.is_minted => own == other && pause <= PAUSE_WITH_TOKEN,
            (Some(own), Some(other)) => own == other && is_same_client,
            (_, None) if self.is_begun_anew_by(request) => false,
            _ => is_same_client && self.is_about(request),
        }
    }

    /// Whether a request is the first of another publication, because this one has exchanged its ID token.
    fn is_begun_anew_by(&self, request: &RecordedRequest) -> bool {
        let mut mints = self
            .requests
            .iter()
            .filter(|request| request.route == Route::Mint);
        match (mints.next_back(), request.route) {
            (Some(_), Route::Audience) => true,
            (Some(mint), Route::Json | Route::Simple) => is_refused(mint),
            _ => false,
        }
    }

    /// Whether a request is about a project of the group, or either is about none.
    fn is_about(&self, request: &RecordedRequest) -> bool {
        let projects = self.projects();
        match project(request) {
            Some(project) if self.is_publication() => {
                projects.is_empty() || projects.contains(&project)
            }
            _ => true,
        }
    }

    pub(crate) fn agent(&self) -> &'r str {
        self.requests.first().map_or("", |request| agent(request))
    }

    pub(crate) fn is_publication(&self) -> bool {
        let publishes = |route| matches!(route, Route::Burn | Route::Mint | Route::Upload);
        self.requests.iter().any(|request| publishes(request.route))
    }

    /// The projects that it is about: those of uploads, else those that were read. In alphabetical order.
    pub(crate) fn projects(&self) -> Vec<String> {
        let of = |is_upload: bool| {
            let own = self
                .requests
                .iter()
                .filter(|request| (request.route == Route::Upload) == is_upload);
            let mut projects: Vec<String> = own.filter_map(|request| project(request)).collect();
            projects.sort();
            projects.dedup();
            projects
        };
        match of(true) {
            projects if projects.is_empty() => of(false),
            projects => projects,
        }
    }

    /// When the first request began and how long everything took.
    pub(crate) fn span(&self) -> (Duration, Duration) {
        let start = self
            .requests
            .first()
            .map_or(self.end, |request| request.started);
        (start, self.end.saturating_sub(start))
    }

    /// The last response to each upload counts: a client may try again.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut last: Vec<(Option<&str>, bool)> = Vec::new();
        for request in self
            .requests
            .iter()
            .filter(|request| request.route == Route::Upload)
        {
            let (name, is_bad) = (filename(request), is_refused(request));
            match last.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = is_bad,
                None => last.push((name, is_bad)),
            }
        }
        let bad = last.iter().filter(|(_, is_bad)| *is_bad).count();
        let mut mints = self
            .requests
            .iter()
            .filter(|request| request.route == Route::Mint);
        match (last.len(), bad) {
            (0, _) if mints.next_back().is_some_and(|mint| is_refused(mint)) => Outcome::Refused,
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
