//! The command line.

use std::process::ExitCode;

use clap::{Command, CommandFactory as _, Parser};

use crate::{
    console::{Output, escape, print_own},
    familiar,
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
        Err(mut error) => {
            let verb = arguments().nth(1).unwrap_or_default();
            if matches!(verb.as_str(), "publish" | "release") {
                familiar::explain(&mut error);
            }
            let text = without_controls(error.render().to_string());
            print_own(&text, error.use_stderr());
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            Err(ExitCode::from(code))
        }
    }
}

/// clap repeats arguments as they are: those with line breaks would make lines of their own.
fn without_controls(text: String) -> String {
    arguments()
        .filter(|argument| argument.contains(char::is_control))
        .fold(text, |text, argument| {
            text.replace(&argument, &escape(&argument))
        })
}

fn arguments() -> impl Iterator<Item = String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the arguments that clap has just parsed"
    )]
    let arguments = std::env::args_os();
    arguments.filter_map(|argument| argument.into_string().ok())
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

    fn page() -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/coming-from.md");
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn an_option_of_another_tool_is_answered_with_ours() {
        let page = page();
        let rows = page.lines().filter_map(|line| line.split_once(" | "));
        let theirs: BTreeSet<&str> = rows.flat_map(|(first, _)| spans(first)).collect();
        for (spellings, tip) in familiar::TIPS {
            for spelling in spellings {
                assert!(theirs.contains(spelling), "{spelling} is not on the page");
                let value = if spelling.len() == 2 { "hush" } else { "=hush" };
                let line = [
                    "pypi-release",
                    "publish",
                    &format!("{spelling}{value}"),
                    "x",
                ];
                let mut error = command().try_get_matches_from(line).unwrap_err();
                familiar::explain(&mut error);
                let text = error.render().to_string();
                let expected = format!(
                    "error: unexpected argument '{spelling}' found\n\n  tip: {tip}\n\nFor more information, try '--help'.\n"
                );
                assert_eq!(text, expected);
            }
        }
    }

    /// `.ci/interop.d/coming-from` compares the other options of the page with those of the other tools.
    #[test]
    fn our_options_in_the_page_for_those_who_come_from_other_tools_exist() {
        let page = page();
        let mut command = command();
        command.build();
        let tips = familiar::TIPS.iter().flat_map(|(_, tip)| named(tip));
        let mut used: BTreeSet<_> = tips.map(|option| ("publish", option)).collect();
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
