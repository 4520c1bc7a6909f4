//! `verify`: whether an index serves what was published, byte for byte.

mod report;
mod served;
mod show;
mod subject;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use pypi_trusted_upload::{BlockingClient, Index, transport::CancelToken};

use crate::{
    ci_output::{self, OutputArguments},
    context::Context,
    duration,
    failure::{Exit, Failure},
    settings::Settings,
    signals,
    target::IndexArguments,
};
pub(crate) use report::Report;
use served::Asked;
pub(crate) use subject::Subject;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists, or releases of an index as NAME==VERSION
    #[arg(required = true, value_name = "FILE|NAME==VERSION")]
    subjects: Vec<Subject>,
    #[command(flatten)]
    index: IndexArguments,
    /// How long to ask for what the index does not show yet [default: 10m, or tool.pypi-release.verify.timeout]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    timeout: Option<Duration>,
    /// The folder of the project whose settings count
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    #[command(flatten)]
    outputs: OutputArguments,
}

/// What to verify, and where.
pub(crate) struct Request {
    pub(crate) subjects: Vec<Subject>,
    pub(crate) index: Index,
    /// How long to ask for what the index does not show yet.
    pub(crate) timeout: Duration,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    run_and_show(arguments, context).map_err(|failure| failure.document(show::failure))
}

fn run_and_show(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let settings = Settings::read(&arguments.root, None)?;
    let request = Request {
        subjects: arguments.subjects.clone(),
        index: arguments.index.served(&context.environment)?,
        timeout: arguments.timeout.unwrap_or(settings.verify.timeout),
    };
    let report = verify(&request, context)?;
    report.print(&context.console);
    let values = show::values(&report);
    ci_output::write(&arguments.outputs, &context.environment, &values)?;
    let summary = || show::summary(&report);
    ci_output::write_summary(&arguments.outputs, &context.environment, summary)?;
    Ok(report.exit())
}

/// Asks the index for every file until it serves it, or the time is up. What it found is in the report, whatever it is.
pub(crate) fn verify(request: &Request, context: &Context) -> Result<Report, Failure> {
    let releases = subject::releases(&request.subjects)?;
    let cancel = CancelToken::new();
    let _guard = signals::cancel_on_signal(cancel.clone(), context.console.clone());
    let asked = Asked {
        index: &request.index,
        end: context.clock.now() + request.timeout,
        client: BlockingClient::new()?,
        cancel: &cancel,
        context,
    };
    let mut report = Report::new(&request.index);
    for release in &releases {
        asked.release(release, &mut report);
    }
    report.is_interrupted = cancel.is_cancelled();
    Ok(report)
}
