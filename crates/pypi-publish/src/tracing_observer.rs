//! An observer that reports to `tracing`.

use pypi_trusted_publisher::BurnOutcome;
use pypi_upload::{Outcome, Verification};
use tracing::{debug, info, trace, warn};

use crate::{Event, Observer};

/// An observer that reports each event to `tracing`.
///
/// The names and fields below are part of the public API: they are those of the [`Event`]s as JSON. The target is
/// `pypi_publish`, and the message of an event is its name. No field contains a secret.
///
/// | name | level | fields |
/// | --- | --- | --- |
/// | `planned` | info | `files`, `bytes` |
/// | `token_minted` | info | `provider`, `expires` |
/// | `finished` | info; warn unless the index has the file or staged it | `filename`, `outcome`, `detail` |
/// | `verified` | info; warn if different | `filename`, `verification`, `detail` |
/// | `burned` | info; warn if it failed | `outcome`, `failure` |
/// | `id_token_problem` | warn | `is_fatal`, `remedy`; the message is the problem |
/// | `retry_in` | warn | `operation`, `subject`, `pause` (seconds), `attempt`, `reason` |
/// | `signed` | info | `filename`, `log_index` |
/// | `stopping` | warn | `reason` |
/// | `attempt_started` | debug | `filename`, `size`, `attempt` |
/// | `reading` | debug | `filename`, `size` |
/// | `verifying` | debug | `project` |
/// | `bytes_hashed`, `bytes_sent` | trace | `filename`, `count` |
///
/// Requests are reported by `pypi_http::Traced`, around the transport.
///
/// # Examples
///
/// ```
/// use pypi_publish::{Publisher, TracingObserver};
///
/// let publisher = Publisher::pypi().observer(TracingObserver::new());
/// # let _ = publisher;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingObserver(());

impl TracingObserver {
    /// The observer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Observer for TracingObserver {
    fn event(&self, event: &Event<'_>) {
        match *event {
            Event::AttemptStarted {
                filename,
                size,
                attempt,
            } => {
                debug!(name: "attempt_started", target: TARGET, filename, size, attempt, "attempt_started");
            }
            Event::Burned { outcome, failure } => burned(outcome, failure),
            Event::BytesHashed { filename, count } => {
                trace!(name: "bytes_hashed", target: TARGET, filename, count, "bytes_hashed");
            }
            Event::BytesSent { filename, count } => {
                trace!(name: "bytes_sent", target: TARGET, filename, count, "bytes_sent");
            }
            Event::Finished { filename, outcome } => finished(filename, outcome),
            Event::IdTokenProblem { problem } => {
                let (is_fatal, remedy) = (problem.is_fatal(), problem.remedy());
                warn!(name: "id_token_problem", target: TARGET, is_fatal, remedy, "{problem}");
            }
            Event::Planned { files, bytes } => {
                info!(name: "planned", target: TARGET, files, bytes, "planned");
            }
            Event::Reading { filename, size } => {
                debug!(name: "reading", target: TARGET, filename, size, "reading");
            }
            Event::RetryIn {
                operation,
                subject,
                pause,
                attempt,
                reason,
            } => {
                let pause = pause.as_secs_f64();
                warn!(name: "retry_in", target: TARGET, %operation, subject, pause, attempt, reason, "retry_in");
            }
            Event::Signed {
                filename,
                log_index,
            } => {
                info!(name: "signed", target: TARGET, filename, log_index, "signed");
            }
            Event::Stopping { reason } => {
                warn!(name: "stopping", target: TARGET, reason, "stopping");
            }
            Event::TokenMinted { provider, expires } => {
                info!(name: "token_minted", target: TARGET, provider, expires, "token_minted");
            }
            Event::Verified {
                filename,
                verification,
            } => verified(filename, verification),
            Event::Verifying { project } => {
                debug!(name: "verifying", target: TARGET, project, "verifying");
            }
        }
    }
}

fn burned(outcome: BurnOutcome, failure: Option<&str>) {
    match outcome {
        BurnOutcome::Accepted => {
            info!(name: "burned", target: TARGET, outcome = "accepted", failure, "burned");
        }
        BurnOutcome::Unsupported => {
            info!(name: "burned", target: TARGET, outcome = "unsupported", failure, "burned");
        }
        _ => warn!(name: "burned", target: TARGET, outcome = "failed", failure, "burned"),
    }
}

fn finished(filename: &str, outcome: &Outcome) {
    let name = outcome.name();
    match outcome {
        Outcome::AlreadyPresent { .. }
        | Outcome::Exists { .. }
        | Outcome::Staged { .. }
        | Outcome::Uploaded { .. } => {
            info!(name: "finished", target: TARGET, filename, outcome = name, detail = %outcome, "finished");
        }
        _ => {
            warn!(name: "finished", target: TARGET, filename, outcome = name, detail = %outcome, "finished");
        }
    }
}

fn verified(filename: &str, verification: &Verification) {
    let name = verification.name();
    match verification {
        Verification::Different { .. } => {
            warn!(name: "verified", target: TARGET, filename, verification = name, detail = %verification, "verified");
        }
        _ => {
            info!(name: "verified", target: TARGET, filename, verification = name, detail = %verification, "verified");
        }
    }
}

const TARGET: &str = "pypi_publish";
