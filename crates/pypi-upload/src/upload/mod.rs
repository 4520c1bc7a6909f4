//! The upload of one file.

mod abandon;
mod settle;

use std::{
    convert::Infallible,
    fmt, mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use http::{HeaderValue, Method, header};
use pypi_http::{
    Body, Call, Clock, Deadline, Flow, Progress, Reply, RequestError, Retry, RetryPolicy, Step,
    TransportError, TransportErrorKind, authorize, request,
};
use url::Url;

use crate::{
    Attempt, Credentials, Evidence, Existing, Failure, FailureKind, Form, Index, Outcome, Profile,
    form::FILE_PART,
    lookup::Page,
    reply::{Verdict, classify},
    resolve::Resolve,
};

/// Sends one file and determines the outcome.
///
/// ```text
/// Send ──200──────────────────────────────────────> Uploaded
///  ^ │ ──refused, never stored────────────────────> Refused
///  │ │ ──file exists, or refused after a doubt─> Look ──same sha256──> Uploaded or AlreadyPresent
///  │ └──no reply, 429, 5xx──┐                   ^  ├────other sha256─> Refused or Exists
///  └──pause, while allowed──┴──when not allowed─┘  ├────not listed──> Refused or Failed
///                                                  └────unknown─────> Unknown or Exists
/// ```
///
/// Sending the same bytes again is safe on PyPI: it replies 200 and changes nothing (Warehouse, 2026-08-21). Once an
/// attempt may have been stored, only the sha256 that the simple API lists decides, never the reply to a later attempt.
///
/// # Examples
///
/// ```
/// # use pypi_metadata::Distribution;
/// # use pypi_upload::{Digests, Form};
/// use pypi_http::{Flow, Part, Secret, Step};
/// use pypi_upload::{Credentials, Index, Upload};
///
/// # let wheel = pypi_metadata::testing::wheel("demo", "1.0");
/// # let (name, bytes) = (wheel.filename, wheel.bytes);
/// # let distribution = Distribution::read(&name, std::io::Cursor::new(&bytes))?;
/// # let form = Form::new(&distribution, &Digests::read(&bytes[..])?, Part::from(bytes));
/// let index = Index::custom("https://index.example/legacy/")?;
/// let mut upload = Upload::new(form, &index, Credentials::token(&Secret::new("pypi-…")));
/// assert!(matches!(upload.step()?, Step::Send(request) if request.method() == "POST"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Upload {
    form: Form,
    url: Url,
    page: Option<Page>,
    profile: &'static Profile,
    existing: Existing,
    /// Whether the last reply said that the index has a file of this name.
    is_taken: bool,
    credentials: Credentials,
    policy: RetryPolicy,
    retry: Retry,
    clock: Clock,
    progress: Option<Progress>,
    attempts: Vec<Attempt>,
    /// Bytes of the file that the transport has read in this attempt.
    sent: Arc<AtomicU64>,
    started: SystemTime,
    /// When an attempt ended after which the index may have stored the file.
    doubt: Option<SystemTime>,
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Sending(Call),
    Pause(Duration),
    /// Asks the listing whether it confirms or replaces this outcome.
    Looking(Outcome, Box<Resolve>),
    Over(Outcome),
}

/// How long PyPI may check and store a file before it replies.
pub const VERDICT_DEADLINE: Duration = Duration::from_secs(15 * 60);

impl Upload {
    /// An upload of `form`.
    pub fn new(form: Form, index: &Index, credentials: Credentials) -> Self {
        let clock = Clock::system();
        Self {
            url: index.upload_url().clone(),
            page: Page::of(index, form.project(), Some(&credentials)),
            profile: index.profile(),
            existing: Existing::default(),
            is_taken: false,
            form,
            credentials,
            policy: RetryPolicy::default(),
            retry: Retry::new(RetryPolicy::default()),
            started: clock.now(),
            clock,
            progress: None,
            attempts: Vec::new(),
            sent: Arc::default(),
            doubt: None,
            state: State::Ready,
        }
    }

