//! `pypi-release`: the command that CI scripts call to version, check and publish Python distributions.
//!
//! The only crate of the workspace that prints, reads the process environment and sets exit codes: 0 done, 1 findings or
//! a refusal, 2 wrong usage, 3 the network or the index is not available, 4 staged, 130 interrupted.

mod attestation;
mod checkout;
mod ci_output;
mod cli;
mod console;
mod context;
mod credentials;
mod duration;
mod failure;
#[cfg(test)]
#[path = "../tests/fake_github/mod.rs"]
mod fake_github;
mod familiar;
mod files;
mod git;
mod github;
mod glob;
mod init;
mod inputs;
mod install;
mod job;
mod network;
mod notes;
mod process;
mod progress;
mod settings;
mod shell;
mod signals;
mod sums;
mod target;
mod verbs;
mod webhook;

use std::process::ExitCode;

fn main() -> ExitCode {
    let (output, network, verb) = match cli::parse() {
        Ok(parsed) => parsed,
        Err(exit) => return exit,
    };
    let context = context::Context::of_process(output, network);
    verb.run(&context, cli::command)
        .unwrap_or_else(|failure| failure.report(&context.console))
        .into()
}
