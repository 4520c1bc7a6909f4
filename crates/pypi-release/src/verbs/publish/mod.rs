//! `publish`: from files on disk to files on an index.

mod audit;
mod show;

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::RangedU64ValueParser};
use pypi_trusted_upload::{
    ApiToken, BlockingClient, Dists, Event, Observer, Order, Publisher, Report, RetryPolicy,
    Secret, publish::JOBS,
};

use super::local_index::serve;
use crate::{
    ci_output::{self, OutputArguments},
    context::Context,
    duration,
    failure::{Exit, Failure},
    job::{IdentityArguments, check_name},
    progress::Progress,
    signals,
    target::{IndexArguments, Target},
};
use audit::Audit;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists; attestations beside them (FILE.publish.attestation) are sent too
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    index: IndexArguments,
    /// Use the API token in this environment variable instead of trusted publishing
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["provider", "id_token_env"])]
    token_env: Option<String>,
    #[command(flatten)]
    identity: IdentityArguments,
    /// How many files are sent at a time
    #[arg(long, default_value_t = JOBS, value_name = "NUMBER", value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    jobs: usize,
    /// Send projects side by side, or each after those that it requires, once the index shows them
    #[arg(long, value_enum, default_value_t = OrderArgument::Any)]
    order: OrderArgument,
    /// The most attempts per request, with growing pauses in between
    #[arg(long, default_value_t = 5, value_name = "NUMBER")]
    attempts: u32,
    #[command(flatten)]
    times: Times,
    /// Append a line of JSON for each event to this file
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    #[command(flatten)]
    outputs: OutputArguments,
    /// Print the plan and send nothing; needs no credentials
    #[arg(long)]
    dry_run: bool,
    /// With --index local, continue to serve what was published until interrupted
    #[arg(long)]
    serve: bool,
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

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    publish(arguments, context).map_err(|failure| failure.document(show::failure))
}

fn publish(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let console = &context.console;
    let target = arguments.index.target(&context.environment)?;
    let progress = Progress::new(console, &context.clock);
    let audit = Audit::open(arguments.audit.as_deref(), &context.clock)?;
    let (observer, log) = (progress.clone(), audit.clone());
    let observer = move |event: &Event<'_>| {
        observer.event(event);
        log.event(event);
    };
    let publisher = publisher(&target, arguments, context)?.observer(observer.clone());
    let plan = publisher.plan(Dists::read_observed(&arguments.files, &observer));
    progress.plan(&plan);
    let report = if arguments.dry_run {
        plan.dry_run()
    } else {
        let client = BlockingClient::new()?;
        match publisher.publication(plan.clone()) {
            Err(error) => plan.failed(&error),
            Ok(mut publication) => {
                signals::cancel_on_signal(publication.cancel_token(), console.clone());
                publication.run(&client)
            }
        }
    };
    progress.end();
    audit.report(&report);
    finish(&report, &target, arguments, context)
}

/// Prints the report, and serves the local index on.
fn finish(
    report: &Report,
    target: &Target,
    arguments: &Arguments,
    context: &Context,
) -> Result<Exit, Failure> {
    show::report(report, &target.index, &context.console);
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
    match &target.local {
        Some(_) if arguments.serve => serve(),
        Some(_) if report.is_success() && !arguments.dry_run => {
            let hint = "the local index ends with this command: use --serve to install from it";
            context.console.note(hint);
            Ok(exit)
        }
        _ => Ok(exit),
    }
}

fn publisher(
    target: &Target,
    arguments: &Arguments,
    context: &Context,
) -> Result<Publisher, Failure> {
    let policy = RetryPolicy::default()
        .attempts(arguments.attempts)
        .clock(context.clock.clone());
    let times = &arguments.times;
    let mut publisher = Publisher::index(target.index.clone())
        .retry(policy)
        .clock(context.clock.clone())
        .jobs(arguments.jobs)
        .order(match arguments.order {
            OrderArgument::Any => Order::Any,
            OrderArgument::Dependencies => Order::Dependencies,
        })
        .timeout(times.timeout)
        .upload_timeout(times.upload_timeout)
        .verify((!times.no_verify).then_some(times.verify_timeout));
    if let Some(deadline) = times.deadline {
        publisher = publisher.deadline(deadline);
    }
    if let Some(token) = token(arguments, context)? {
        return Ok(publisher.token(&token));
    }
    let identity = &arguments.identity;
    Ok(
        match arguments.dry_run && !identity.is_given(&target.environment) {
            true => publisher,
            false => identity.apply(publisher, &target.environment, &context.console)?,
        },
    )
}

/// The token in the variable that `--token-env` names.
fn token(arguments: &Arguments, context: &Context) -> Result<Option<ApiToken>, Failure> {
    let Some(variable) = &arguments.token_env else {
        return Ok(None);
    };
    check_name("--token-env", variable)?;
    match context.environment.get(variable) {
        Some(token) => Ok(Some(ApiToken::new(Secret::new(token)))),
        None if arguments.dry_run => Ok(None),
        None => {
            let message = format!(
                "the variable {variable} contains no API token: set it, or leave out --token-env"
            );
            Err(Failure::new(Exit::Refused, message))
        }
    }
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
