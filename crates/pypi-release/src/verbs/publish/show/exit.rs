//! The exit code of a publication.

use pypi_trusted_upload::{
    Error, ErrorKind, FileReport, Outcome, Report,
    upload::{FailureKind, Verification},
};

use crate::failure::Exit;

pub(crate) fn exit(report: &Report) -> Exit {
    let kind = report.error().map(|error| error.kind());
    if kind == Some(ErrorKind::Cancelled) {
        return Exit::Interrupted;
    }
    if report.is_success() {
        return Exit::Done;
    }
    let is_refused = |file: &FileReport| match file.outcome() {
        Outcome::Refused(_) => true,
        Outcome::Failed(failure) => failure.kind == FailureKind::File,
        _ => matches!(file.verification(), Verification::Different { .. }),
    };
    let is_failed =
        |file: &FileReport| matches!(file.outcome(), Outcome::Failed(_) | Outcome::Unknown(_));
    let files = report.files();
    match kind {
        Some(ErrorKind::Attestation) => match report.error().is_some_and(Error::is_transient) {
            true => Exit::Unavailable,
            false => Exit::Refused,
        },
        Some(ErrorKind::Identity | ErrorKind::Plan) => Exit::Refused,
        _ if report.is_dry_run() || files.iter().any(is_refused) => Exit::Refused,
        _ if files.iter().any(is_failed) => Exit::Unavailable,
        _ => Exit::Staged,
    }
}
