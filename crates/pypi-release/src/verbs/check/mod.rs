//! `check`: what PyPI rejects, and problems that users will notice.

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

use clap::Args;
use pypi_trusted_upload::{
    Severity,
    metadata::{
        self, Distribution, Field, Finding, Inspection, Rule, check_pyproject, check_release, rules,
    },
};
use serde_json::{Value, json};

use crate::{
    attestation::is_attestation,
    console::Console,
    context::Context,
    failure::{Exit, Failure},
    files, inputs, progress,
    sums::{Difference, Sums, SumsArguments},
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists, folders of them, or quoted patterns, and pyproject.toml [default: those in the folder dist]
    files: Vec<PathBuf>,
    /// Exit 1 for warnings too
    #[arg(long)]
    strict: bool,
    /// Leave out findings of this rule; may be repeated
    #[arg(long, value_name = "RULE", value_parser = rule)]
    ignore: Vec<&'static Rule>,
    /// Accept files of several versions of a project: a warning
    #[arg(long)]
    all_versions: bool,
    #[command(flatten)]
    sums: SumsArguments,
    /// Print SARIF for code scanning on standard output
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
}

/// The findings in one file, or in several that belong together.
struct Checked {
    path: PathBuf,
    filename: String,
    findings: Vec<Finding>,
    distribution: Option<Distribution>,
    /// Why it could not be read at all.
    unread: Option<String>,
    /// How the files differ from those that it lists.
    differences: Vec<Difference>,
}

/// The name under which findings across files are listed.
const RELEASE: &str = "(the files together)";

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &["files", "errors", "warnings", "hints"];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    find(arguments, context).map_err(|failure| failure.with_keys(KEYS))
}

fn find(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let console = &context.console;
    let mut paths = arguments
        .sums
        .without_sums(&inputs::distributions(&arguments.files)?);
    // Attestations alone are findings: then nothing is checked.
    if !paths.iter().all(|path| is_attestation(path)) {
        paths.retain(|path| !is_attestation(path));
    }
    let mut files = check_all(&paths, console);
    let sums = check_sums(&arguments.sums, &files)?;
    files.extend(together(&files, arguments.all_versions));
    files.extend(sums);
    for file in &mut files {
        file.findings
            .retain(|finding| !arguments.ignore.iter().any(|rule| *rule == finding.rule()));
    }
    let count = |severity| files.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let is_clean = errors == 0 && !(arguments.strict && warnings > 0);
    if arguments.sarif {
        console.json(&sarif::document(&files));
    } else if console.json {
        let files: Vec<Value> = files.iter().map(Checked::json).collect();
        console.json(&json!({
            "success": is_clean,
            "error": null,
            "files": files,
            "errors": errors,
            "warnings": warnings,
            "hints": count(Severity::Hint),
        }));
    } else {
        human::print(&files, console);
        if console.annotations {
            annotation::print(&files, console);
        }
    }
    Ok(match is_clean {
        true => Exit::Done,
        false => Exit::Refused,
    })
}

/// Returns the errors in files, a line for each, and the number of warnings.
pub(crate) fn errors(paths: &[PathBuf], console: &Console) -> (Vec<String>, usize) {
    let mut files = check_all(paths, console);
    files.extend(together(&files, false));
    let warnings = files.iter().map(|file| file.count(Severity::Warning)).sum();
    let errors = files.iter().flat_map(|file| {
        let errors = file.findings.iter();
        let errors = errors.filter(|finding| finding.severity() == Severity::Error);
        let unread = file.unread.iter().cloned();
        let texts = unread.chain(errors.map(|finding| match finding.help() {
            Some(help) => format!("{finding}: {help}"),
            None => finding.to_string(),
        }));
        texts.map(|text| format!("{}: {text}", file.shown()))
    });
    (errors.collect(), warnings)
}

