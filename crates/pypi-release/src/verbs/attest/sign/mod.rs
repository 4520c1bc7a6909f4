//! `attest sign`: attestations that this job publishes these files.

use std::path::{Path, PathBuf};

use clap::Args;
use pypi_trusted_upload::{
    Error, SignAll,
    attestations::{Attestation, Identity as Signer, PredicateType, Sigstore, Statement},
    metadata::Filename,
    transport::{CancelToken, drive_until},
    trusted_publisher::{self, Identity},
    upload::Digests,
};
use serde_json::{Value, json};

use crate::{
    attestation::{
        Document, Facts, Judge, Problem, SCHEMA_VERSION, SigstoreArguments, is_beside, sidecar,
        write_sidecar,
    },
    console::Console,
    context::Context,
    failure::{self, Exit, Failure, chain},
    files,
    job::IdentityArguments,
    shown::Shown,
    signals,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write FILE.publish.attestation into this folder instead of beside FILE
    #[arg(long, value_name = "FOLDER")]
    output_dir: Option<PathBuf>,
    #[command(flatten)]
    sigstore: SigstoreArguments,
    #[command(flatten)]
    identity: IdentityArguments,
    /// Print what would be signed, and sign nothing
    #[arg(long)]
    dry_run: bool,
}

/// What was signed.
struct Report {
    is_dry_run: bool,
    files: Vec<FileReport>,
    /// What is worth a warning.
    warnings: Vec<String>,
    is_interrupted: bool,
}

/// A file to sign.
struct FileReport {
    filename: Filename,
    sha256: String,
    /// The attestation.
    path: PathBuf,
    state: State,
}

enum State {
    Failed {
        problem: Problem,
        /// Whether it may succeed later.
        is_transient: bool,
    },
    /// A dry run: it would be signed.
    Planned,
    /// There is an attestation that verifies.
    Present(Facts),
    Signed(Facts),
    Unsigned,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let report = sign(arguments, context).map_err(|failure| {
        failure.document(|message, exit| {
            json!({
                "schema_version": SCHEMA_VERSION,
                "success": false,
                "dry_run": arguments.dry_run,
                "files": [],
                "warnings": [],
                "error": failure::error(message, exit),
            })
        })
    })?;
    report.print(&context.console);
    Ok(report.exit())
}

fn sign(arguments: &Arguments, context: &Context) -> Result<Report, Failure> {
    let sigstore = arguments.sigstore.instance(None)?;
    let mut report = Report {
        is_dry_run: arguments.dry_run,
        files: read(arguments)?,
        warnings: Vec::new(),
        is_interrupted: false,
    };
    let judge = Judge::of(&sigstore);
    for file in &mut report.files {
        if let Some(facts) = present(file, &judge, context)? {
            file.state = State::Present(facts);
        } else if arguments.dry_run {
            file.state = State::Planned;
        }
    }
    if report.unsigned().next().is_some() {
        sign_all(&sigstore, arguments, &mut report, context)?;
    }
    Ok(report)
}

/// The files, all of which can be read.
fn read(arguments: &Arguments) -> Result<Vec<FileReport>, Failure> {
    let paths = arguments.files.iter().filter(|path| !is_beside(path));
    let mut files: Vec<FileReport> = Vec::new();
    for path in paths {
        let refused =
            |what: String| Failure::new(Exit::Refused, format!("{}: {what}", path.display()));
        let name = path.file_name().unwrap_or(path.as_os_str());
        let filename = Filename::parse(&name.to_string_lossy())
            .map_err(|error| refused(format!("not a distribution: {error}")))?;
        let digests = files::open(path)
            .and_then(Digests::read)
            .map_err(|error| refused(format!("the file cannot be read: {error}")))?;
        let folder = arguments.output_dir.as_deref();
        let beside = match folder {
            Some(folder) => folder.join(filename.as_str()),
            None => path.clone(),
        };
        let path = sidecar(&beside, PredicateType::Publish);
        if files.iter().any(|file| file.path == path) {
            return Err(refused("the file is named twice".to_owned()));
        }
        files.push(FileReport {
            filename,
            sha256: digests.sha256().to_owned(),
            path,
            state: State::Unsigned,
        });
    }
    match files.is_empty() {
        true => Err(Failure::usage(
            "these files are attestations: name the distributions to sign",
        )),
        false => Ok(files),
    }
}

/// What the attestation of a file says, if there is one that verifies, whoever signed it.
fn present(file: &FileReport, judge: &Judge, context: &Context) -> Result<Option<Facts>, Failure> {
    let Some(json) = files::read_if_present(&file.path)? else {
        return Ok(None);
    };
    let verify = |attestation: &Attestation| {
        let claims = attestation.certificate_claims()?;
        let signer = Signer::certificate(
            claims.identity().unwrap_or_default(),
            claims.issuer().unwrap_or_default(),
        );
        judge.verify(
            attestation,
            &file.filename,
            &file.sha256,
            &signer,
            &context.clock,
        )
    };
    Ok(match Document::parse(&json) {
        Ok(Document::Attestation(attestation))
            if attestation.predicate_type() == PredicateType::Publish
                && verify(&attestation).is_ok() =>
        {
            Some(Facts::of(&attestation))
        }
        _ => None,
    })
}

