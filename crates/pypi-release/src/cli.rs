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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test reads a file of docs/")]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// The long options of a command.
    fn long(command: &Command) -> BTreeSet<String> {
        let names = command.get_arguments().filter_map(clap::Arg::get_long);
        names.map(|name| format!("--{name}")).collect()
    }

    /// The long options that a command line names.
    fn named(line: &str) -> impl Iterator<Item = &str> {
        let words = line.split([' ', '=']);
        words.filter(|word| word.len() > 2 && word.starts_with("--"))
    }

    /// The code spans of a line.
    fn spans(line: &str) -> impl Iterator<Item = &str> {
        line.split('`').skip(1).step_by(2)
    }

    /// `.ci/interop.d/coming-from` compares the other options of the page with those of the other tools.
    #[test]
    fn our_options_in_the_page_for_those_who_come_from_other_tools_exist() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/coming-from.md");
        let page = fs::read_to_string(path).unwrap();
        let mut command = command();
        command.build();
        let mut used = BTreeSet::new();
        for section in page.split("\n## ") {
            let mut theirs = BTreeSet::new();
            for line in section.lines().filter(|line| line.starts_with("| ")) {
                let (first, ours) = line.split_once(" | ").expect("two cells");
                theirs.extend(spans(first));
                let ours = spans(ours).filter(|span| span.starts_with("--"));
                used.extend(ours.flat_map(named).map(|option| ("publish", option)));
            }
            for line in section.lines() {
                for text in line.split("pypi-release ").skip(1) {
                    let text = text.split('`').next().unwrap_or_default();
                    let verb = text.split(' ').next().unwrap_or_default();
                    used.extend(named(text).map(|option| (verb, option)));
                }
                let others = spans(line).filter(|span| span.starts_with("--"));
                let ours = others.filter(|span| !theirs.contains(span));
                used.extend(ours.flat_map(named).map(|option| ("publish", option)));
            }
        }
        assert!(used.len() > 20, "{used:?}");
        for (verb, option) in used {
            let verb = command.find_subcommand(verb).expect(verb);
            let has = long(verb).contains(option);
            assert!(has, "{} has no {option}", verb.get_name());
        }
    }
}
