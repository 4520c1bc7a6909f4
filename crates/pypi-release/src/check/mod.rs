//! `check`: what an index would refuse, and what users would regret.

mod annotation;
mod human;
mod sarif;

use std::{
    error::Error as _,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use pypi_trusted_upload::{
    Environment, Severity,
    metadata::{self, Distribution, Field, Finding, Inspection, check_pyproject, check_release},
};
use serde_json::{Value, json};

use crate::{Exit, cli, output, progress};

/// What was found in one file, or in several that belong together.
struct Checked {
    path: PathBuf,
    filename: String,
    findings: Vec<Finding>,
    distribution: Option<Distribution>,
    /// Why it could not be read at all.
    unread: Option<String>,
}

/// What findings across files are filed under.
const RELEASE: &str = "(the files together)";

pub(crate) fn run(arguments: &cli::CheckArguments, how: cli::Output) -> Exit {
    let mut files = check_all(&arguments.files, how);
    files.extend(together(&files));
    for file in &mut files {
        file.findings
            .retain(|finding| !arguments.ignore.iter().any(|rule| *rule == finding.rule()));
    }
    let count = |severity| files.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if arguments.sarif {
        output::json(&sarif::document(&files));
    } else if how.json {
        let files: Vec<Value> = files.iter().map(Checked::json).collect();
        output::json(
            &json!({ "files": files, "errors": errors, "warnings": warnings, "hints": count(Severity::Hint) }),
        );
    } else {
        human::print(&files, how);
        if Environment::from_process().get("GITHUB_ACTIONS") == Some("true") {
            annotation::print(&files);
        }
    }
    if errors > 0 || (arguments.strict && warnings > 0) {
        return Exit::Refused;
    }
    Exit::Done
}

/// Checks files, as many at once as the machine has processors; answers in the order of the files.
fn check_all(paths: &[PathBuf], how: cli::Output) -> Vec<Checked> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(paths.len()));
    let bar = progress::files(paths.len(), how);
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(paths.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((place, path)) = claim(&next, paths) {
                    let checked = check(path);
                    bar.inc(1);
                    // A worker that panicked has lost its file, and the scope ends in its panic.
                    if let Ok(mut done) = done.lock() {
                        done.push((place, checked));
                    }
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, checked)| checked).collect()
}

fn claim<'a>(next: &AtomicUsize, paths: &'a [PathBuf]) -> Option<(usize, &'a PathBuf)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((place, paths.get(place)?))
}

fn check(path: &Path) -> Checked {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let mut checked = Checked {
        path: path.to_owned(),
        filename: name,
        findings: Vec::new(),
        distribution: None,
        unread: None,
    };
    if checked.filename == "pyproject.toml" {
        match read(path) {
            Ok(text) => checked.findings = check_pyproject(&text),
            Err(error) => checked.unread = Some(format!("cannot be read: {error}")),
        }
        return checked;
    }
    match Inspection::open(path) {
        Ok(inspection) => {
            checked.findings = inspection.findings().to_vec();
            checked.distribution = inspection.distribution().cloned();
        }
        Err(error) => checked.unread = Some(unread(&error)),
    }
    checked
}

/// The message of an error and its cause, without the file's name.
fn unread(error: &metadata::Error) -> String {
    match error.source() {
        Some(cause) => format!("{}: {cause}", error.message()),
        None => error.message().to_owned(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a shell reads the files that it is told to"
)]
fn read(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.kind().to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

/// What the distributions say together.
fn together(files: &[Checked]) -> Option<Checked> {
    let findings = check_release(files.iter().filter_map(|file| file.distribution.as_ref()));
    (!findings.is_empty()).then(|| Checked {
        path: PathBuf::new(),
        filename: RELEASE.to_owned(),
        findings,
        distribution: None,
        unread: None,
    })
}

impl Checked {
    fn count(&self, severity: Severity) -> usize {
        let found = self
            .findings
            .iter()
            .filter(|finding| finding.severity() == severity)
            .count();
        found + usize::from(severity == Severity::Error && self.unread.is_some())
    }

    fn json(&self) -> Value {
        let mut findings: Vec<Value> = self.findings.iter().map(finding).collect();
        if let Some(message) = &self.unread {
            findings.push(json!({
                "rule": "unreadable",
                "severity": "error",
                "field": null,
                "message": message,
                "help": null,
                "index_text": null,
                "line": null,
                "column": null,
                "link": null,
            }));
        }
        json!({ "filename": self.filename, "findings": findings })
    }

    /// Whether a finding's position is in the file itself, and not in the description within it.
    fn has_lines(&self) -> bool {
        self.filename == "pyproject.toml"
    }
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule().id(),
        "severity": finding.severity().to_string(),
        "field": finding.field().map(Field::header),
        "message": finding.message(),
        "help": finding.help(),
        "index_text": finding.index_text(),
        "line": finding.position().map(|at| at.line),
        "column": finding.position().map(|at| at.column),
        "link": finding.link(),
    })
}
