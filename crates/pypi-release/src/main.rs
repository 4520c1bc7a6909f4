//! `pypi-release`: the command that CI scripts call to version, check and publish Python distributions.
//!
//! The one place of the workspace that prints and reads the process environment. Exit codes: 0 done, 1 findings or a
//! refusal, 2 wrong usage, 3 the network or the index is not available.

mod bump;
mod check;
mod checkout;
mod ci_output;
mod cli;
mod files;
mod local_index;
mod output;
mod progress;
mod publish;
mod route;
mod version;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Verb};

fn main() -> ExitCode {
    let Cli { output, verb } = Cli::parse();
    let exit = match verb {
        Verb::Bump(arguments) => bump::run(&arguments, output),
        Verb::Check(arguments) => check::run(&arguments, output),
        Verb::LocalIndex(arguments) => local_index::run(&arguments, output),
        Verb::Publish(arguments) => publish::run(&arguments, output),
        Verb::Route(arguments) => route::run(&arguments, output),
        Verb::Version(arguments) => version::run(&arguments, output),
    };
    exit.into()
}

/// How the command ends.
#[derive(Clone, Copy)]
enum Exit {
    Done,
    Refused,
    Unavailable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Refused => Self::from(1),
            Exit::Unavailable => Self::from(3),
        }
    }
}
