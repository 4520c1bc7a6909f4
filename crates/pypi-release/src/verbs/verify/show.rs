//! The report of a verification: as text, as values for later steps, and as a summary.

use serde_json::{Value, json};

use super::{
    provenance::{ProvenanceReport, State},
    report::{FileReport, Report, SCHEMA_VERSION, Verdict},
};
use crate::{
    ci_output::markdown,
    console::{Console, size},
    failure::{self, Exit},
    install::{Installation, StepVerdict},
};

impl Report {
    /// Prints the report.
    pub(crate) fn print(&self, console: &Console) {
        if console.json {
            return console.json(&self.json());
        }
        for warning in warnings(self) {
            console.note(format_args!("warning: {warning}"));
        }
        if !console.quiet {
            let rows: Vec<[String; 4]> = self.files.iter().map(row).collect();
            console.table(&rows);
        }
        for problem in self.file_problems() {
            console.problem(problem);
        }
        for installation in self.installations.iter().flatten() {
            show_installation(installation, console);
        }
        if self.is_success() && !console.quiet {
            console.line(self.sentence());
        }
    }

    /// What was found, if all is well, on one line.
    pub(crate) fn sentence(&self) -> String {
        let subject = match self.files.as_slice() {
            [_] => "the file is".to_owned(),
            files => format!("all {} files are", files.len()),
        };
        let installed = match &self.installations {
            Some(all) if !all.is_empty() => ", installed and tried",
            _ => "",
        };
        let label = &self.label;
        let signed = match self.signed().as_deref() {
            Some(signed) => format!(", {signed}"),
            None => String::new(),
        };
        let is_downloaded = |file: &FileReport| file.verdict == Verdict::Confirmed;
        match self.files.iter().any(is_downloaded) {
            true => format!(
                "{subject} on {label}, downloaded and verified by sha256{installed}{signed}"
            ),
            false => format!("{subject} listed by {label}{signed}"),
        }
    }

    /// Who signed, if it was the same for every file.
    fn signed(&self) -> Option<String> {
        let mut signed = self
            .files
            .iter()
            .map(|file| file.provenance.as_ref()?.shown());
        let first = signed.next()??;
        signed
            .all(|other| other.as_ref() == Some(&first))
            .then_some(first)
    }

    /// What is wrong with each file.
    fn file_problems(&self) -> impl Iterator<Item = String> {
        let required = self.requires_provenance;
        self.files.iter().flat_map(move |file| {
            let is_fine = matches!(file.verdict, Verdict::Confirmed | Verdict::NotAsked);
            let message = (!is_fine).then(|| file.message.clone());
            let provenance = file.provenance.as_ref();
            let provenance = provenance.filter(|one| one.is_wrong(required));
            let provenance = provenance.and_then(ProvenanceReport::why_not);
            let problems = message.into_iter().chain(provenance);
            problems.map(|problem| format!("{}: {problem}", file.shown()))
        })
    }

    /// What is wrong, on one line.
    pub(crate) fn why_not(&self) -> String {
        let files = self.file_problems();
        let installations = self
            .installations
            .iter()
            .flatten()
            .flat_map(|installation| {
                let steps = installation.steps.iter();
                let steps = steps.filter(|step| step.verdict != StepVerdict::Passed);
                steps.map(|step| {
                    let title = installation.title();
                    format!("{title}: {} {}: {}", step.name, step.subject, step.message)
                })
            });
        files.chain(installations).collect::<Vec<_>>().join("; ")
    }

    /// The ends of the outputs of the steps that did not pass.
    pub(crate) fn print_outputs(&self, console: &Console) {
        let installations = self.installations.iter().flatten();
        for step in installations.flat_map(|installation| &installation.steps) {
            if step.verdict != StepVerdict::Passed {
                console.excerpt(&step.output);
            }
        }
    }
}

