//! `check`: what an index would refuse.

use std::path::Path;

use pypi_trusted_upload::{
    Severity,
    metadata::{Distribution, Field, Finding},
};
use serde_json::{Value, json};

use crate::{Exit, cli, output};

struct Checked {
    filename: String,
    /// Why the file is no distribution, or what was found in it.
    findings: Result<Vec<Finding>, String>,
}

pub(crate) fn run(arguments: &cli::CheckArguments, how: cli::Output) -> Exit {
    let files: Vec<Checked> = arguments.files.iter().map(|path| check(path)).collect();
    let count = |severity| files.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if how.json {
        let files: Vec<Value> = files.iter().map(Checked::json).collect();
        output::json(&json!({ "files": files, "errors": errors, "warnings": warnings }));
    } else {
        for file in &files {
            file.print(how.quiet);
        }
    }
    if errors > 0 || (arguments.strict && warnings > 0) {
        return Exit::Refused;
    }
    Exit::Done
}

fn check(path: &Path) -> Checked {
    match Distribution::open(path) {
        Ok(distribution) => Checked {
            filename: distribution.filename().to_string(),
            findings: Ok(distribution.check()),
        },
        Err(error) => Checked {
            filename: error.filename().to_owned(),
            findings: Err(error.message().to_owned()),
        },
    }
}

impl Checked {
    fn count(&self, severity: Severity) -> usize {
        match &self.findings {
            Ok(findings) => findings
                .iter()
                .filter(|finding| finding.severity() == severity)
                .count(),
            Err(_) => usize::from(severity == Severity::Error),
        }
    }

    fn print(&self, quiet: bool) {
        let findings = match &self.findings {
            Ok(findings) => findings,
            Err(message) => return output::problem(format_args!("{}: {message}", self.filename)),
        };
        if findings.is_empty() && !quiet {
            output::line(format_args!("{}: no findings", self.filename));
        }
        for finding in findings {
            if quiet && finding.severity() == Severity::Warning {
                continue;
            }
            let help = finding.help().map(|help| format!("; {help}"));
            output::line(format_args!(
                "{}: {}[{}]: {finding}{}",
                self.filename,
                finding.severity(),
                finding.rule(),
                help.unwrap_or_default()
            ));
        }
    }

    fn json(&self) -> Value {
        let findings: Vec<Value> = match &self.findings {
            Ok(findings) => findings.iter().map(finding).collect(),
            Err(message) => vec![json!({
                "rule": "unreadable",
                "severity": "error",
                "field": null,
                "message": message,
                "help": null,
                "index_text": null,
            })],
        };
        json!({ "filename": self.filename, "findings": findings })
    }
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule(),
        "severity": finding.severity().to_string(),
        "field": finding.field().map(Field::header),
        "message": finding.message(),
        "help": finding.help(),
        "index_text": finding.index_text(),
    })
}
