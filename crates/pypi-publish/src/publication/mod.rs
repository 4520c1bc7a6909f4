//! The scheduler: what a publication does next.

#![expect(
    clippy::indexing_slicing,
    reason = "files, releases, projects and tokens are never removed, so their places stay valid"
)]

mod attest;
mod begin;
mod listing;
mod outcome;
mod reader;
#[cfg(feature = "sign")]
mod sign;
mod stop;
mod token;
mod upload;
mod verify;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, SystemTime},
};

use pypi_http::CancelToken;
use pypi_trusted_publisher::Claims;
use pypi_upload::{Attempt, Outcome, Upload, Verification};
use url::Url;

use crate::{
    Error, Event, FileAttestation, Plan, Problem, Report,
    limit::Limit,
    settings::{Access, Settings},
    task::{Finished, Task, TaskResult, Work},
};
use token::Tokens;

/// Publishes a plan: a scheduler without I/O, which hands out [`Task`]s and is given their results.
///
/// ```text
/// lookup each project ──> sign files ──> mint ──> upload files, several at a time ──> burn
///                                                                    └──> verify each project ──> done
/// ```
///
/// Where pages are private and the token is minted, they are read with it:
///
/// ```text
/// mint ──> lookup each project ──> sign files ──> upload files ──> verify each project ──> burn
/// ```
///
/// [`run`](Self::run) and [`run_async`](Self::run_async) drive it; a caller with an event loop of its own calls
/// [`advance`](Self::advance), runs the tasks and passes their ends to [`finish`](Self::finish).
///
/// - A file that the index already lists with the same sha256 is not sent; when that is true of all files, no token is
///   minted.
/// - Of a release that the index does not list, one file is sent alone until one is stored. An sdist is sent after the
///   wheels of its release have ended.
/// - Every file that is signed has its attestation before the first upload.
/// - A refusal of the credentials ends the uploads of its project; when no connection can be made, those of the run.
/// - A token is minted again when the rest of its life is too short for the next file. Every minted token is burned as
///   soon as nothing needs it.
/// - After [`cancel`](Self::cancel) or at the deadline, what is in flight is aborted, tokens are burned, and each
///   project with a file in doubt is looked up once.
///
/// # Examples
///
/// Driven by hand, one task after the other:
///
/// ```no_run
/// use pypi_http::{Transport, drive_until};
/// use pypi_publish::{Next, Publication, Report};
///
/// fn run(mut publication: Publication, transport: &impl Transport) -> Report {
///     loop {
///         match publication.advance() {
///             Next::Start(mut task) => {
///                 let cancel = task.cancel_token().clone();
///                 let Ok(finished) = drive_until(&mut task, transport, &cancel);
///                 publication.finish(finished);
///             }
///             Next::Done(report) => return *report,
///             _ => unreachable!("no task is unfinished"),
///         }
///     }
/// }
/// ```
pub struct Publication {
    plan: Plan,
    settings: Settings,
    access: Access,
    cancel: CancelToken,
    /// When the run must end; known from its beginning.
    end: Option<SystemTime>,
    has_begun: bool,
    files: Vec<FileState>,
    releases: Vec<Release>,
    projects: Vec<Project>,
    /// How many projects the index did not list before the first upload; `None` until then.
    new_projects: Option<usize>,
    /// The projects that are sent now; those of a higher level wait.
    level: usize,
    tokens: Tokens,
    running: BTreeMap<u64, Running>,
    next_id: u64,
    /// Bytes and time of the uploads that were accepted.
    sent: (u64, Duration),
    /// Why the run ends early.
    stop: Option<Stop>,
    error: Option<Error>,
    /// Whether the index takes attestations from this job.
    sends_attestations: bool,
    #[cfg(feature = "sign")]
    signing: Option<sign::Signing>,
    /// Of the job's first ID token.
    claims: Option<Claims>,
    /// Those of a token that was minted before it is known what is sent.
    early_claims: Option<Claims>,
    /// What was found out on the way, and matters if the run fails.
    notes: Vec<Problem>,
    /// What was found out on the way, and matters in any case.
    warnings: Vec<Problem>,
}

/// What a publication needs next.
#[non_exhaustive]
#[derive(Debug)]
pub enum Next {
    /// Run this task, beside those that run already.
    Start(Task),
    /// Wait for the end of a task; there is at least one.
    Wait,
    /// The publication is over.
    Done(Box<Report>),
}

struct FileState {
    release: usize,
    state: State,
    attempts: Vec<Attempt>,
    /// How often it was sent again with another token.
    renewals: usize,
    verification: Verification,
    url: Option<Url>,
    /// The attestation that the run made.
    signed: Option<FileAttestation>,
}

enum State {
    Waiting,
    Sending,
    /// Waits for another token.
    Renewed(Box<Upload>, Outcome),
    /// The index may have stored it, and is still to be asked.
    InDoubt(Outcome),
    Over(Outcome),
}

/// The files of one version of a project.
struct Release {
    project: usize,
    /// Whether the index has a file of it.
    is_stored: bool,
    sending: usize,
    /// The wheels that have no outcome yet.
    wheels_left: usize,
}

