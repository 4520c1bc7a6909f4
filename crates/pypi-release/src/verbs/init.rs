//! `init`: the release pipeline of a repository.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    context::Context,
    failure::{Exit, Failure},
    init::{On, Request, Service, init},
};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    service: ServiceArguments,
}

#[derive(Subcommand)]
enum ServiceArguments {
    /// Write a workflow of GitHub Actions that releases to TestPyPI and PyPI
    #[command(name = "github")]
    GitHub(GitHubArguments),
    /// Write a pipeline of GitLab CI that releases to TestPyPI and PyPI
    #[command(name = "gitlab")]
    GitLab(CommonArguments),
}

#[derive(Args)]
struct GitHubArguments {
    /// What starts a release
    #[arg(long, value_enum, default_value_t, value_name = "EVENT")]
    on: On,
    /// The folder of a project below the top of the checkout, for several in one repository; may be repeated
    #[arg(long = "project", value_name = "FOLDER")]
    projects: Vec<PathBuf>,
    /// The name of the workflow in .github/workflows, release.yml by default
    #[arg(long, value_name = "NAME")]
    file: Option<String>,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Args)]
struct CommonArguments {
    /// The checkout, or the folder of a project in it
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    /// The repository, if not that of git's remote
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// The default branch, if not the one that git names
    #[arg(long, value_name = "BRANCH")]
    default_branch: Option<String>,
    /// Sign attestations (PEP 740). They name the repository in a public log for ever: not for a private one
    #[arg(long)]
    attest: bool,
    /// Replace a file that has other content
    #[arg(long, conflicts_with = "check")]
    force: bool,
    /// Write nothing; print the lines that differ, and exit 1 if there are any
    #[arg(long)]
    check: bool,
}

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &["files", "actions", "publishers", "notes"];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let report = init(&request(arguments)).map_err(|failure| failure.with_keys(KEYS))?;
    match context.console.json {
        true => context.console.json(&report.json()),
        false => report.print(&context.console),
    }
    Ok(report.exit())
}

fn request(arguments: &Arguments) -> Request {
    let (service, common, projects, file) = match &arguments.service {
        ServiceArguments::GitHub(github) => (
            Service::GitHub(github.on),
            &github.common,
            github.projects.clone(),
            github.file.clone(),
        ),
        ServiceArguments::GitLab(common) => (Service::GitLab, common, Vec::new(), None),
    };
    Request {
        root: common.root.clone(),
        service,
        repository: common.repository.clone(),
        default_branch: common.default_branch.clone(),
        projects,
        file,
        attest: common.attest,
        force: common.force,
        check: common.check,
    }
}
