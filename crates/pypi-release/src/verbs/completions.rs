//! `completions`: a script for the shell.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::{
    console::print_file,
    failure::{Exit, Failure},
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: Command) -> Result<Exit, Failure> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    print_file(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
