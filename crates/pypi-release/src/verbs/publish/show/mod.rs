//! The report of a publication: as text, as values for later steps, and as an exit code.

mod document;
mod exit;
mod sentence;

use pypi_trusted_upload::{
    FileAttestation, FileReport, Index, Outcome, Problem, Report, Severity,
    attestations::PredicateType,
    metadata::rules,
    upload::{FailureKind, RefusalKind, Verification},
};
use serde_json::json;

use super::rehearsal::Rehearsal;
use crate::{
    ci_output::markdown,
    console::{Console, size},
    progress::is_news,
};
pub(crate) use document::document;
pub(super) use document::failure;
pub(super) use exit::exit;
pub(super) use sentence::{sentence, why_not};

pub(super) fn report(
    report: &Report,
    rehearsal: Option<&Rehearsal>,
    index: &Index,
    signs: bool,
    console: &Console,
) {
    if console.json {
        return console.json(&document(report, rehearsal.map(Rehearsal::json)));
    }
    for line in problem_lines(report.problems(), console) {
        console.problem(line);
    }
    for skipped in skipped(report) {
        console.note(skipped);
    }
    if report.is_dry_run() {
        let is_hindrance =
            |problem: &Problem| problem.finding().rule() == &rules::ATTESTATION_NOT_SIGNED;
        let signs = signs && !report.problems().iter().any(is_hindrance);
        if report.files().is_empty() && report.is_success() && !console.quiet {
            console.line(sentence(report));
        }
        return plan(report, signs, console);
    }
    for file in report.files() {
        verification(file, console);
    }
    failures(report, console);
    if let Some(hint) = hint(report, index) {
        console.note(hint);
    }
    if report.token_burned() == Some(false) {
        console.note("warning: a minted token could not be burned: it is valid until it expires");
    }
    conclusion(report, index, console);
}

/// A file as its user named it.
fn path(file: &FileReport) -> String {
    match file.path() {
        Some(path) => path.display().to_string(),
        None => file.filename().to_owned(),
    }
}

/// Why the run failed, and the files that were not tried.
fn failures(report: &Report, console: &Console) {
    let not_tried: Vec<&FileReport> = report
        .files()
        .iter()
        .filter(|file| !is_news(file.outcome()))
        .collect();
    let Some(error) = report.error() else {
        for file in not_tried {
            console.problem(format_args!("{}: {}", path(file), file.outcome()));
        }
        return;
    };
    if !error.problems().is_empty() {
        // They were printed.
        return;
    }
    let mut line = error.causes();
    if let Some(help) = error.help() {
        line.push_str(&format!("; {help}"));
    }
    if !not_tried.is_empty() {
        let names: Vec<String> = not_tried.iter().map(|file| path(file)).collect();
        line.push_str(&format!("; not tried: {}", names.join(", ")));
    }
    console.problem(line);
    if let Some(diagnosis) = error.diagnosis() {
        for line in diagnosis.to_string().lines() {
            console.note(line);
        }
    }
}

/// What helps when the index could not be asked what it has, or is at another URL.
fn hint(report: &Report, index: &Index) -> Option<&'static str> {
    let is_taken = |file: &FileReport| matches!(file.outcome(), Outcome::Refused(refusal) if refusal.kind == RefusalKind::FileExists);
    let is_private = |file: &FileReport| {
        let Outcome::Failed(failure) = file.outcome() else {
            return false;
        };
        let replies = ["replied 401", "replied 403"];
        failure.kind == FailureKind::Lookup
            && replies.iter().any(|reply| failure.message.ends_with(reply))
    };
    let files = report.files();
    if index.simple_url().is_none() && files.iter().any(is_taken) {
        return Some(
            "the content was not compared: name the simple API with --simple-url, or use --existing index-says",
        );
    }
    let is_elsewhere = |file: &FileReport| matches!(file.outcome(), Outcome::Refused(refusal) if refusal.kind == RefusalKind::WrongUrl);
    if files.iter().any(is_elsewhere) {
        return Some(
            "the URL of the index does not accept uploads: check it, also whether it ends with a slash",
        );
    }
    files.iter().any(is_private).then_some(
        "the simple API may not be read: use credentials that may, name another one with --simple-url, or use --existing index-says",
    )
}

fn plan(report: &Report, signs: bool, console: &Console) {
    let rows: Vec<_> = report
        .files()
        .iter()
        .map(|file| {
            [
                path(file),
                size(file.size()),
                file.sha256().to_owned(),
                planned_attestations(file, signs),
            ]
        })
        .collect();
    console.table(&rows);
}

/// The attestations that would be sent with a file.
fn planned_attestations(file: &FileReport, signs: bool) -> String {
    let predicates = file.attestations().iter().map(FileAttestation::predicate);
    let predicates: Vec<&str> = predicates.collect();
    let is_published = predicates.contains(&PredicateType::Publish.uri());
    match (predicates.len(), signs && !is_published) {
        (0, false) => String::new(),
        (0, true) => "to sign".to_owned(),
        (1, false) => "1 attestation".to_owned(),
        (count, false) => format!("{count} attestations"),
        (_, true) => "1 attestation, to sign".to_owned(),
    }
}

