//! `man`: manual pages, one for the command and one for each verb.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::{
    console::print_file,
    context::Context,
    failure::{Exit, Failure},
    files,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Write a page for the command and one for each verb into this folder, instead of the first on standard output
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(
    arguments: &Arguments,
    command: Command,
    context: &Context,
) -> Result<Exit, Failure> {
    let mut command = command.disable_help_subcommand(true);
    // It gives the verbs the global options, and names such as pypi-release-bump.
    command.build();
    let Some(folder) = &arguments.out else {
        print_file(&text(&Man::new(command))?);
        return Ok(Exit::Done);
    };
    let verbs: Vec<Command> = command.get_subcommands().cloned().collect();
    for command in std::iter::once(command).chain(verbs) {
        let page = Man::new(command);
        let path = folder.join(page.get_filename());
        files::write(&path, &text(&page)?)?;
        context
            .console
            .detail(format_args!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}

fn text(page: &Man) -> Result<String, Failure> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
