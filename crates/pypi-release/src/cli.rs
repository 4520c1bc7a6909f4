//! The command line.

use std::process::ExitCode;

use clap::{Command, CommandFactory as _, Parser};

use crate::{
    console::{Output, escape, print_own},
    network::Network,
    verbs::Verb,
};

/// Version, check and publish Python distributions
#[derive(Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 findings or a refusal, 2 wrong usage, 3 the network or the index is not available, 4 files are staged, 130 interrupted."
)]
struct Cli {
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    network: Network,
    #[command(subcommand)]
    verb: Verb,
}

/// The definition of the command line.
pub(crate) fn command() -> Command {
    Cli::command()
}

/// The arguments of this process, or the exit code when there is nothing to run: help, or wrong usage.
pub(crate) fn parse() -> Result<(Output, Network, Verb), ExitCode> {
    match Cli::try_parse() {
        Ok(Cli {
            output,
            network,
            verb,
        }) => Ok((output, network, verb)),
        Err(error) => {
            let text = without_controls(error.render().to_string());
            print_own(&text, error.use_stderr());
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            Err(ExitCode::from(code))
        }
    }
}

/// clap repeats arguments as they are: those with line breaks would make lines of their own.
fn without_controls(text: String) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the arguments that clap has just parsed"
    )]
    let arguments = std::env::args_os();
    arguments
        .filter_map(|argument| argument.into_string().ok())
        .filter(|argument| argument.contains(char::is_control))
        .fold(text, |text, argument| {
            text.replace(&argument, &escape(&argument))
        })
}
