//! The upload of one file.

use std::{convert::Infallible, time::Duration};

use http::{HeaderValue, Method, header};
use pypi_http::{
    Body, Call, Flow, Progress, Reply, RequestError, Retry, RetryPolicy, Step, TransportError,
    authorize, request,
};
use url::Url;

use crate::{
    Credentials, Evidence, Failure, FailureKind, Form, Index, Listed, Outcome, Refusal,
    RefusalKind,
    lookup::{listing, page_request},
    reply::{Verdict, classify},
};

/// Sends one file and determines the outcome.
///
/// ```text
/// Send ──200──────────────────────────────────────> Uploaded
///  ^ │ ──refused──────────────────────────────────> Refused
///  │ │ ──file exists────────> Look ──same sha256──> AlreadyPresent (Uploaded, when an earlier attempt stored it)
///  │ └──no reply, 429, 5xx──┐  ^ └────otherwise───> Refused or Failed
///  └──pause, while allowed──┴──┘ when not allowed
/// ```
///
/// Sending the same bytes again is safe on PyPI: it replies 200 and changes nothing (Warehouse, 2026-08-21). Where the
/// index has a simple API, a doubt is resolved by the sha256 that it lists, never by the text of a reply.
pub struct Upload {
    form: Form,
    sha256: String,
    url: Url,
    page: Option<Url>,
    credentials: Credentials,
    retry: Retry,
    progress: Option<Progress>,
    attempts: u32,
    may_be_stored: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Sending(Call),
    Pause(Duration),
    /// Asks the simple API before it settles for this outcome.
    Looking(Outcome, Call),
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
            retry: Retry::new(policy),
            progress: None,
            attempts: 0,
            may_be_stored: false,
            state: State::Ready,
        }
    }

    /// Calls `progress` with the number of bytes each time some are sent, in every attempt.
    #[must_use]
    pub fn on_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// How often the file was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
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

    fn answered(&mut self, answer: &Result<Reply, TransportError>) -> State {
        let kind = match answer {
            Ok(reply) => match classify(reply) {
                Verdict::Accepted => {
                    return State::Over(Outcome::Uploaded {
                        attempts: self.attempts,
                    });
                }
                Verdict::Refused(refusal) => return self.refused(refusal),
                Verdict::Unknown => {
                    self.may_be_stored = true;
                    FailureKind::Status(reply.status().as_u16())
                }
            },
            Err(error) => {
                self.may_be_stored |= error.kind().may_have_arrived();
                FailureKind::Transport(error.kind())
            }
        };
        match self.retry.after(answer) {
            Some(pause) => State::Pause(pause),
            None => self.gave_up(kind),
        }
    }

    fn refused(&self, mut refusal: Refusal) -> State {
        refusal.message = self.credentials.redact_in(&refusal.message);
        let exists = refusal.kind == RefusalKind::FileExists;
        self.look_if(exists, Outcome::Refused(refusal))
    }

    fn gave_up(&self, kind: FailureKind) -> State {
        let outcome = Outcome::Failed(Failure {
            kind,
            attempts: self.attempts,
            may_be_stored: self.may_be_stored,
        });
        self.look_if(self.may_be_stored, outcome)
    }

    fn look_if(&self, in_doubt: bool, outcome: Outcome) -> State {
        match &self.page {
            Some(page) if in_doubt => {
                State::Looking(outcome, Call::new(page_request(page), RetryPolicy::never()))
            }
            _ => State::Over(outcome),
        }
    }

    /// What the listing makes of an outcome in doubt.
    fn resolve(&self, doubtful: Outcome, answer: Result<Reply, TransportError>) -> Outcome {
        let listed = listing(answer).ok();
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

/// The refusal of a file whose name is listed with another sha256, before or instead of a reply from the index.
pub fn exists_with_other_contents() -> Outcome {
    Outcome::Refused(Refusal {
        kind: RefusalKind::FileExists,
        status: None,
        message: "the index lists a file of this name with another sha256: build a new version"
            .to_owned(),
    })
}

impl Flow for Upload {
    type Output = Outcome;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Outcome>, Infallible> {
        loop {
            self.state = match std::mem::replace(&mut self.state, State::Ready) {
                State::Ready => {
                    self.attempts += 1;
                    State::Sending(Call::new(self.post(), RetryPolicy::never()))
                }
                State::Sending(mut call) => match call.step()?.output() {
                    Ok(answer) => self.answered(&answer),
                    Err(step) => {
                        self.state = State::Sending(call);
                        return Ok(step);
                    }
                },
                State::Pause(pause) => return Ok(Step::Wait(pause)),
                State::Looking(outcome, mut call) => match call.step()?.output() {
                    Ok(answer) => State::Over(self.resolve(outcome, answer)),
                    Err(step) => {
                        self.state = State::Looking(outcome, call);
                        return Ok(step);
                    }
                },
                State::Over(outcome) => {
                    self.state = State::Over(outcome.clone());
                    return Ok(Step::Done(outcome));
                }
            };
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        if let State::Sending(call) | State::Looking(_, call) = &mut self.state {
            call.received(reply);
        }
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

/// PyPI's errors have their sentence in JSON as `code`; other indexes send what they can.
const ACCEPT: &str = "application/json, text/plain;q=0.8, text/html;q=0.7, */*;q=0.5";
