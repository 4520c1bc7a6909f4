//! The verbs, one file each with its arguments.

mod attest;
mod bump;
mod check;
mod completions;
mod config;
pub(crate) mod github_release;
mod identity;
mod init;
mod local_index;
mod man;
mod notes;
mod publish;
mod release;
mod route;
mod verify;
mod version;

use clap::{Command, Subcommand};

use crate::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Sign, verify, show and convert attestations: who published distributions, and how they were built
    Attest(attest::Arguments),
    /// Bump the version in pyproject.toml and print it
    Bump(bump::Arguments),
    /// Print what PyPI rejects, and problems that users will notice
    Check(check::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
    /// Check the settings of a project, and print them
    Config(config::Arguments),
    /// Make a GitHub release: a draft with all files, then its publication
    GithubRelease(github_release::Arguments),
    /// Print who this CI job is to an index, and whether it could publish
    Identity(identity::Arguments),
    /// Write the release pipeline of this repository for GitHub Actions or GitLab CI
    Init(init::Arguments),
    /// Serve PyPI in this process until interrupted, and print the settings for clients
    LocalIndex(local_index::Arguments),
    /// Print the manual page, or write one for each verb
    Man(man::Arguments),
    /// Print the release notes of a version, from its commits
    Notes(notes::Arguments),
    /// Publish distributions with trusted publishing
    Publish(publish::Arguments),
    /// Release a built commit: check, gate, draft, publish, verify, GitHub release
    Release(release::Arguments),
    /// Print the index that this CI run publishes to, and why
    Route(route::Arguments),
    /// Print whether an index serves what was published, and whether it can be installed from there
    Verify(verify::Arguments),
    /// Print the version of a git checkout
    Version(version::Arguments),
}

impl Verb {
    /// Runs the verb; `command` returns the definition of the whole command line.
    pub(crate) fn run(&self, context: &Context, command: fn() -> Command) -> Result<Exit, Failure> {
        match self {
            Self::Attest(arguments) => attest::run(arguments, context),
            Self::Bump(arguments) => bump::run(arguments, context),
            Self::Check(arguments) => check::run(arguments, context),
            Self::Completions(arguments) => completions::run(arguments, command()),
            Self::Config(arguments) => config::run(arguments, context),
            Self::GithubRelease(arguments) => github_release::run(arguments, context),
            Self::Identity(arguments) => identity::run(arguments, context),
            Self::Init(arguments) => init::run(arguments, context),
            Self::LocalIndex(arguments) => local_index::run(arguments, context),
            Self::Man(arguments) => man::run(arguments, command(), context),
            Self::Notes(arguments) => notes::run(arguments, context),
            Self::Publish(arguments) => publish::run(arguments, context),
            Self::Release(arguments) => release::run(arguments, context),
            Self::Route(arguments) => route::run(arguments, context),
            Self::Verify(arguments) => verify::run(arguments, context),
            Self::Version(arguments) => version::run(arguments, context),
        }
    }
}