    /// What it means that the index has a file of this name; [`Existing::Same`] by default.
    #[must_use]
    pub fn existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// How requests are retried; by default five attempts.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Retry::new(policy.clone());
        self.policy = policy;
        self
    }

    /// The clock that dates the attempts; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Calls `progress` with the number of bytes of the file each time some are sent, in every attempt.
    #[must_use]
    pub fn on_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// The attempts that have ended so far.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The number of the attempt that is in flight, 1 for the first; `None` between attempts.
    pub fn current_attempt(&self) -> Option<usize> {
        matches!(self.state, State::Sending(_)).then(|| self.attempts.len() + 1)
    }

    /// Why the file, or the page that resolves a doubt, is requested again; with how often it was.
    pub fn failure(&self) -> Option<(&str, usize)> {
        match &self.state {
            State::Looking(_, resolve) => Some((resolve.failure(), resolve.attempts() as usize)),
            _ => {
                let last = self.attempts.last()?;
                Some((&last.message, self.attempts.len()))
            }
        }
    }

    /// Whether the page is asked whether it lists the file, after an upload without a clear reply.
    pub fn is_looking(&self) -> bool {
        matches!(self.state, State::Looking(..))
    }

    /// Sends the file again, with other credentials, after
    /// [`RefusalKind::TokenExpired`](crate::RefusalKind::TokenExpired).
    pub fn renew(&mut self, credentials: Credentials) {
        self.page = self.page.take().map(|page| page.with(Some(&credentials)));
        self.credentials = credentials;
        self.retry = Retry::new(self.policy.clone());
        self.state = State::Ready;
    }

    fn post(&self) -> Result<http::Request<Body>, RequestError> {
        let (sent, progress) = (Arc::clone(&self.sent), self.progress.clone());
        let body = self.form.body().on_progress(
            FILE_PART,
            Arc::new(move |count| {
                sent.fetch_add(count, Ordering::Relaxed);
                if let Some(progress) = &progress {
                    progress(count);
                }
            }),
        );
        let mut request = request(Method::POST, &self.url, ACCEPT, body)?;
        let content_type = HeaderValue::from_str(&self.form.content_type())
            .map_err(|_| RequestError::Malformed)?;
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        let deadline = Deadline::after_body(VERDICT_DEADLINE);
        request.extensions_mut().insert(deadline);
        authorize(&mut request, &self.url, self.credentials.authorization())?;
        Ok(request)
    }

    /// Whether all of the file has left in this attempt. A server cannot store what it has not received.
    fn is_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed) >= self.form.size()
    }

    fn record(&mut self, status: Option<u16>, message: String) {
        let now = self.clock.now();
        self.attempts.push(Attempt {
            started: self.started,
            duration: now.duration_since(self.started).unwrap_or_default(),
            bytes: self.sent.load(Ordering::Relaxed),
            status,
            message,
        });
    }

    fn answered(&mut self, answer: Result<Reply, TransportError>) -> State {
        let failure = match &answer {
            Ok(reply) => {
                let (verdict, message) = classify(reply, self.credentials.redactor(), self.profile);
                let status = reply.status().as_u16();
                self.record(Some(status), message.clone());
                match verdict {
                    Verdict::Accepted => {
                        let evidence = Evidence::Reply;
                        return State::Over(Outcome::Uploaded { evidence });
                    }
                    Verdict::Exists(refusal) => return self.exists(refusal),
                    Verdict::Identical => return State::Over(self.identical(status, message)),
                    Verdict::Refused(refusal) => return self.refused(refusal),
                    Verdict::Staged(url) => return State::Over(Outcome::Staged { url }),
                    Verdict::Doubtful => self.doubt = Some(self.clock.now()),
                    Verdict::NotStored => {}
                }
                Failure {
                    kind: FailureKind::Status(status),
                    message: format!("the index replied {status}: {message}"),
                    retry_at: None,
                }
            }
            Err(error) => {
                let message = error.causes(Some(&self.url.origin()));
                let message = self.credentials.redactor().redact(&message);
                if error.kind() != TransportErrorKind::Request {
                    self.record(None, message.clone());
                }
                if error.kind().may_have_arrived() && self.is_sent() {
                    self.doubt = Some(self.clock.now());
                }
                Failure {
                    kind: failure_kind(error.kind()),
                    message,
                    retry_at: None,
                }
            }
        };
        match self.retry.after(&answer) {
            Some(pause) => State::Pause(pause),
            None => self.gave_up(failure, answer.ok()),
        }
    }
}

impl Flow for Upload {
    type Output = Outcome;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Outcome>, Infallible> {
        loop {
            self.state = match mem::replace(&mut self.state, State::Ready) {
                State::Ready => {
                    self.started = self.clock.now();
                    self.sent.store(0, Ordering::Relaxed);
                    State::Sending(Call::new(self.post(), RetryPolicy::never()))
                }
                State::Sending(mut call) => match call.step()?.output() {
                    Ok(answer) => self.answered(answer),
                    Err(step) => {
                        self.state = State::Sending(call);
                        return Ok(step);
                    }
                },
                State::Pause(pause) => return Ok(Step::Wait(pause)),
                State::Looking(doubtful, mut resolve) => match resolve.step()?.output() {
                    Ok(resolution) => State::Over(self.resolved(doubtful, resolution)),
                    Err(step) => {
                        self.state = State::Looking(doubtful, resolve);
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
        match &mut self.state {
            State::Sending(call) => call.received(reply),
            State::Looking(_, resolve) => resolve.received(reply),
            _ => {}
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("filename", &self.form.filename())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

fn failure_kind(kind: TransportErrorKind) -> FailureKind {
    match kind {
        TransportErrorKind::Body => FailureKind::File,
        TransportErrorKind::Cancelled => FailureKind::Cancelled,
        kind => FailureKind::Transport(kind),
    }
}

/// PyPI's errors have their sentence in JSON as `code`; other indexes send what they can.
const ACCEPT: &str = "application/json, text/plain;q=0.8, text/html;q=0.7, */*;q=0.5";