/// What the index shows of a file, unless it is what was expected.
fn verification(file: &FileReport, console: &Console) {
    let line = format!("{}: {}", path(file), file.verification());
    match file.verification() {
        Verification::Different { .. } => console.problem(line),
        Verification::NotShownYet | Verification::Unknown { .. } => {
            console.note(format_args!("warning: {line}"));
        }
        _ => {}
    }
}

/// How many files are on the index, and how to install them.
fn conclusion(report: &Report, index: &Index, console: &Console) {
    let count = |is_meant: &dyn Fn(&FileReport) -> bool| {
        report.files().iter().filter(|file| is_meant(file)).count()
    };
    let files = report.files().len();
    let present = count(&|file| file.outcome().is_present());
    if !report.is_success() {
        if present > 0 && present < files {
            let (name, rest) = (report.index(), rest(report));
            console.problem(format_args!(
                "{present} of {files} files are on {name}: {rest}"
            ));
        }
        return;
    }
    if console.quiet {
        return;
    }
    console.line(sentence(report));
    for line in install_lines(report, index) {
        console.line(line);
    }
}

/// How the other files get to the index as well.
fn rest(report: &Report) -> &'static str {
    let refused = |kinds: &[RefusalKind]| {
        report.files().iter().any(|file| {
            matches!(file.outcome(), Outcome::Refused(refusal) if kinds.contains(&refusal.kind))
        })
    };
    let is_ahead = |file: &FileReport| {
        !file.outcome().is_present() && !matches!(file.outcome(), Outcome::Staged { .. })
    };
    if refused(&[RefusalKind::FileExists]) {
        "the same files will be refused again: build a new version, and publish its files"
    } else if refused(&[RefusalKind::Invalid, RefusalKind::NameReserved]) {
        "the same files will be refused again: correct and build those that were refused"
    } else if report.files().iter().any(is_ahead) {
        "run again with the same files to send the rest"
    } else {
        "the others are staged"
    }
}

/// The commands that install what was published, a line per release; none when it is not known where it is served.
fn install_lines(report: &Report, index: &Index) -> Vec<String> {
    let Some(simple) = index.simple_url() else {
        return Vec::new();
    };
    let from = match index == &Index::pypi() {
        true => String::new(),
        false => format!(" --index-url {simple}"),
    };
    let mut lines: Vec<String> = report
        .files()
        .iter()
        .map(|file| format!("pip install{from} {}=={}", file.project(), file.version()))
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// The files that are left out.
fn skipped(report: &Report) -> impl Iterator<Item = &Problem> {
    let is_skipped = |problem: &&Problem| problem.finding().rule() == &rules::PRIVATE_SKIPPED;
    report.problems().iter().filter(is_skipped)
}

/// A line for each error, and unless quiet for each warning.
fn problem_lines(problems: &[Problem], console: &Console) -> Vec<String> {
    let shown = problems.iter().filter_map(|problem| {
        let finding = problem.finding();
        let level = match finding.severity() {
            Severity::Error => "",
            Severity::Warning if !console.quiet => "warning: ",
            _ => return None,
        };
        let help = finding.help().map(|help| format!("; {help}"));
        Some(format!("{level}{problem}{}", help.unwrap_or_default()))
    });
    shown.collect()
}

/// The results for later steps of a CI run.
pub(super) fn values(report: &Report) -> Vec<(&'static str, String)> {
    let present = report
        .files()
        .iter()
        .filter(|file| file.outcome().is_present());
    let files: Vec<&str> = present.map(FileReport::filename).collect();
    vec![
        ("success", report.is_success().to_string()),
        ("index", report.index().to_owned()),
        ("files", json!(files).to_string()),
    ]
}

/// A Markdown table for the summary of a GitHub Actions step.
pub(super) fn summary(report: &Report) -> String {
    let mut text = format!("### Published to {}\n\n", markdown(report.index()));
    if report.is_dry_run() {
        text = format!("### Plan for {}\n\n", markdown(report.index()));
    }
    text.push_str("| file | size | outcome | verification |\n| --- | --- | --- | --- |\n");
    for file in report.files() {
        let outcome = match report.is_dry_run() {
            true => "planned".to_owned(),
            false => file.outcome().to_string(),
        };
        let cells = [
            file.filename(),
            &size(file.size()),
            &outcome,
            &file.verification().to_string(),
        ];
        let cells = cells.map(markdown);
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for skipped in skipped(report) {
        text.push_str(&format!("\n{}\n", markdown(&skipped.to_string())));
    }
    if let Some(error) = report.error() {
        text.push_str(&format!("\n{}\n", markdown(&error.causes())));
    }
    text
}
