//! One flow that a publication hands out to be run.

mod work;

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

use crate::{
    Event, Observer, Operation,
    limit::{LEAST, Limit},
};
#[cfg(feature = "sign")]
pub(crate) use work::Signed;
pub(crate) use work::{TaskResult, Work};

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
    /// The last attempt of an upload, the problems of an ID token, or the signatures, that were announced.
    announced: usize,
}

/// The end of a task, for [`Publication::finish`](crate::Publication::finish).
pub struct Finished {
    pub(crate) id: u64,
    pub(crate) result: TaskResult,
    /// Tells the publication that the task was not dropped.
    _life: Arc<AtomicBool>,
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
            #[cfg(feature = "sign")]
            Work::Sign(_) => Operation::Sign,
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
            #[cfg(feature = "sign")]
            Work::Sign(mut flow) => {
                let result = signed_so_far(&mut flow);
                self.announced = self.announce_signed(&flow);
                result
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

    #[cfg(feature = "sign")]
    fn announce_signed(&self, flow: &crate::SignAll) -> usize {
        let results = flow.results();
        for attestation in results.iter().skip(self.announced).flatten() {
            if let Ok(entry) = attestation.log_entry() {
                self.tell(&Event::Signed {
                    filename: attestation.subject_name(),
                    log_index: entry.log_index(),
                });
            }
        }
        results.len().max(self.announced)
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

/// What was signed by a task that ends now. A reply that was received but not read yet may complete a signature; a request
/// that would follow is not on its way.
#[cfg(feature = "sign")]
fn signed_so_far(flow: &mut crate::SignAll) -> TaskResult {
    let logged: Vec<String> = flow.logged().into_iter().map(str::to_owned).collect();
    let error = flow.step().err();
    let mut signed = Signed::of(flow, error);
    signed.logged = logged;
    TaskResult::Signed(Box::new(signed))
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
        #[cfg(feature = "sign")]
        if let Work::Sign(flow) = &self.work {
            self.announced = self.announce_signed(flow);
        }
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
            #[cfg(feature = "sign")]
            Work::Sign(flow) => flow.received(reply),
            Work::Upload(_, _, flow) => flow.received(reply),
            Work::Verify(_, flow) => flow.received(reply),
        }
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        // No other flow runs a command.
        match &mut self.work {
            Work::Mint(flow, _) => flow.ran(output),
            #[cfg(feature = "sign")]
            Work::Sign(flow) => flow.ran(output),
            _ => {}
        }
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
