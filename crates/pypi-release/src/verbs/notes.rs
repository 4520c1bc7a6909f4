//! `notes`: the release notes of a version.

use std::path::PathBuf;

use clap::Args;
use pypi_trusted_upload::versioning::Version;

use super::github_release::File;
use crate::{
    checkout::{Checkout, CheckoutArguments},
    context::Context,
    failure::{Exit, Failure},
    files,
    notes::{Report, Request, generate, write_changelog},
    target::IndexArguments,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The files of the release, for the table of their sha256
    files: Vec<PathBuf>,
    #[command(flatten)]
    checkout: CheckoutArguments,
    #[command(flatten)]
    index: IndexArguments,
    /// The tag of the version; by default that of the commit
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// The version, if the commit has no tag yet
    #[arg(long, value_name = "VERSION", conflicts_with = "tag")]
    version: Option<Version>,
    /// The tag of the release before; by default that of the highest lower version, of final releases if this is one
    #[arg(long, value_name = "TAG")]
    since: Option<String>,
    /// The name of the project; by default that of pyproject.toml
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Only commits that changed something in the folder of --root; the default if there is a tag prefix
    #[arg(long)]
    in_folder: bool,
    /// A template for minijinja
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Also write the section of the version into this changelog, CHANGELOG.md by default, if it has none
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the option, and its value")]
    changelog: Option<Option<PathBuf>>,
    /// Use the section of the changelog instead of the commits
    #[arg(long)]
    handwritten: bool,
    /// Write the notes to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    make(arguments, context).map_err(|failure| failure.with_keys(&Report::KEYS))
}

fn make(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let console = &context.console;
    let request = request(arguments, context)?;
    let report = generate(&request, context)?;
    for warning in &report.warnings {
        console.note(format_args!("warning: {warning}"));
    }
    if arguments.changelog.is_some() {
        let path = request.changelog.display();
        match write_changelog(&request, &report)? {
            true => console.note(format_args!("wrote the section of this version to {path}")),
            false => console.detail(format_args!("{path} has a section of this version")),
        }
    }
    if let Some(path) = &arguments.output {
        files::write(path, &report.markdown)?;
    }
    if console.json {
        console.json(&report.json());
    } else if arguments.output.is_none() {
        console.document(&report.markdown);
    }
    Ok(Exit::Done)
}

fn request(arguments: &Arguments, context: &Context) -> Result<Request, Failure> {
    let checkout = Checkout::read(&arguments.checkout, &context.environment)?;
    let mut request = Request::of(&checkout);
    for path in &arguments.files {
        request.files.push(File::read(path)?.named());
    }
    request.index = Some(arguments.index.target(None, &context.environment)?.index);
    request.tag.clone_from(&arguments.tag);
    request.version.clone_from(&arguments.version);
    request.since.clone_from(&arguments.since);
    request.in_folder |= arguments.in_folder;
    request.handwritten |= arguments.handwritten;
    if let Some(project) = &arguments.project {
        request.project = Some(project.clone());
    }
    if let Some(template) = &arguments.template {
        request.template = Some(template.clone());
    }
    if let Some(Some(changelog)) = &arguments.changelog {
        request.changelog.clone_from(changelog);
    }
    Ok(request)
}
