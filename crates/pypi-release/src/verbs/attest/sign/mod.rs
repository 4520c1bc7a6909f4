//! `attest sign`: attestations that this job publishes these files.

mod report;

use std::path::PathBuf;

use clap::Args;
use pypi_trusted_upload::{
    Error, SignAll,
    attestations::{Attestation, Identity as Signer, PredicateType, Sigstore, Statement},
    metadata::Filename,
    transport::{CancelToken, CommandOutput, Flow, Reply, Step, TransportError, drive_until},
    trusted_publisher::{self, Identity},
    upload::Digests,
};
use serde_json::json;

use crate::{
    attestation::{
        Document, Facts, Judge, MAX_DOCUMENT, SCHEMA_VERSION, SigstoreArguments, is_beside, of_job,
        sidecar, write_sidecar,
    },
    console::Console,
    context::Context,
    duration,
    failure::{self, Exit, Failure, chain},
    files, inputs,
    job::IdentityArguments,
    signals,
};
use report::{FileReport, Report, State};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists, folders of them, or quoted patterns [default: those in the folder dist]
    #[arg(value_name = "FILE")]
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
    // An option may choose another identity than that of the job.
    let signer = match arguments.identity.has_options() {
        true => None,
        false => of_job(&context.environment),
    };
    for file in &mut report.files {
        if let Some(facts) = present(file, &judge, signer.as_ref(), context)? {
            file.state = State::Present(facts);
        } else if arguments.dry_run {
            file.state = State::Planned;
        }
    }
    if report.unsigned().next().is_some() {
        // Before anything is signed: the log would show what cannot be written all the same.
        if let Some(folder) = &arguments.output_dir {
            files::make_folder(folder)?;
        }
        for file in report.unsigned() {
            files::check_writable(&file.path)?;
        }
        sign_all(&sigstore, arguments, &mut report, context)?;
    }
    Ok(report)
}

/// The files, all of which can be read.
fn read(arguments: &Arguments) -> Result<Vec<FileReport>, Failure> {
    let paths = inputs::distributions(&arguments.files)?;
    let paths = paths.iter().filter(|path| !is_beside(path));
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

/// What the attestation of a file says, if there is one that verifies. Where `signer` is not known, anybody may have
/// signed it.
fn present(
    file: &FileReport,
    judge: &Judge,
    signer: Option<&Signer>,
    context: &Context,
) -> Result<Option<Facts>, Failure> {
    let Some(json) = files::read_if_present(&file.path, MAX_DOCUMENT)? else {
        return Ok(None);
    };
    let verify = |attestation: &Attestation| {
        let anybody = attestation.certificate_claims()?.to_identity();
        judge.verify(
            attestation,
            &file.filename,
            &file.sha256,
            signer.unwrap_or(&anybody),
            &context.clock,
            // A signal ends the process: nothing has begun that must be brought to an end.
            &CancelToken::new(),
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
    let told = Told {
        flow: &mut flow,
        console,
    };
    let result = drive_until(told, &context.client()?, &cancel);
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
            Ok(attestation) => match write_sidecar(&file.path, &attestation.to_json(), console) {
                Ok(()) => State::Signed(Facts::of(&attestation)),
                Err(failure) => State::unwritten(&failure),
            },
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

/// A flow that says why it pauses: Sigstore may be down for minutes.
struct Told<'a> {
    flow: &'a mut SignAll,
    console: &'a Console,
}

impl Flow for Told<'_> {
    type Output = Vec<Result<Attestation, Error>>;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Self::Output>, Error> {
        let step = self.flow.step()?;
        if let (Step::Wait(pause), Some(reason)) = (&step, self.flow.failure()) {
            let file = self.flow.current_file().unwrap_or_default();
            let (attempt, pause) = (self.flow.attempts(), duration::text(*pause));
            self.console.note(format_args!(
                "{file}: signing: attempt {attempt}: {reason}; again in {pause}"
            ));
        }
        Ok(step)
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.flow.received(reply);
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        self.flow.ran(output);
    }
}

/// Who signs.
fn identity(arguments: &IdentityArguments, context: &Context) -> Result<Identity, Failure> {
    let providers = arguments.providers()?;
    let identity = Identity::first_of(providers, &context.environment, Some(Sigstore::AUDIENCE));
    let identity =
        identity.and_then(|identity| identity.ok_or_else(trusted_publisher::Error::no_identity));
    identity.map_err(|error| {
        let help = match error.kind() {
            // No API token helps here.
            trusted_publisher::ErrorKind::NoIdentity => Some(
                "sign in such a job, or with the ID token in a variable that --id-token-env names",
            ),
            _ => error.help(),
        };
        let help = help.map(|help| format!(": {help}"));
        let message = format!("{}{}", chain(&error), help.unwrap_or_default());
        Failure::new(Exit::Refused, message)
    })
}
