//! The phases of a publication, and the decisions between them.

use std::{collections::VecDeque, sync::Arc};

use pypi_http::{Progress, Step, TransportErrorKind};
use pypi_trusted_publisher::{Burn, Endpoints, Exchange, Identity, Provider};
use pypi_upload::{Credentials, FailureKind, Lookup, Outcome, RefusalKind, Upload, Verify};

use crate::{ErrorKind, Event, Observer, Report, dists::Dist};

/// How the index is authenticated to.
pub(crate) enum Access {
    Exchange(Box<(Endpoints, Identity)>),
    Given(Credentials),
}

pub(super) enum Phase {
    Start,
    Lookup(Lookup),
    Exchange(Exchange, Provider),
    Upload(Upload, usize, u32),
    Verify(Verify),
    Burn(Burn),
}

/// The result of a phase's step.
pub(super) enum Next {
    Over,
    Phase(Box<Phase>),
    Step(Box<Step<Report>>),
}

impl Next {
    pub(super) fn phase(phase: Phase) -> Self {
        Self::Phase(Box::new(phase))
    }

    pub(super) fn step(step: Step<Report>) -> Self {
        Self::Step(Box::new(step))
    }
}

/// A project page may be ten minutes old; ten looks take about two and a half.
pub(super) const VERIFY_ATTEMPTS: u32 = 10;

pub(super) fn project(dist: &Dist) -> String {
    dist.distribution.filename().name().normalized().to_string()
}

pub(super) fn projects(dists: &[Dist]) -> VecDeque<String> {
    let mut names: Vec<String> = dists.iter().map(project).collect();
    names.sort();
    names.dedup();
    names.into()
}

pub(super) fn progress(observer: Arc<dyn Observer>, filename: &str) -> Progress {
    let filename = filename.to_owned();
    Arc::new(move |count| {
        observer.event(&Event::BytesSent {
            filename: &filename,
            count,
        })
    })
}

/// Whether an outcome means that no other file will do better.
pub(super) fn ends_the_run(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Refused(refusal) => {
            matches!(
                refusal.kind,
                RefusalKind::Authentication | RefusalKind::WrongUrl
            )
        }
        Outcome::Failed(failure) => matches!(
            failure.kind,
            FailureKind::Transport(
                TransportErrorKind::Connect
                    | TransportErrorKind::Request
                    | TransportErrorKind::Tls
                    | TransportErrorKind::Unusable
            )
        ),
        _ => false,
    }
}

pub(super) fn exchange_kind(error: &pypi_trusted_publisher::Error) -> ErrorKind {
    use pypi_trusted_publisher::ErrorKind as Kind;
    match error.kind() {
        Kind::Transport | Kind::UnexpectedReply => ErrorKind::Unavailable,
        _ => ErrorKind::Identity,
    }
}
