//! `attest verify`: whether somebody attests these files.

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::{ArgGroup, Args};
use pypi_trusted_upload::{
    attestations::{Attestation, Identity, PredicateType},
    metadata::Filename,
    transport::CancelToken,
    upload::Digests,
};
use serde_json::{Value, json};

use crate::{
    attestation::{
        Document, Facts, IdentityArguments, Judge, MAX_DOCUMENT, Problem, RootArguments,
        SCHEMA_VERSION, is_beside, sidecar,
    },
    console::Console,
    context::Context,
    failure::{self, Exit, Failure},
    files, inputs,
};

#[derive(Args)]
#[command(group = ArgGroup::new("expected").args(["repository", "identity_json"]).required(true))]
pub(crate) struct Arguments {
    /// Wheels and sdists, folders of them, or quoted patterns; the attestations beside them (FILE.publish.attestation,
    /// FILE.slsa.attestation) are verified [default: those in the folder dist]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    identity: IdentityArguments,
    /// Verify this attestation, bundle or provenance object instead of those beside FILE; may be repeated
    #[arg(long = "attestation", value_name = "FILE")]
    attestations: Vec<PathBuf>,
    /// The name of the distribution, if FILE has another one
    #[arg(long, value_name = "FILENAME")]
    name: Option<String>,
    #[command(flatten)]
    root: RootArguments,
}

/// What was verified.
struct Report {
    /// The trusted root.
    root: String,
    expected: String,
    files: Vec<FileReport>,
}

struct FileReport {
    /// The name of the distribution.
    filename: String,
    path: PathBuf,
    sha256: Option<String>,
    attestations: Vec<Verified>,
    /// Why no attestation could be verified.
    problem: Option<Problem>,
}

/// One attestation.
struct Verified {
    path: PathBuf,
    /// `None` if it cannot be read.
    facts: Option<Facts>,
    /// Why it is rejected.
    problem: Option<Problem>,
}

/// The expected identity, and with what to verify.
struct Asked<'a> {
    judge: Judge,
    expected: &'a Identity,
    arguments: &'a Arguments,
    context: &'a Context,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let report = verify(arguments, context).map_err(|failure| {
        failure.document(|message, exit| {
            json!({
                "schema_version": SCHEMA_VERSION,
                "success": false,
                "root": null,
                "expected": null,
                "files": [],
                "error": failure::error(message, exit),
            })
        })
    })?;
    report.print(&context.console);
    Ok(report.exit())
}

fn verify(arguments: &Arguments, context: &Context) -> Result<Report, Failure> {
    let files = inputs::distributions(&arguments.files)?;
    let files: Vec<&PathBuf> = match files.as_slice() {
        [file] => vec![file],
        files => files.iter().filter(|path| !is_beside(path)).collect(),
    };
    let is_single = files.len() == 1;
    if files.is_empty() {
        return Err(Failure::usage(
            "these files are attestations: name the distributions that they are for",
        ));
    }
    if !is_single && (arguments.name.is_some() || !arguments.attestations.is_empty()) {
        return Err(Failure::usage(
            "--name and --attestation are for one FILE: verify the files one by one",
        ));
    }
    let expected = arguments.identity.identity().ok_or_else(|| {
        Failure::usage("the expected identity is missing: add --repository or --identity-json")
    })?;
    let asked = Asked {
        judge: arguments.root.judge()?,
        expected,
        arguments,
        context,
    };
    Ok(Report {
        files: files.into_iter().map(|path| asked.file(path)).collect(),
        root: asked.judge.name,
        expected: expected.to_string(),
    })
}