struct Project {
    /// The normalized name.
    name: String,
    level: usize,
    lookup: Stage,
    /// Whether the index has a file of it.
    is_stored: bool,
    sending: usize,
    verification: Stage,
    doubt: Stage,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Ahead,
    Running,
    Over,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stop {
    Cancelled,
    Deadline,
}

struct Running {
    kind: Kind,
    /// Shared with the task: when nobody else holds it, the task was dropped.
    has_sent: Arc<AtomicBool>,
}

/// What a running task is for, by place.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Burn(usize),
    /// Of a project with files in doubt; and the token that its page is read with, if it was minted.
    Doubt(usize, Option<usize>),
    Grace,
    /// Of a project, and the token as for `Doubt`.
    Lookup(usize, Option<usize>),
    Mint,
    /// A batch of files.
    #[cfg(feature = "sign")]
    Sign(usize),
    /// A file, and the token that it is sent with if it was minted.
    Upload(usize, Option<usize>),
    /// Of a project, and the token as for `Doubt`.
    Verify(usize, Option<usize>),
}

impl Publication {
    /// The next thing to do.
    pub fn advance(&mut self) -> Next {
        self.begin();
        self.check_limits();
        self.reap();
        let next = match self.stop {
            Some(_) => self.next_when_stopped(),
            None => self.next_task(),
        };
        match next {
            Some(task) => Next::Start(task),
            None if self.running.is_empty() => Next::Done(Box::new(self.report())),
            None => Next::Wait,
        }
    }

    /// Takes the end of a task.
    pub fn finish(&mut self, finished: Finished) {
        self.check_limits();
        let Some(running) = self.running.remove(&finished.id) else {
            return;
        };
        match (running.kind, finished.result) {
            (Kind::Burn(token), TaskResult::Burned(outcome, failure)) => {
                self.burned(token, outcome, failure.as_deref());
            }
            (Kind::Grace, TaskResult::GraceOver) => self.grace_is_over(),
            (Kind::Doubt(project, token), TaskResult::Listed(listing)) => {
                self.tokens.release(token);
                self.resolved(project, listing);
            }
            (Kind::Lookup(project, token), TaskResult::Listed(listing)) => {
                self.tokens.release(token);
                self.listed(project, listing);
            }
            (
                Kind::Mint,
                TaskResult::Minted {
                    result,
                    problems,
                    claims,
                },
            ) => {
                self.note_claims(problems);
                self.minted(result, claims);
            }
            #[cfg(feature = "sign")]
            (Kind::Sign(batch), TaskResult::Signed(signed)) => self.signed(batch, *signed),
            (
                Kind::Upload(place, token),
                TaskResult::Uploaded {
                    outcome,
                    attempts,
                    unfinished,
                },
            ) => self.uploaded(place, token, outcome, attempts, unfinished),
            (Kind::Verify(project, token), TaskResult::Verified(results, listing)) => {
                self.tokens.release(token);
                let results = results.ok_or(verify::ABANDONED);
                self.verified(project, results, listing.as_ref());
            }
            (kind, _) => self.dropped(kind, true),
        }
    }

    /// Ends the run early: [`advance`](Self::advance) then burns the tokens, looks up what is in doubt, and is done.
    pub fn cancel(&mut self) {
        self.cancel.cancel();
    }

    /// Cancels from elsewhere, such as a signal handler: running tasks notice.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    fn next_task(&mut self) -> Option<Task> {
        self.end_doubts();
        if let Some(task) = self.next_lookup() {
            return Some(task);
        }
        if self
            .projects
            .iter()
            .any(|project| project.lookup != Stage::Over)
        {
            return None;
        }
        if self.is_signing() {
            let task = self.next_signing();
            if task.is_some() || self.is_signing() {
                return task;
            }
        }
        if let Some(claims) = self.early_claims.take() {
            self.take_claims(claims);
        }
        loop {
            let task = self
                .next_burn()
                .or_else(|| self.next_upload())
                .or_else(|| self.next_doubt())
                .or_else(|| self.next_verification())
                // What the last project needed no task for, its token was kept for.
                .or_else(|| self.next_burn());
            if task.is_some() || !self.next_level() {
                return task;
            }
        }
    }

    /// Whether another task may run.
    fn is_free(&self) -> bool {
        self.running.len() < self.settings.jobs
    }

    fn start(&mut self, kind: Kind, work: Work) -> Task {
        let limit = Limit {
            clock: self.settings.clock.clone(),
            cancel: self.cancel.clone(),
            end: self.end,
            timeout: self.settings.timeout,
            upload_timeout: self.settings.upload_timeout,
        };
        self.start_within(limit, kind, work)
    }

    fn start_within(&mut self, limit: Limit, kind: Kind, work: Work) -> Task {
        let id = self.next_id;
        self.next_id += 1;
        let task = Task::new(id, work, limit, self.settings.observer.clone());
        let has_sent = Arc::clone(task.has_sent());
        self.running.insert(id, Running { kind, has_sent });
        task
    }

    fn tell(&self, event: &Event<'_>) {
        if let Some(observer) = &self.settings.observer {
            observer.event(event);
        }
    }

    /// The places of the files of a project.
    fn files_of(&self, project: usize) -> Vec<usize> {
        (0..self.files.len())
            .filter(|place| self.project_of(*place) == project)
            .collect()
    }

    fn project_of(&self, place: usize) -> usize {
        self.releases[self.files[place].release].project
    }
}

impl fmt::Debug for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publication")
            .field("index", &self.settings.index)
            .field("files", &self.files.len())
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}
