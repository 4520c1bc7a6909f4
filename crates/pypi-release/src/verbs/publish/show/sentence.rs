//! The outcome of a publication on one line.

use pypi_trusted_upload::{FileReport, Outcome, Report, Severity, upload::Verification};

use super::path;

/// Where the files of a publication that succeeded are, on one line.
pub(crate) fn sentence(report: &Report) -> String {
    let files = report.files();
    if files.is_empty() {
        return "nothing was sent: every file is left out, because it is private".to_owned();
    }
    let confirmed = files.iter();
    let confirmed = confirmed.filter(|file| *file.verification() == Verification::Confirmed);
    let verified = match confirmed.count() {
        0 => String::new(),
        count if count == files.len() => ", verified by sha256".to_owned(),
        count => format!(", {count} verified by sha256"),
    };
    let existed = |file: &&FileReport| matches!(file.outcome(), Outcome::Exists { .. });
    let existed = match files.iter().filter(existed).count() {
        0 => String::new(),
        count => format!("; {count} existed, content not confirmed"),
    };
    let subject = match files.len() {
        1 => "the file is",
        _ => "all files are",
    };
    let is_attested = |file: &FileReport| !file.attestations().is_empty();
    let attested = match files.iter().filter(|file| is_attested(file)).count() {
        0 => String::new(),
        count if count == files.len() => ", with attestations".to_owned(),
        count => format!(", {count} with attestations"),
    };
    format!(
        "{subject} on {}{verified}{attested}{existed}",
        report.index()
    )
}

/// Why a publication did not succeed, on one line.
pub(crate) fn why_not(report: &Report) -> String {
    if let Some(error) = report.error() {
        let help = error.help().map(|help| format!("; {help}"));
        return format!("{}{}", error.causes(), help.unwrap_or_default());
    }
    let errors = report.problems().iter();
    let errors = errors.filter(|problem| problem.finding().severity() == Severity::Error);
    let errors = errors.map(ToString::to_string);
    let files = report.files().iter();
    let files = files.filter(|file| !file.outcome().is_present());
    let files = files.map(|file| format!("{}: {}", path(file), file.outcome()));
    let different = report
        .files()
        .iter()
        .filter_map(|file| match file.verification() {
            different @ Verification::Different { .. } => {
                Some(format!("{}: {different}", path(file)))
            }
            _ => None,
        });
    errors
        .chain(files)
        .chain(different)
        .collect::<Vec<_>>()
        .join("; ")
}
