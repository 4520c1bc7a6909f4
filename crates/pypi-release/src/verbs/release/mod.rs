//! `release`: the chain from a built commit to a published release.

mod chain;
mod gate;
mod github;
mod prepare;
mod project;
mod report;
mod send;
mod step;

use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser};
use pypi_trusted_upload::transport::CancelToken;

use super::publish;
use crate::{
    ci_output::{self, OutputArguments},
    context::Context,
    failure::{Exit, Failure},
    settings::{Settings, profiles},
    signals, webhook,
};
use chain::Chain;
use step::Step;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists, folders of them, or quoted patterns [default: those in the folder release.dist of the settings]
    files: Vec<PathBuf>,
    /// The checkout, or the folder of a project in it
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    /// Release this project, if the repository has several; may be repeated
    #[arg(long = "project", value_name = "NAME")]
    projects: Vec<String>,
    /// Publish to this index instead of the one that the event chooses: pypi, testpypi, local, a name in the settings or a .pypirc, or a URL
    #[arg(long)]
    index: Option<String>,
    /// The simple API of an index given by URL
    #[arg(long, value_name = "URL", requires = "index")]
    simple_url: Option<String>,
    /// The kind of an index given by URL, where the URL does not say
    #[arg(long, value_name = "KIND", requires = "index", value_parser = PossibleValuesParser::new(profiles()))]
    index_profile: Option<String>,
    /// With --index local, rehearse: start with the projects whose pages are saved in this folder, and create no GitHub
    /// release
    #[arg(long, value_name = "FOLDER", requires = "index")]
    seed_folder: Option<PathBuf>,
    /// Wait until this workflow has succeeded for the commit, as in ci.yml; may be repeated
    #[arg(long, value_name = "WORKFLOW")]
    after: Vec<String>,
    /// Leave out a step; may be repeated. The report says so
    #[arg(long, value_enum, value_name = "STEP")]
    skip: Vec<Step>,
    /// Run this step only; may be repeated, for a pipeline of several jobs
    #[arg(long, value_enum, value_name = "STEP", conflicts_with = "skip")]
    only: Vec<Step>,
    /// Do not install what was published; its hashes are still compared
    #[arg(long)]
    no_install: bool,
    /// Print what would be done, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    publish: publish::Options,
    #[command(flatten)]
    outputs: OutputArguments,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let settings = Settings::read(&arguments.root, None)
        .map_err(|failure| failure.document(report::failure))?;
    // The URL of the webhook is a secret, which no command of the chain needs.
    let url: Vec<&str> = settings.webhook.url_env.as_deref().into_iter().collect();
    let inner = context.without(&url);
    let cancel = CancelToken::new();
    let _guard = signals::cancel_on_signal(cancel.clone(), context.console.clone());
    let mut chain = Chain::new(arguments, &settings, &inner, cancel);
    chain.run();
    let report = chain.finish();
    report.print(&context.console);
    let written = ci_output::write(&arguments.outputs, &context.environment, &report.values());
    let written = written.and_then(|()| {
        let summary = || report.summary();
        ci_output::write_summary(&arguments.outputs, &context.environment, summary)
    });
    if let Err(failure) = written {
        // What was released is released: the exit code says that, whatever can be written down about it.
        failure.warn(&context.console);
    }
    let is_rehearsal = arguments.seed_folder.is_some();
    if !arguments.dry_run
        && !is_rehearsal
        && let Err(failure) = webhook::send(&settings, &report.news(), context)
    {
        failure.warn(&context.console);
    }
    Ok(report.exit)
}
