//! The phases of a publication, and what decides between them.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use pypi_http::{Progress, Step, TransportErrorKind};
use pypi_trusted_publisher::{Burn, Endpoints, Exchange, Identity, Provider};
use pypi_upload::{Credentials, FailureKind, Lookup, Outcome, RefusalKind, Upload, Verify};

use crate::{ErrorKind, Event, Observer, dists::Dist};

/// How the index is to be convinced.
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

/// What comes of a phase's step.
pub(super) enum Next {
    Over,
    Phase(Box<Phase>),
    Send(Box<http::Request<pypi_http::Body>>),
    Wait(Duration),
}

impl Next {
    pub(super) fn phase(phase: Phase) -> Self {
        Self::Phase(Box::new(phase))
    }
}

impl<T> From<Step<T>> for Next {
    /// Passes on what a phase's flow wants; its end is looked at before.
    fn from(step: Step<T>) -> Self {
        match step {
            Step::Send(request) => Self::Send(request),
            Step::Wait(time) => Self::Wait(time),
            _ => Self::Over,
        }
    }
}

/// The page of a project may be ten minutes old; ten looks take some two and a half.
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

/// Whether an outcome says that no other file will fare better.
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