fn show_installation(installation: &Installation, console: &Console) {
    let title = installation.title();
    if !console.quiet {
        console.line(&title);
        let rows: Vec<[String; 3]> = installation
            .steps
            .iter()
            .map(|step| {
                let verdict = step.verdict.name().replace('_', " ");
                [format!("  {}", step.name), verdict, step.subject.clone()]
            })
            .collect();
        console.table(&rows);
    }
    for step in &installation.steps {
        if step.verdict != StepVerdict::Passed {
            let (name, subject, message) = (step.name, &step.subject, &step.message);
            console.problem(format_args!("{title}: {name} {subject}: {message}"));
            console.excerpt(&step.output);
        }
    }
}

fn row(file: &FileReport) -> [String; 4] {
    let verdict = match file.verdict {
        Verdict::NotAsked => "not downloaded".to_owned(),
        verdict => verdict.name().replace('_', " "),
    };
    let provenance = file.provenance.as_ref();
    [
        file.shown(),
        file.size.map(size).unwrap_or_default(),
        verdict,
        provenance
            .and_then(ProvenanceReport::shown)
            .unwrap_or_default(),
    ]
}

/// What users of the files should know, though they are served.
fn warnings(report: &Report) -> Vec<String> {
    let mut warnings = Vec::new();
    for project in &report.projects {
        if let Some(status) = &project.status {
            let reason = because(project.reason.as_deref());
            warnings.push(format!("project {} is {status}{reason}", project.name));
        }
    }
    for file in &report.files {
        if let Some(reason) = &file.yanked {
            let reason = because(Some(reason));
            warnings.push(format!("{} is yanked{reason}", file.shown()));
        }
    }
    for (file, provenance) in report.provenances() {
        if provenance.state == State::Unknown && !report.requires_provenance {
            let why = provenance.why_not().unwrap_or_default();
            warnings.push(format!("{}: {why}", file.shown()));
        }
    }
    warnings.extend(report.publishers());
    warnings
}

fn because(reason: Option<&str>) -> String {
    match reason {
        None | Some("") => String::new(),
        Some(reason) => format!(": {reason}"),
    }
}

/// The results for later steps of a CI run.
pub(super) fn values(report: &Report) -> Vec<(&'static str, String)> {
    // What is not signed as it must be is not for later steps either.
    let files = report.files.iter();
    let sound = files.filter(|file| file.is_sound(report.requires_provenance));
    let files: Vec<&str> = sound.map(|file| file.filename.as_str()).collect();
    vec![
        ("success", report.is_success().to_string()),
        ("index", report.index.clone()),
        ("files", json!(files).to_string()),
    ]
}

/// Markdown for the summary of a GitHub Actions step.
pub(super) fn summary(report: &Report) -> String {
    let mut text = format!("### Verified on {}\n\n", markdown(&report.label));
    text.push_str("| file | size | verification | provenance |\n| --- | --- | --- | --- |\n");
    for file in &report.files {
        let [name, size, _, signed] = row(file);
        let verdict = match file.verdict {
            Verdict::Confirmed => "confirmed",
            _ => &file.message,
        };
        let why_not = file.provenance.as_ref().and_then(ProvenanceReport::why_not);
        let signed = why_not.unwrap_or(signed);
        let cells = [name.as_str(), &size, verdict, &signed].map(markdown);
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for installation in report.installations.iter().flatten() {
        text.push_str(&format!("\n#### {}\n\n", markdown(&installation.title())));
        text.push_str("| step | | verdict |\n| --- | --- | --- |\n");
        for step in &installation.steps {
            let verdict = match step.verdict {
                StepVerdict::Failed => format!("**failed**: {}", markdown(&step.message)),
                verdict => verdict.name().replace('_', " "),
            };
            let subject = markdown(&step.subject);
            text.push_str(&format!("| {} | {subject} | {verdict} |\n", step.name));
        }
    }
    for warning in warnings(report) {
        text.push_str(&format!("\n{}\n", markdown(&warning)));
    }
    text
}

/// The document of a failure before there is a report.
pub(super) fn failure(message: &str, exit: Exit) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "success": false,
        "index": null,
        "simple_url": null,
        "credentials": null,
        "projects": [],
        "files": [],
        "installations": null,
        "error": failure::error(message, exit),
    })
}
