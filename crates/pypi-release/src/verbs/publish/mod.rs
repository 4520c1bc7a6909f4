//! `publish`: from files on disk to files on an index.

mod attest;
mod audit;
mod digests;
mod existing;
mod rehearsal;
mod selection;
mod show;

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::RangedU64ValueParser};
use pypi_trusted_upload::{
    Dists, Event, Observer, Order, Problem, Publisher, Report, RetryPolicy, metadata::rules,
    publish::JOBS,
};

use serde_json::Value;

use super::local_index::serve;
use crate::{
    ci_output::{self, OutputArguments},
    context::Context,
    credentials::{self, CHOOSE, CredentialArguments, Credentials, Purpose},
    duration,
    failure::{Exit, Failure},
    inputs,
    job::IdentityArguments,
    progress::Progress,
    settings::Settings,
    signals,
    sums::SumsArguments,
    target::{IndexArguments, Target},
};
pub(crate) use attest::{AttestArguments, AttestMode};
use audit::Audit;
use existing::ExistingArguments;
use rehearsal::Rehearsal;
pub(crate) use selection::{Selection, SelectionArguments};
pub(super) use show::document;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists, folders of them, or quoted patterns; attestations beside them (FILE.publish.attestation) are
    /// sent too [default: those in the folder dist]
    files: Vec<PathBuf>,
    #[command(flatten)]
    index: IndexArguments,
    #[command(flatten)]
    options: Options,
    /// Send projects side by side, or each after those that it requires, once the index shows them
    #[arg(long, value_enum, default_value_t = OrderArgument::Any)]
    order: OrderArgument,
    #[command(flatten)]
    outputs: OutputArguments,
    /// The folder of the project whose settings count
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    /// Print the plan and send nothing; needs no credentials
    #[arg(long)]
    dry_run: bool,
    /// With --index local, start with the projects whose pages are saved in this folder, and show what differs from a
    /// first upload
    #[arg(long, value_name = "FOLDER")]
    seed_folder: Option<PathBuf>,
    /// With --index local, continue to serve what was published until interrupted
    #[arg(long)]
    serve: bool,
}

/// How files are published, whichever verb does it.
#[derive(Args)]
#[command(mut_args(credentials::instead_of_a_job))]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) credentials: CredentialArguments,
    #[command(flatten)]
    pub(crate) identity: IdentityArguments,
    #[command(flatten)]
    existing: ExistingArguments,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// How many files are sent at a time
    #[arg(long, default_value_t = JOBS, value_name = "NUMBER", value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    jobs: usize,
    /// The most attempts per request, with growing pauses in between
    #[arg(long, default_value_t = 5, value_name = "NUMBER")]
    attempts: u32,
    #[command(flatten)]
    times: Times,
    /// Append a line of JSON for each event to this file
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sums: SumsArguments,
    #[command(flatten)]
    pub(crate) attest: AttestArguments,
}

impl Options {
    /// The variables that the user named because they contain a token or a password.
    pub(crate) fn secret_variables(&self) -> impl Iterator<Item = &str> {
        let id_tokens = [self.identity.variable(), self.attest.variable()];
        let named = self.credentials.secret_variables();
        named.chain(id_tokens.into_iter().flatten())
    }

    /// The credentials for an index, besides those of the CI job.
    pub(crate) fn credentials(
        &self,
        target: &Target,
        purpose: Purpose,
        context: &Context,
    ) -> Result<Credentials, Failure> {
        let request = credentials::Request {
            index: &target.index,
            name: &target.name,
            user_info: target.user_info.as_ref(),
            is_local: target.local.is_some(),
            is_job_chosen: self.identity.is_chosen(),
            has_job: self.identity.is_given(&target.environment),
            purpose,
        };
        self.credentials.read(&request, context)
    }
}