impl Asked<'_> {
    fn file(&self, path: &Path) -> FileReport {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = name.to_string_lossy();
        let name = self.arguments.name.as_deref().unwrap_or(&name);
        let mut report = FileReport {
            filename: name.to_owned(),
            path: path.to_owned(),
            sha256: None,
            attestations: Vec::new(),
            problem: None,
        };
        if let Err(problem) = self.add(path, &mut report) {
            report.problem = Some(problem);
        }
        report
    }

    fn add(&self, path: &Path, report: &mut FileReport) -> Result<(), Problem> {
        let filename = Filename::parse(&report.filename).map_err(|error| {
            let name = &report.filename;
            let problem = Problem::new("name", format!("{name:?} is not a distribution: {error}"));
            problem.with_help("give the name of the distribution with --name")
        })?;
        let digests = files::open(path).and_then(Digests::read).map_err(|error| {
            let problem = Problem::new("unreadable", format!("the file cannot be read: {error}"));
            problem.with_help("check its name and permissions")
        })?;
        report.sha256 = Some(digests.sha256().to_owned());
        let mut verified = Vec::new();
        for path in self.attestations(path)? {
            self.verify(&path, &filename, digests.sha256(), &mut verified);
        }
        report.attestations = verified;
        Ok(())
    }

    /// The paths of the attestations of a file.
    fn attestations(&self, file: &Path) -> Result<Vec<PathBuf>, Problem> {
        if !self.arguments.attestations.is_empty() {
            return Ok(self.arguments.attestations.clone());
        }
        let sidecars = PredicateType::ALL.map(|predicate| sidecar(file, predicate));
        // One that cannot be read is not absent.
        let is_there = |path: &PathBuf| !matches!(files::open(path), Err(error) if error.kind() == io::ErrorKind::NotFound);
        let found: Vec<PathBuf> = sidecars.into_iter().filter(is_there).collect();
        match found.is_empty() {
            true => Err(
                Problem::new("missing", "there is no attestation beside the file")
                    .with_help("name one with --attestation"),
            ),
            false => Ok(found),
        }
    }

    /// Verifies every attestation in the file at `path`.
    fn verify(&self, path: &Path, filename: &Filename, sha256: &str, all: &mut Vec<Verified>) {
        let mut add = |facts, problem| {
            all.push(Verified {
                path: path.to_owned(),
                facts,
                problem,
            });
        };
        let document = match files::read(path, MAX_DOCUMENT) {
            Ok(json) => Document::parse(&json).map_err(|error| Problem::from(&error)),
            Err(failure) => Err(Problem::new("unreadable", failure.message().to_owned())),
        };
        let document = match document {
            Ok(document) => document,
            Err(problem) => return add(None, Some(problem)),
        };
        let attestations: Vec<&Attestation> = document
            .attestations()
            .into_iter()
            .map(|(attestation, _)| attestation)
            .collect();
        if attestations.is_empty() {
            add(
                None,
                Some(Problem::new("missing", "it contains no attestation")),
            );
        }
        for attestation in attestations {
            let clock = &self.context.clock;
            // A signal ends the process: nothing has begun that must be brought to an end.
            let cancel = CancelToken::new();
            let result =
                self.judge
                    .verify(attestation, filename, sha256, self.expected, clock, &cancel);
            let problem = result.err().map(|error| Problem::from(&error));
            add(Some(Facts::of(attestation)), problem);
        }
    }
}

impl Report {
    /// 0 if every attestation of every file is verified, and each file has one; else 1.
    fn exit(&self) -> Exit {
        match self.files.iter().all(FileReport::is_verified) {
            true => Exit::Done,
            false => Exit::Refused,
        }
    }

    fn print(&self, console: &Console) {
        if console.json {
            return console.json(&json!({
                "schema_version": SCHEMA_VERSION,
                "success": self.exit() == Exit::Done,
                "root": self.root,
                "expected": self.expected,
                "files": self.files.iter().map(FileReport::json).collect::<Value>(),
                "error": null,
            }));
        }
        for file in &self.files {
            file.print(&self.expected, console);
        }
    }
}

impl FileReport {
    fn is_verified(&self) -> bool {
        self.problem.is_none() && self.attestations.iter().all(|one| one.problem.is_none())
    }

    fn print(&self, expected: &str, console: &Console) {
        let shown = self.path.display();
        if self.is_verified() && !console.quiet {
            console.line(format_args!("{shown}: verified, signed by {expected}"));
            for attestation in &self.attestations {
                let path = attestation.path.display().to_string();
                let mut rows = vec![["  attestation".to_owned(), path]];
                rows.extend(attestation.facts.iter().flat_map(Facts::rows));
                console.table(&rows);
            }
        }
        if let Some(problem) = &self.problem {
            console.problem(format_args!("{shown}: {problem}"));
        }
        for attestation in &self.attestations {
            if let Some(problem) = &attestation.problem {
                let path = attestation.path.display();
                console.problem(format_args!("{shown}: rejected: {path}: {problem}"));
            }
        }
    }

    fn json(&self) -> Value {
        json!({
            "filename": self.filename,
            "path": self.path.display().to_string(),
            "sha256": self.sha256,
            "verified": self.is_verified(),
            "attestations": self.attestations.iter().map(Verified::json).collect::<Value>(),
            "error": self.problem.as_ref().map(Problem::json),
        })
    }
}

impl Verified {
    fn json(&self) -> Value {
        let mut json = self.facts.as_ref().map(Facts::json).unwrap_or_default();
        json.insert("path".to_owned(), self.path.display().to_string().into());
        json.insert("verified".to_owned(), self.problem.is_none().into());
        let problem = self.problem.as_ref().map(Problem::json);
        json.insert("error".to_owned(), problem.into());
        Value::Object(json)
    }
}
