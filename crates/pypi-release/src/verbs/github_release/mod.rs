//! `github-release`: a draft with all files, then its publication; the only order that immutable releases allow.

mod append;
mod asset;
mod on_index;
mod release;
mod report;
mod request;
mod shown;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use clap::Args;
use pypi_trusted_upload::{Index, transport::CancelToken};

use crate::{
    checkout::{Checkout, CheckoutArguments},
    ci_output::{self, OutputArguments},
    context::Context,
    failure::{Exit, Failure},
    github::{Access, GitHub, Repository},
    signals,
    target::IndexArguments,
};
pub(crate) use asset::File;
pub(crate) use release::Wanted;
pub(crate) use report::Report;
pub(crate) use request::request;
use shown::Shown;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    checkout: CheckoutArguments,
    #[command(flatten)]
    index: IndexArguments,
    #[command(flatten)]
    outputs: OutputArguments,
    /// Create the draft with its files, and do not publish it [default: the key github.draft-only]
    #[arg(long, conflicts_with_all = ["publish", "append_install"])]
    draft_only: bool,
    /// Publish the draft that exists, and send no files
    #[arg(long, conflicts_with = "append_install")]
    publish: bool,
    /// Only append installation instructions to the notes of the release that exists
    #[arg(long)]
    append_install: bool,
}

/// What [`request()`] makes a request from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Wheels, sdists and their attestations, folders of them, or quoted patterns; SHA256SUMS of all files is added
    pub(crate) files: Vec<PathBuf>,
    /// Other files of the release, such as 'wheelhouse/*.whl'; can be repeated [default: the key github.assets]
    #[arg(long = "asset", value_name = "GLOB")]
    pub(crate) assets: Vec<String>,
    /// The tag, which must exist; by default that of the CI event or of the commit
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
    /// The commit that the tag must name; by default that of the checkout
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: Option<String>,
    /// The repository; by default that of the CI job, else that of the remote origin
    #[arg(long, value_name = "OWNER/NAME")]
    pub(crate) repository: Option<String>,
    /// The title; the tag by default
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The notes of a new release, as Markdown; made from the history by default
    #[arg(long, value_name = "FILE")]
    pub(crate) notes: Option<PathBuf>,
    /// Use the token in this environment variable instead of GITHUB_TOKEN or GH_TOKEN
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) token_env: Option<String>,
    /// Do not ask whether the index has the distributions
    #[arg(long)]
    pub(crate) even_if_unpublished: bool,
    /// Replace assets of the draft that have other bytes
    #[arg(long)]
    pub(crate) replace: bool,
    /// Publish the draft although it also has other assets
    #[arg(long)]
    pub(crate) allow_other_assets: bool,
    /// Add missing assets to a release that is published and not immutable
    #[arg(long)]
    pub(crate) add_to_published: bool,
}

/// What a release is made from.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) repository: Repository,
    pub(crate) access: Access,
    pub(crate) wanted: Wanted,
    /// The distributions among the files.
    pub(crate) distributions: Vec<File>,
    /// The index that must have the distributions before the release is published.
    pub(crate) index: Index,
    /// Publish the release whatever the index has.
    pub(crate) even_if_unpublished: bool,
    /// How to install the version, as Markdown.
    pub(crate) install: String,
    pub(crate) cancel: CancelToken,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    release(arguments, context).map_err(|failure| failure.with_keys(&Report::KEYS))
}

fn release(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let environment = &context.environment;
    let checkout = Checkout::read(&arguments.checkout, environment)?;
    let draft_only = arguments.draft_only
        || (checkout.configured.github.draft_only
            && !arguments.publish
            && !arguments.append_install);
    let mut options = arguments.options.clone();
    options.even_if_unpublished |= draft_only || arguments.append_install;
    let index = match options.even_if_unpublished {
        true => arguments.index.target(None, environment)?.index,
        false => arguments.index.served(Path::new("."), environment)?,
    };
    let request = request(
        &options,
        !(arguments.publish || arguments.append_install),
        &checkout,
        index,
        context,
    )?;
    let (cancel, console) = (request.cancel.clone(), context.console.clone());
    let _guard = signals::cancel_on_signal(cancel, console);
    let report = if arguments.append_install {
        append_install(&request, context)?
    } else if draft_only {
        draft(&request, context)?
    } else if arguments.publish {
        publish_release(&request, context)?
    } else {
        check_index(&request, &Shown::new(context)?)?;
        let draft = draft(&request, context)?;
        match draft.is_draft {
            true => publish_release(&request, context)?.after(draft),
            false => draft,
        }
    };
    report.show(&context.console);
    ci_output::write(&arguments.outputs, environment, &report.values())?;
    ci_output::write_summary(&arguments.outputs, environment, || report.summary())?;
    Ok(Exit::Done)
}

/// Makes sure that there is a draft with all files, and changes nothing if there is. A release that is published counts if
/// it has all files.
pub(crate) fn draft(request: &Request, context: &Context) -> Result<Report, Failure> {
    let client = Shown::new(context)?;
    release::draft(&github(request, &client, context), &request.wanted)
}

/// Publishes the draft if it has all files and the index has the distributions, and changes nothing if it is published.
pub(crate) fn publish_release(request: &Request, context: &Context) -> Result<Report, Failure> {
    let client = Shown::new(context)?;
    check_index(request, &client)?;
    release::publish(&github(request, &client, context), &request.wanted)
}

/// Adds installation instructions to the notes of the release that exists, or replaces those that it added before.
pub(crate) fn append_install(request: &Request, context: &Context) -> Result<Report, Failure> {
    let client = Shown::new(context)?;
    append::install(
        &github(request, &client, context),
        &request.wanted,
        &request.install,
    )
}

fn check_index(request: &Request, client: &Shown) -> Result<(), Failure> {
    if request.even_if_unpublished {
        return Ok(());
    }
    on_index::check(
        &request.index,
        &request.distributions,
        client,
        &request.cancel,
    )
}

fn github<'a>(request: &Request, client: &'a Shown, context: &Context) -> GitHub<'a, Shown> {
    let mut github = GitHub::new(
        request.access.clone(),
        request.repository.clone(),
        client,
        context.clock.clone(),
    );
    github.cancel = request.cancel.clone();
    github
}