#[derive(Args)]
struct Times {
    /// The longest time for a request that sends no file
    #[arg(long, value_name = "TIME", value_parser = duration::parse, default_value = "30s")]
    timeout: Duration,
    /// The longest time until the index replies to a file that was sent
    #[arg(long, value_name = "TIME", value_parser = duration::parse, default_value = "15m")]
    upload_timeout: Duration,
    /// The longest time for the whole run, which then ends as if it was interrupted [default: none]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    deadline: Option<Duration>,
    /// How long to ask whether the index shows each file with our sha256
    #[arg(long, value_name = "TIME", value_parser = duration::parse, default_value = "60s")]
    verify_timeout: Duration,
    /// Do not ask whether the index shows the files
    #[arg(long, conflicts_with = "verify_timeout")]
    no_verify: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum OrderArgument {
    Any,
    Dependencies,
}

/// What to publish, and where.
pub(crate) struct Request<'a> {
    pub(crate) files: &'a [PathBuf],
    pub(crate) target: &'a Target,
    pub(crate) options: &'a Options,
    pub(crate) order: Order,
    pub(crate) is_dry_run: bool,
    /// Whether the local index started with the state of projects, so that the publication is a rehearsal.
    pub(crate) is_seeded: bool,
    pub(crate) selection: Selection,
    /// `None`: the attestations beside the files are sent.
    pub(crate) attest: Option<AttestMode>,
    /// Besides those of the CI job.
    pub(crate) credentials: &'a Credentials,
}

/// What happened. As long as it lives, a first signal does not end the process.
pub(crate) struct Published {
    pub(crate) report: Report,
    rehearsal: Option<Rehearsal>,
    _guard: Option<signals::Guard>,
}

impl Published {
    /// What the index had before, if this was a rehearsal.
    pub(crate) fn rehearsal(&self) -> Option<Value> {
        self.rehearsal.as_ref().map(Rehearsal::json)
    }
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    run_and_finish(arguments, context).map_err(|failure| failure.document(show::failure))
}

fn run_and_finish(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let settings = Settings::read(&arguments.root, None)?.publish;
    let options = &arguments.options;
    let target = arguments.index.upload_target(
        arguments.seed_folder.as_deref(),
        options.credentials.config_file(),
        &context.environment,
    )?;
    let purpose = match arguments.dry_run {
        true => Purpose::Plan,
        false => Purpose::Uploads,
    };
    let credentials = options.credentials(&target, purpose, context)?;
    let request = Request {
        files: &inputs::distributions(&arguments.files)?,
        target: &target,
        options,
        order: match arguments.order {
            OrderArgument::Any => Order::Any,
            OrderArgument::Dependencies => Order::Dependencies,
        },
        is_dry_run: arguments.dry_run,
        is_seeded: arguments.seed_folder.is_some(),
        selection: options.selection.with(&settings),
        attest: options.attest.mode(settings.attest.as_deref()),
        credentials: &credentials,
    };
    let published = publish(&request, context)?;
    finish(&published, &request, arguments, context)
}

/// Publishes files, with progress; whatever happened is in the report.
pub(crate) fn publish(request: &Request<'_>, context: &Context) -> Result<Published, Failure> {
    let console = &context.console;
    let progress = Progress::new(console, &context.clock);
    if !request.is_dry_run {
        request.options.attest.make_folder()?;
    }
    let audit = Audit::open(request.options.audit.as_deref(), &context.clock)?;
    let (observer, log) = (progress.clone(), audit.clone());
    let observer = move |event: &Event<'_>| {
        observer.event(event);
        log.event(event);
    };
    let publisher = publisher(request, context)?.observer(observer.clone());
    let sums = &request.options.sums;
    let files = sums.without_sums(request.files);
    let dists = Dists::read_for(&request.target.index, &files, &observer);
    let plan = publisher.plan(dists);
    let local = request.target.local.as_ref().filter(|_| request.is_seeded);
    let rehearsal = local.map(|local| Rehearsal::new(local, &plan.dry_run()));
    if let Some(rehearsal) = &rehearsal {
        rehearsal.show(request.is_dry_run, console);
    }
    progress.plan(&plan);
    let is_conflict = |problem: &Problem| problem.finding().rule() == &rules::CREDENTIALS_CONFLICT;
    if plan.problems().iter().any(is_conflict) {
        console.note(CHOOSE);
    }
    if let Err(failure) = digests::check(sums, &files, &plan) {
        progress.end();
        return Err(failure);
    }
    let mut guard = None;
    let report = if request.is_dry_run {
        plan.dry_run()
    } else {
        let client = context.client()?;
        match publisher.publication(plan.clone()) {
            Err(error) => plan.failed(&error),
            Ok(mut publication) => {
                let cancel = publication.cancel_token();
                guard = Some(signals::cancel_on_signal(cancel, console.clone()));
                publication.run(&client)
            }
        }
    };
    progress.end();
    audit.report(&report);
    request.options.attest.write(&report, console);
    Ok(Published {
        report,
        rehearsal,
        _guard: guard,
    })
}

