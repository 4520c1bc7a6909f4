//! `bump`: the next version, into `pyproject.toml`.

use std::path::PathBuf;

use clap::Args;
use pypi_trusted_upload::versioning::{Bump, PyProject, bump};
use serde_json::json;

use crate::{
    context::Context,
    failure::{Exit, Failure},
    files,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// major, minor, patch, stable, alpha, beta, rc, post, dev, one with a number as in rc=2, or a version
    #[arg(required = true, value_name = "PART")]
    parts: Vec<Bump>,
    /// The project
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    /// The file to change, if not the pyproject.toml in FOLDER
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the version and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let default = || arguments.root.join("pyproject.toml");
    let path = arguments.config.clone().unwrap_or_else(default);
    let text = files::read(&path)?;
    let project = PyProject::parse(text)?;
    let old = project.version()?;
    let new = bump(&old, &arguments.parts)?;
    let changed = project.with_version(&new)?;
    if !arguments.dry_run {
        files::write(&path, &changed)?;
    }
    let console = &context.console;
    if console.json {
        console.json(&json!({
            "old": old.to_string(),
            "new": new.to_string(),
            "file": path.to_string_lossy(),
            "written": !arguments.dry_run,
        }));
    } else {
        console.line(&new);
        console.detail(format_args!("bumped {old} to {new} in {}", path.display()));
    }
    Ok(Exit::Done)
}
