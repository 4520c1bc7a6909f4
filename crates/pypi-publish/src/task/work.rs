//! The flows of tasks, and their results.

use std::{mem, sync::Arc, time::Duration};

use pypi_http::{CancelToken, Flow as _, Step};
use pypi_trusted_publisher::{ApiToken, Burn, BurnOutcome, ClaimProblem, Claims, Exchange};
use pypi_upload::{Attempt, Listing, Lookup, Outcome, RefusalKind, Upload, Verification, Verify};

use crate::Operation;

pub(crate) enum TaskResult {
    Burned(BurnOutcome, Option<String>),
    GraceOver,
    Listed(Result<Listing, String>),
    /// The token; or the error, without one if the task was abandoned. And what is known of the ID token.
    Minted {
        result: Result<ApiToken, Option<pypi_trusted_publisher::Error>>,
        problems: Vec<ClaimProblem>,
        /// Of the last ID token.
        claims: Option<Claims>,
    },
    #[cfg(feature = "sign")]
    Signed(Box<Signed>),
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
    #[cfg(feature = "sign")]
    Sign(Box<crate::SignAll>),
    Upload(Arc<str>, u64, Box<Upload>),
    Verify(String, Box<Verify>),
}

impl Work {
    pub(super) fn step(&mut self) -> Step<TaskResult> {
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
                Step::Done(minted(flow, result))
            }
            Self::Over => Step::Done(self.abandoned()),
            #[cfg(feature = "sign")]
            Self::Sign(flow) => match flow.step().map(Step::output) {
                Ok(Ok(_)) => Step::Done(signed(flow, None)),
                Ok(Err(step)) => step,
                Err(error) => Step::Done(signed(flow, Some(error))),
            },
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
    pub(super) fn abandoned(&self) -> TaskResult {
        let why = "the run ended before the index replied";
        match self {
            Self::Burn(_) => TaskResult::Burned(BurnOutcome::Failed, Some(why.to_owned())),
            Self::Lookup(..) => TaskResult::Listed(Err(why.to_owned())),
            Self::Grace(_) => TaskResult::GraceOver,
            Self::Mint(flow, _) => minted(flow, Err(None)),
            #[cfg(feature = "sign")]
            Self::Sign(flow) => signed(flow, None),
            Self::Verify(..) | Self::Upload(..) | Self::Over => TaskResult::Verified(None, None),
        }
    }

    /// What failed: the operation, its file or project, why, and how often it was tried.
    pub(super) fn failure(&self) -> Option<(Operation, Option<&str>, &str, usize)> {
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
            #[cfg(feature = "sign")]
            Self::Sign(flow) => {
                let attempts = count(flow.attempts());
                (
                    Operation::Sign,
                    flow.current_file(),
                    flow.failure()?,
                    attempts,
                )
            }
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

fn minted(
    flow: &Exchange,
    result: Result<ApiToken, Option<pypi_trusted_publisher::Error>>,
) -> TaskResult {
    TaskResult::Minted {
        result,
        problems: flow.problems().to_vec(),
        claims: flow.claims().cloned(),
    }
}

/// What was signed of a batch of files.
#[cfg(feature = "sign")]
pub(crate) struct Signed {
    /// In the order of the files; fewer if the task was abandoned or failed.
    pub(crate) results: Vec<Result<pypi_attestations::Attestation, crate::Error>>,
    /// Why the others have none.
    pub(crate) error: Option<crate::Error>,
    /// The files of which the log may have an entry.
    pub(crate) logged: Vec<String>,
    pub(crate) findings: Vec<pypi_metadata::Finding>,
    pub(crate) claims: Option<Claims>,
}

#[cfg(feature = "sign")]
impl Signed {
    /// Nothing was signed.
    pub(crate) fn failed(error: crate::Error) -> Self {
        Self {
            results: Vec::new(),
            error: Some(error),
            logged: Vec::new(),
            findings: Vec::new(),
            claims: None,
        }
    }

    pub(super) fn of(flow: &crate::SignAll, error: Option<crate::Error>) -> Self {
        Self {
            results: flow.results().to_vec(),
            error,
            logged: flow.logged().into_iter().map(str::to_owned).collect(),
            findings: flow.findings().to_vec(),
            claims: flow.claims().cloned(),
        }
    }
}

#[cfg(feature = "sign")]
fn signed(flow: &crate::SignAll, error: Option<crate::Error>) -> TaskResult {
    TaskResult::Signed(Box::new(Signed::of(flow, error)))
}