/// Prints the report, and serves the local index on.
fn finish(
    published: &Published,
    request: &Request<'_>,
    arguments: &Arguments,
    context: &Context,
) -> Result<Exit, Failure> {
    let (target, report) = (request.target, &published.report);
    let signs = request.attest.is_some_and(AttestMode::signs);
    let rehearsal = published.rehearsal.as_ref();
    show::report(report, rehearsal, &target.index, signs, &context.console);
    let exit = show::exit(report);
    let values = show::values(report);
    let written =
        ci_output::write(&arguments.outputs, &context.environment, &values).and_then(|()| {
            let summary = || show::summary(report);
            ci_output::write_summary(&arguments.outputs, &context.environment, summary)
        });
    if let Err(failure) = written {
        // What was published is published: the exit code says that, whatever can be written down about it.
        failure.warn(&context.console);
    }
    if rehearsal.is_some() && report.is_success() && !report.is_dry_run() {
        let accepted =
            "the rehearsal succeeded: as far as the seed folder shows, PyPI accepts these files";
        context.console.note(accepted);
    }
    match &target.local {
        Some(_) if arguments.serve => serve(),
        Some(_) if rehearsal.is_some() => Ok(exit),
        Some(_) if report.is_success() && !report.files().is_empty() && !arguments.dry_run => {
            let hint = "the local index ends with this command: use --serve to install from it";
            context.console.note(hint);
            Ok(exit)
        }
        _ => Ok(exit),
    }
}

/// The result of a publication in a line, for a chain that goes on or stops.
pub(crate) fn went(report: &Report) -> Result<String, Failure> {
    match show::exit(report) {
        Exit::Done => Ok(show::sentence(report)),
        exit => Err(Failure::new(exit, show::why_not(report))),
    }
}

/// The source of the credentials, if they are not those of the CI job. Fails if they cannot be used.
pub(crate) fn given(request: &Request<'_>, context: &Context) -> Result<Option<String>, Failure> {
    let Some(source) = request.credentials.source() else {
        return Ok(None);
    };
    let plan = publisher(request, context)?.plan(Dists::default());
    match credentials::refusal(&plan) {
        None => Ok(Some(source.to_owned())),
        Some(failure) => Err(failure),
    }
}

fn publisher(request: &Request<'_>, context: &Context) -> Result<Publisher, Failure> {
    let (options, credentials) = (request.options, request.credentials);
    let environment = &request.target.environment;
    let console = &context.console;
    let policy = RetryPolicy::default()
        .attempts(options.attempts)
        .clock(context.clock.clone());
    let times = &options.times;
    let mut publisher = Publisher::index(request.target.index.clone())
        .retry(policy)
        .clock(context.clock.clone())
        .jobs(options.jobs)
        .order(request.order)
        .existing(options.existing.existing())
        .timeout(times.timeout)
        .upload_timeout(times.upload_timeout)
        .verify((!times.no_verify).then_some(times.verify_timeout));
    publisher = request.selection.apply(publisher);
    if let Some(deadline) = times.deadline {
        publisher = publisher.deadline(deadline);
    }
    let local = request.target.local.as_ref();
    publisher = options
        .attest
        .apply(publisher, request.attest, environment, local)?;
    let identity = &options.identity;
    let chain = credentials.chain();
    let needs_job = !request.is_dry_run || identity.is_given(environment);
    Ok(match credentials.may_be_trusted && needs_job {
        true => identity.apply(publisher, chain, environment, console)?,
        false => publisher.credentials(chain),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use pypi_trusted_upload::{
        publish::TIMEOUT,
        upload::{VERDICT_DEADLINE, VERIFY_TIMEOUT},
    };

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        times: Times,
    }

    #[test]
    fn the_default_times_are_those_of_the_library() {
        let times = Command::parse_from(["x"]).times;
        assert_eq!(times.timeout, TIMEOUT);
        assert_eq!(times.upload_timeout, VERDICT_DEADLINE);
        assert_eq!(times.verify_timeout, VERIFY_TIMEOUT);
        assert_eq!(times.deadline, None);
    }
}