/// Signs what is not signed, and writes each attestation, also those before a failure: the log shows them for ever.
fn sign_all(
    sigstore: &Sigstore,
    arguments: &Arguments,
    report: &mut Report,
    context: &Context,
) -> Result<(), Failure> {
    let console = &context.console;
    let identity = identity(&arguments.identity, context)?;
    let statements = report.unsigned().map(|file| {
        let name = file.filename.as_str();
        Statement::publish(name, &file.sha256)
    });
    let statements = statements.collect::<Result<Vec<_>, _>>()?;
    let cancel = CancelToken::new();
    let _guard = signals::cancel_on_signal(cancel.clone(), console.clone());
    let mut flow = SignAll::new(sigstore.clone(), identity, statements)
        .allow_private(arguments.sigstore.allow_private)
        .clock(context.clock.clone());
    let result = drive_until(&mut flow, &Shown::new(console)?, &cancel);
    report.is_interrupted = cancel.is_cancelled();
    let logged: Vec<String> = flow.logged().into_iter().map(str::to_owned).collect();
    let mut results = match result {
        Ok(results) => results,
        Err(error) => {
            let mut results = flow.results().to_vec();
            results.resize_with(report.unsigned().count(), || Err(error.clone()));
            results
        }
    }
    .into_iter();
    for file in &mut report.files {
        if !matches!(file.state, State::Unsigned) {
            continue;
        }
        let Some(result) = results.next() else {
            break;
        };
        file.state = match result {
            Ok(attestation) => {
                write_sidecar(&file.path, &attestation.to_json(), console)?;
                State::Signed(Facts::of(&attestation))
            }
            Err(error) => State::failed(&error),
        };
    }
    let findings = flow.findings().iter();
    report.warnings.extend(findings.map(ToString::to_string));
    report.warnings.extend(logged.iter().map(|name| {
        format!(
            "{name}: its signature may be in the transparency log, from which nothing is removed"
        )
    }));
    Ok(())
}

/// Who signs.
fn identity(arguments: &IdentityArguments, context: &Context) -> Result<Identity, Failure> {
    let providers = arguments.providers()?;
    let identity = Identity::first_of(providers, &context.environment, Some(Sigstore::AUDIENCE));
    let identity =
        identity.and_then(|identity| identity.ok_or_else(trusted_publisher::Error::no_identity));
    identity.map_err(|error| {
        let help = error.help().map(|help| format!(": {help}"));
        let message = format!("{}{}", chain(&error), help.unwrap_or_default());
        Failure::new(Exit::Refused, message)
    })
}

impl Report {
    fn unsigned(&self) -> impl Iterator<Item = &FileReport> {
        let files = self.files.iter();
        files.filter(|file| matches!(file.state, State::Unsigned))
    }

    /// 0 if every file has an attestation, 3 if what is missing may succeed later, else 1.
    fn exit(&self) -> Exit {
        let mut exit = Exit::Done;
        for file in &self.files {
            match file.state {
                State::Failed {
                    is_transient: false,
                    ..
                }
                | State::Unsigned => return self.or_interrupted(Exit::Refused),
                State::Failed { .. } => exit = Exit::Unavailable,
                State::Planned | State::Present(_) | State::Signed(_) => {}
            }
        }
        self.or_interrupted(exit)
    }

    fn or_interrupted(&self, exit: Exit) -> Exit {
        match (exit, self.is_interrupted) {
            (Exit::Done, _) | (_, false) => exit,
            (_, true) => Exit::Interrupted,
        }
    }

    fn print(&self, console: &Console) {
        if console.json {
            return console.json(&self.json());
        }
        for warning in &self.warnings {
            console.note(format_args!("warning: {warning}"));
        }
        if !console.quiet {
            let rows: Vec<[String; 3]> = self.files.iter().map(FileReport::row).collect();
            console.table(&rows);
        }
        let mut shown: Vec<&Problem> = Vec::new();
        for file in &self.files {
            if let State::Failed { problem, .. } = &file.state
                && !shown.contains(&problem)
            {
                console.problem(problem);
                shown.push(problem);
            }
        }
    }

    fn json(&self) -> Value {
        let error = match self.exit() {
            Exit::Interrupted => Some(failure::error("the run was interrupted", Exit::Interrupted)),
            _ => None,
        };
        json!({
            "schema_version": SCHEMA_VERSION,
            "success": self.exit() == Exit::Done,
            "dry_run": self.is_dry_run,
            "files": self.files.iter().map(FileReport::json).collect::<Value>(),
            "warnings": self.warnings,
            "error": error,
        })
    }
}

impl FileReport {
    fn row(&self) -> [String; 3] {
        let detail = match &self.state {
            State::Present(facts) | State::Signed(facts) => facts.logged().unwrap_or_default(),
            State::Failed { .. } | State::Planned | State::Unsigned => String::new(),
        };
        let state = match &self.state {
            State::Planned => "would be signed",
            State::Present(_) => "signed before",
            state => state.name(),
        };
        [self.filename.as_str().to_owned(), state.to_owned(), detail]
    }

    fn json(&self) -> Value {
        let (facts, problem) = match &self.state {
            State::Present(facts) | State::Signed(facts) => (Some(facts), None),
            State::Failed { problem, .. } => (None, Some(problem)),
            State::Planned | State::Unsigned => (None, None),
        };
        json!({
            "filename": self.filename.as_str(),
            "sha256": self.sha256,
            "path": shown(&self.path),
            "state": self.state.name(),
            "attestation": facts.map(Facts::json),
            "error": problem.map(Problem::json),
        })
    }
}

impl State {
    fn failed(error: &Error) -> Self {
        let problem = Problem::new(error.kind().name(), error.causes());
        Self::Failed {
            problem: match error.help() {
                Some(help) => problem.with_help(help),
                None => problem,
            },
            is_transient: error.is_transient(),
        }
    }

    /// The stable word for reports.
    fn name(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "failed",
            Self::Planned => "planned",
            Self::Present(_) => "present",
            Self::Signed(_) => "signed",
            Self::Unsigned => "unsigned",
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
