//! `man`: manual pages, one for the command and one for each verb.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;
use serde_json::json;

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

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &["files"];

pub(crate) fn run(
    arguments: &Arguments,
    command: Command,
    context: &Context,
) -> Result<Exit, Failure> {
    write(arguments, command, context).map_err(|failure| failure.with_keys(KEYS))
}

fn write(arguments: &Arguments, command: Command, context: &Context) -> Result<Exit, Failure> {
    let mut command = command.disable_help_subcommand(true);
    // It gives the verbs the global options, and names such as pypi-release-bump.
    command.build();
    let Some(folder) = &arguments.out else {
        print_file(&text(&Man::new(command))?);
        return Ok(Exit::Done);
    };
    let mut pages = vec![command];
    let mut written = Vec::new();
    while let Some(command) = pages.pop() {
        // Some verbs have verbs of their own.
        pages.extend(command.get_subcommands().cloned());
        let page = Man::new(command);
        let path = folder.join(page.get_filename());
        files::write(&path, &text(&page)?)?;
        context
            .console
            .detail(format_args!("wrote {}", path.display()));
        written.push(path.to_string_lossy().into_owned());
    }
    if context.console.json {
        let document = json!({ "success": true, "error": null, "files": written });
        context.console.json(&document);
    }
    Ok(Exit::Done)
}

fn text(page: &Man) -> Result<String, Failure> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
