//! One flow that a publication hands out to be run.

use std::{
    convert::Infallible,
    fmt, mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::Method;
use pypi_http::{Body, CancelToken, CommandOutput, Flow, Reply, Step, TransportError};
use pypi_trusted_publisher::{ApiToken, Burn, BurnOutcome, ClaimProblem, Exchange};
use pypi_upload::{Attempt, Listing, Lookup, Outcome, RefusalKind, Upload, Verification, Verify};

use crate::{
    Event, Observer, Operation,
    limit::{LEAST, Limit},
};

/// One flow of a [`Publication`](crate::Publication), to be run to its end on any thread or executor.
///
/// It steps like every flow, cannot fail, and returns what [`Publication::finish`](crate::Publication::finish) takes.
/// Its requests carry the deadline and the cancel token of the run; its pauses end with
/// [`cancel_token`](Self::cancel_token). A task that is dropped counts as abandoned.
pub struct Task {
    id: u64,
    work: Work,
    observer: Option<Arc<dyn Observer>>,
    limit: Limit,
    /// True once a request was handed out. The publication holds another one, and so notices when the task was dropped.
    has_sent: Arc<AtomicBool>,
    /// The last attempt of an upload, or the problems of an ID token, that were announced.
    announced: usize,
}

/// The end of a task, for [`Publication::finish`](crate::Publication::finish).
pub struct Finished {
    pub(crate) id: u64,
    pub(crate) result: TaskResult,
    /// Tells the publication that the task was not dropped.
    _life: Arc<AtomicBool>,
}

pub(crate) enum TaskResult {
    Burned(BurnOutcome, Option<String>),
    GraceOver,
    Listed(Result<Listing, String>),
    /// The token; or the error, without one if the task was abandoned. And what else is wrong with the ID token.
    Minted(
        Result<ApiToken, Option<pypi_trusted_publisher::Error>>,
        Vec<ClaimProblem>,
    ),
    Uploaded {
        outcome: Outcome,
        attempts: Vec<Attempt>,
        /// To be sent again with another token.
        unfinished: Option<Box<Upload>>,
    },
    /// The results in the order of the files, and the page they are from.
    Verified(Option<Vec<Verification>>, Option<Listing>),
}

pub(crate) enum Work {
    Burn(Box<Burn>),
    /// Gives a mint under way this much more time.
    Grace(Duration),
    Lookup(String, Box<Lookup>),
    /// With what aborts the request for the token.
    Mint(Box<Exchange>, CancelToken),
    Over,
    Upload(Arc<str>, u64, Box<Upload>),
    Verify(String, Box<Verify>),
}

impl Task {
    pub(crate) fn new(
        id: u64,
        work: Work,
        limit: Limit,
        observer: Option<Arc<dyn Observer>>,
    ) -> Self {
        Self {
            id,
            work,
            observer,
            limit,
            has_sent: Arc::default(),
            announced: 0,
        }
    }

    pub(crate) fn has_sent(&self) -> &Arc<AtomicBool> {
        &self.has_sent
    }

    /// What the task does.
    pub fn operation(&self) -> Operation {
        match &self.work {
            Work::Burn(_) => Operation::Burn,
            Work::Lookup(..) => Operation::Lookup,
            Work::Grace(_) | Work::Mint(..) => Operation::Mint,
            Work::Over | Work::Upload(..) => Operation::Upload,
            Work::Verify(..) => Operation::Verify,
        }
    }

    /// The name of the file that it sends.
    pub fn file(&self) -> Option<&str> {
        match &self.work {
            Work::Upload(filename, ..) => Some(filename),
            _ => None,
        }
    }

    /// Ends the pauses of the task early.
    pub fn cancel_token(&self) -> &CancelToken {
        &self.limit.cancel
    }

    /// Gives the task up at any point. A file whose last byte was sent counts as in doubt.
    pub fn abandon(mut self) -> Finished {
        self.give_up()
    }

    fn give_up(&mut self) -> Finished {
        let result = match mem::replace(&mut self.work, Work::Over) {
            Work::Upload(_, _, upload) => {
                let (outcome, attempts) = upload.abandon();
                TaskResult::Uploaded {
                    outcome,
                    attempts,
                    unfinished: None,
                }
            }
            // A reply that was received but not read yet may be all that was missing.
            mut work => match work.step() {
                Step::Done(result) => result,
                _ => work.abandoned(),
            },
        };
        self.over(result)
    }

    fn over(&self, result: TaskResult) -> Finished {
        Finished {
            id: self.id,
            result,
            _life: Arc::clone(&self.has_sent),
        }
    }

    fn tell(&self, event: &Event<'_>) {
        if let Some(observer) = &self.observer {
            observer.event(event);
        }
    }

    /// Gives a request the limits of the task.
    fn prepare(&self, request: &mut http::Request<Body>) {
        let is_file = matches!(self.work, Work::Upload(..)) && request.method() == Method::POST;
        let abort_mint = match &self.work {
            Work::Mint(exchange, abort) if exchange.is_minting() => Some(abort),
            _ => None,
        };
        let least = match abort_mint {
            Some(_) => GRACE,
            None => LEAST,
        };
        let deadline = self.limit.deadline(is_file, least);
        let extensions = request.extensions_mut();
        extensions.insert(deadline);
        extensions.insert(abort_mint.unwrap_or(&self.limit.cancel).clone());
    }

    fn announce_attempt(&mut self) {
        if let Work::Upload(filename, size, upload) = &self.work
            && let Some(attempt) = upload.current_attempt()
            && attempt > self.announced
        {
            let event = Event::AttemptStarted {
                filename,
                size: *size,
                attempt,
            };
            self.tell(&event);
            self.announced = attempt;
        }
    }

    /// Announces the problems of the first ID token only: the next one of the job has the same.
    fn announce_problems(&mut self) {
        if let Work::Mint(exchange, _) = &self.work
            && self.announced == 0
        {
            for problem in exchange.problems() {
                self.tell(&Event::IdTokenProblem { problem });
            }
            self.announced = exchange.problems().len();
        }
    }

    fn announce_pause(&self, pause: Duration) {
        let Some((operation, subject, reason, attempt)) = self.work.failure() else {
            return;
        };
        self.tell(&Event::RetryIn {
            operation,
            subject,
            pause,
            attempt,
            reason,
        });
    }
}

/// How long a request for a token may go on when the run ends early.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

impl Flow for Task {
    type Output = Finished;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Finished>, Infallible> {
        if self.limit.is_over() {
            return Ok(Step::Done(self.give_up()));
        }
        let step = self.work.step();
        self.announce_problems();
        Ok(match step {
            Step::Send(mut request) => {
                self.announce_attempt();
                self.prepare(&mut request);
                self.has_sent.store(true, Ordering::Relaxed);
                Step::Send(request)
            }
            Step::Run(command) => Step::Run(self.limit.of_command(command)),
            Step::Wait(pause) => {
                self.announce_pause(pause);
                Step::Wait(self.limit.left().map_or(pause, |left| left.min(pause)))
            }
            Step::Done(result) => Step::Done(self.over(result)),
            _ => Step::Done(self.give_up()),
        })
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        match &mut self.work {
            Work::Burn(flow) => flow.received(reply),
            Work::Lookup(_, flow) => flow.received(reply),
            Work::Mint(flow, _) => flow.received(reply),
            Work::Grace(_) | Work::Over => {}
            Work::Upload(_, _, flow) => flow.received(reply),
            Work::Verify(_, flow) => flow.received(reply),
        }
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        // No other flow runs a command.
        if let Work::Mint(flow, _) = &mut self.work {
            flow.ran(output);
        }
    }
}

impl Work {
    fn step(&mut self) -> Step<TaskResult> {
        match self {
            Self::Burn(flow) => {
                let Ok(step) = flow.step();
                match step.output() {
                    Ok(outcome) => {
                        let failure = flow.failure().map(str::to_owned);
                        Step::Done(TaskResult::Burned(outcome, failure))
                    }
                    Err(step) => step,
                }
            }
            Self::Grace(left) if left.is_zero() => Step::Done(TaskResult::GraceOver),
            Self::Grace(left) => Step::Wait(mem::take(left)),
            Self::Lookup(_, flow) => match flow.step().map(Step::output) {
                Ok(Ok(listing)) => Step::Done(TaskResult::Listed(Ok(listing))),
                Ok(Err(step)) => step,
                Err(error) => Step::Done(TaskResult::Listed(Err(error.causes()))),
            },
            Self::Mint(flow, _) => {
                let result = match flow.step().map(Step::output) {
                    Ok(Ok(token)) => Ok(token),
                    Ok(Err(step)) => return step,
                    Err(error) => Err(Some(error)),
                };
                Step::Done(TaskResult::Minted(result, flow.problems().to_vec()))
            }
            Self::Over => Step::Done(self.abandoned()),
            Self::Upload(_, _, flow) => {
                let Ok(step) = flow.step();
                match step.output() {
                    Ok(outcome) => Step::Done(self.uploaded(outcome)),
                    Err(step) => step,
                }
            }
            Self::Verify(_, flow) => {
                let Ok(step) = flow.step();
                match step.output() {
                    Ok(results) => {
                        Step::Done(TaskResult::Verified(Some(results), flow.listing().cloned()))
                    }
                    Err(step) => step,
                }
            }
        }
    }

    fn uploaded(&mut self, outcome: Outcome) -> TaskResult {
        let Self::Upload(_, _, upload) = mem::replace(self, Self::Over) else {
            return self.abandoned();
        };
        let needs_token = |kind| {
            matches!(
                kind,
                RefusalKind::TokenExpired | RefusalKind::ProjectMissing
            )
        };
        let is_unfinished =
            matches!(&outcome, Outcome::Refused(refusal) if needs_token(refusal.kind));
        TaskResult::Uploaded {
            outcome,
            attempts: upload.attempts().to_vec(),
            unfinished: is_unfinished.then_some(upload),
        }
    }

    /// The result of a task that ends before its flow.
    fn abandoned(&self) -> TaskResult {
        let why = "the run ended before the index replied";
        match self {
            Self::Burn(_) => TaskResult::Burned(BurnOutcome::Failed, Some(why.to_owned())),
            Self::Lookup(..) => TaskResult::Listed(Err(why.to_owned())),
            Self::Grace(_) => TaskResult::GraceOver,
            Self::Mint(flow, _) => TaskResult::Minted(Err(None), flow.problems().to_vec()),
            Self::Verify(..) | Self::Upload(..) | Self::Over => TaskResult::Verified(None, None),
        }
    }

    /// What failed: the operation, its file or project, why, and how often it was tried.
    fn failure(&self) -> Option<(Operation, Option<&str>, &str, usize)> {
        let count = |attempts: u32| usize::try_from(attempts).unwrap_or(usize::MAX);
        Some(match self {
            Self::Burn(flow) => (
                Operation::Burn,
                None,
                flow.failure()?,
                count(flow.attempts()),
            ),
            Self::Lookup(project, flow) => {
                let attempts = count(flow.attempts());
                (Operation::Lookup, Some(project), flow.failure()?, attempts)
            }
            Self::Mint(flow, _) => (
                Operation::Mint,
                None,
                flow.failure()?,
                count(flow.attempts()),
            ),
            Self::Grace(_) | Self::Over => return None,
            Self::Upload(filename, _, flow) => {
                let operation = match flow.is_looking() {
                    true => Operation::Lookup,
                    false => Operation::Upload,
                };
                let (reason, attempt) = flow.failure()?;
                (operation, Some(filename), reason, attempt)
            }
            Self::Verify(project, flow) => {
                let attempts = count(flow.attempts());
                (Operation::Verify, Some(project), flow.failure()?, attempts)
            }
        })
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("id", &self.id)
            .field("operation", &self.operation())
            .field("file", &self.file())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