/// Checks files, as many at once as the machine has processors; returns them in the given order.
fn check_all(paths: &[PathBuf], console: &Console) -> Vec<Checked> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(paths.len()));
    let bar = progress::files(paths.len(), console);
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(paths.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((place, path)) = claim(&next, paths) {
                    let checked = check(path);
                    bar.inc(1);
                    // If a worker panics, so does the scope.
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
    let mut checked = Checked::new(path);
    if checked.filename == "pyproject.toml" {
        match read(path) {
            Ok(text) => checked.findings = check_pyproject(&text),
            Err(error) => checked.unread = Some(format!("cannot be read: {error}")),
        }
        return checked;
    }
    match Inspection::open(path) {
        Ok(inspection) => {
            (checked.distribution, checked.findings) = inspection.into_parts();
        }
        Err(error) => checked.unread = Some(unread(&error)),
    }
    checked
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = files::bytes(path, files::MAX_SETTINGS).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

/// The message of an error and its cause, without the file's name.
fn unread(error: &metadata::Error) -> String {
    match error.source() {
        Some(cause) => format!("{}: {cause}", error.message()),
        None => error.message().to_owned(),
    }
}

/// Compares the distributions with the digests that the arguments name, then writes theirs.
fn check_sums(arguments: &SumsArguments, checked: &[Checked]) -> Result<Option<Checked>, Failure> {
    if arguments.sums.is_none() && arguments.write_sums.is_none() {
        return Ok(None);
    }
    let distributions = checked
        .iter()
        .filter(|file| file.unread.is_none() && !file.has_lines());
    let given = Sums::of_files(distributions.map(|file| file.path.as_path()))?;
    let checked = match &arguments.sums {
        Some(path) => {
            let mut checked = Checked::new(path);
            checked.differences = Sums::read(path)?.differences(&given);
            Some(checked)
        }
        None => None,
    };
    if let Some(path) = &arguments.write_sums {
        files::write(path, &given.to_string())?;
    }
    Ok(checked)
}

/// Findings about the distributions together.
fn together(files: &[Checked], all_versions: bool) -> Option<Checked> {
    let findings = check_release(files.iter().filter_map(|file| file.distribution.as_ref()));
    let findings = findings.into_iter().map(|finding| {
        let is_allowed = all_versions && finding.rule() == &rules::RELEASE_VERSIONS;
        match is_allowed {
            true => finding.into_warning(),
            false => finding,
        }
    });
    let findings: Vec<Finding> = findings.collect();
    (!findings.is_empty()).then(|| Checked {
        path: PathBuf::new(),
        filename: RELEASE.to_owned(),
        findings,
        distribution: None,
        unread: None,
        differences: Vec::new(),
    })
}

impl Checked {
    fn new(path: &Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            path: path.to_owned(),
            filename: name.to_string_lossy().into_owned(),
            findings: Vec::new(),
            distribution: None,
            unread: None,
            differences: Vec::new(),
        }
    }

    /// The findings that no rule of the metadata is behind: the id of the rule, and the message.
    fn others(&self) -> impl Iterator<Item = (&'static str, String)> {
        let unread = self.unread.iter().map(|text| ("unreadable", text.clone()));
        let differences = self.differences.iter();
        unread.chain(differences.map(|difference| (difference.rule(), difference.to_string())))
    }

    fn count(&self, severity: Severity) -> usize {
        let found = self
            .findings
            .iter()
            .filter(|finding| finding.severity() == severity)
            .count();
        match severity {
            Severity::Error => found + self.others().count(),
            _ => found,
        }
    }

    fn json(&self) -> Value {
        let mut findings: Vec<Value> = self.findings.iter().map(finding).collect();
        for (rule, message) in self.others() {
            findings.push(json!({
                "rule": rule,
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
        let path = (!self.path.as_os_str().is_empty()).then(|| self.shown());
        let filename = self.distribution.as_ref().map(Distribution::filename);
        let variant = filename.and_then(|filename| filename.variant());
        json!({ "filename": self.filename, "path": path, "variant": variant, "findings": findings })
    }

    /// The file as its user named it.
    fn shown(&self) -> String {
        match self.path.as_os_str().is_empty() {
            true => self.filename.clone(),
            false => self.path.display().to_string(),
        }
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

/// Parses the argument of `--ignore`.
fn rule(id: &str) -> Result<&'static Rule, String> {
    Rule::find(id).ok_or_else(|| match Rule::closest(id) {
        Some(rule) => format!("unknown rule, did you mean '{rule}'?"),
        None => "unknown rule".to_owned(),
    })
}
