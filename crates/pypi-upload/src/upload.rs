//! The upload of one file.

use http::{HeaderValue, Method, header};
use pypi_http::{
    Body, Flow, Progress, Reply, RequestError, RetryPolicy, Step, TransportError, authorize,
    request,
};
use url::Url;

use crate::{
    Credentials, Evidence, Failure, FailureKind, Form, Index, Listed, Outcome, Refusal,
    RefusalKind,
    listing::{listing, page_request},
    reply::{Verdict, classify},
};

/// Sends one file and finds out what became of it.
///
/// ```text
/// Send ──200──────────────────────────────────────> Uploaded
///  ^ │ ──refused──────────────────────────────────> Refused
///  │ │ ──file exists────────> Look ──same sha256──> AlreadyPresent (Uploaded, when an earlier attempt stored it)
///  │ └──no answer, 429, 5xx─┐  ^ └────otherwise───> Refused or Failed
///  └──pause, while it may───┴──┘ when it may not
/// ```
///
/// To send the same bytes again is safe on PyPI: it answers 200 and changes nothing (Warehouse, 2026-08-21). Where
/// the index has a simple API, a doubt is resolved by the sha256 that it lists, never by the text of an answer.
pub struct Upload {
    form: Form,
    sha256: String,
    url: Url,
    page: Option<Url>,
    credentials: Credentials,
    policy: RetryPolicy,
    progress: Option<Progress>,
    attempts: u32,
    may_be_stored: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Send,
    Sending,
    Pause(std::time::Duration),
    /// Asks the simple API before it settles for this outcome.
    Look(Outcome),
    Looking(Outcome),
    Over(Outcome),
}

impl Upload {
    /// An upload of `form`, whose file has this sha256 (lower-case hex) and belongs to the project of this normalized
    /// name.
    pub fn new(
        form: Form,
        sha256: &str,
        index: &Index,
        normalized_name: &str,
        credentials: Credentials,
        policy: RetryPolicy,
    ) -> Self {
        Self {
            form,
            sha256: sha256.to_owned(),
            url: index.upload_url().clone(),
            page: index.project_url(normalized_name),
            credentials,
            policy,
            progress: None,
            attempts: 0,
            may_be_stored: false,
            state: State::Send,
        }
    }

    /// Has `progress` called with every count of bytes sent, in every attempt.
    #[must_use]
    pub fn on_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    fn post(&self) -> Result<http::Request<Body>, RequestError> {
        let mut body = self.form.body();
        if let Some(progress) = &self.progress {
            body = body.on_progress(std::sync::Arc::clone(progress));
        }
        let mut request = request(Method::POST, &self.url, ACCEPT, body)?;
        let content_type = HeaderValue::from_str(&self.form.content_type())
            .map_err(|_| RequestError::Malformed)?;
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        authorize(&mut request, &self.url, self.credentials.authorization())?;
        Ok(request)
    }

    fn answered(&mut self, answer: Result<Reply, TransportError>) -> State {
        let kind = match &answer {
            Ok(reply) => match classify(reply) {
                Verdict::Accepted => {
                    return State::Over(Outcome::Uploaded {
                        attempts: self.attempts,
                    });
                }
                Verdict::Refused(refusal) => return self.refused(refusal),
                Verdict::Trouble => {
                    self.may_be_stored = true;
                    FailureKind::Status(reply.status().as_u16())
                }
            },
            Err(error) => {
                self.may_be_stored |= error.kind().may_have_arrived();
                if !error.kind().is_transient() {
                    return self.gave_up(FailureKind::Transport(error.kind()));
                }
                FailureKind::Transport(error.kind())
            }
        };
        match self.policy.pause(self.attempts, answer.as_ref().ok()) {
            Some(pause) => State::Pause(pause),
            None => self.gave_up(kind),
        }
    }

    fn refused(&self, mut refusal: Refusal) -> State {
        refusal.text = self.credentials.redact_in(&refusal.text);
        let exists = refusal.kind == RefusalKind::FileExists;
        let outcome = Outcome::Refused(refusal);
        if exists && self.page.is_some() {
            State::Look(outcome)
        } else {
            State::Over(outcome)
        }
    }

    fn gave_up(&self, kind: FailureKind) -> State {
        let outcome = Outcome::Failed(Failure {
            kind,
            attempts: self.attempts,
            may_be_stored: self.may_be_stored,
        });
        if self.may_be_stored && self.page.is_some() {
            State::Look(outcome)
        } else {
            State::Over(outcome)
        }
    }

    /// What the listing makes of an outcome in doubt.
    fn settled(&self, doubtful: Outcome, answer: Result<Reply, TransportError>) -> Outcome {
        let listed = answer.ok().and_then(|reply| listing(&reply).ok());
        match listed.map(|listing| listing.compare(self.form.filename(), &self.sha256)) {
            Some(Listed::Same) if self.may_be_stored => Outcome::Uploaded {
                attempts: self.attempts,
            },
            Some(Listed::Same) => Outcome::AlreadyPresent {
                evidence: Evidence::ListedAfterRefusal,
            },
            Some(Listed::Different) if matches!(doubtful, Outcome::Failed(_)) => {
                exists_with_other_contents()
            }
            _ => doubtful,
        }
    }
}

/// The refusal of a file whose name is listed with another sha256, before or instead of an answer from the index.
pub fn exists_with_other_contents() -> Outcome {
    Outcome::Refused(Refusal {
        kind: RefusalKind::FileExists,
        status: 0,
        text: "the index lists a file of this name with another sha256: build under a new version"
            .to_owned(),
    })
}

impl Flow for Upload {
    type Output = Outcome;
    type Error = RequestError;

    fn step(&mut self) -> Result<Step<Outcome>, RequestError> {
        match std::mem::replace(&mut self.state, State::Send) {
            State::Pause(time) => Ok(Step::Wait(time)),
            State::Over(outcome) => {
                self.state = State::Over(outcome.clone());
                Ok(Step::Done(outcome))
            }
            State::Look(outcome) => {
                let Some(page) = &self.page else {
                    return Ok(Step::Done(outcome));
                };
                let request = page_request(page)?;
                self.state = State::Looking(outcome);
                Ok(Step::send(request))
            }
            State::Send | State::Sending | State::Looking(_) => {
                self.attempts += 1;
                self.state = State::Sending;
                self.post().map(Step::send)
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.state = match std::mem::replace(&mut self.state, State::Send) {
            State::Looking(outcome) => State::Over(self.settled(outcome, reply)),
            _ => self.answered(reply),
        };
    }
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("filename", &self.form.filename())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// PyPI's errors have their sentence in JSON as `code`; other indexes answer what they can.
const ACCEPT: &str = "application/json, text/plain;q=0.8, text/html;q=0.7, */*;q=0.5";
