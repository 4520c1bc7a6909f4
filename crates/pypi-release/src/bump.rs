//! `bump`: the next version, into `pyproject.toml`.

use std::{error::Error, path::Path};

use pypi_trusted_upload::versioning::{PyProject, Version, bump};
use serde_json::json;

use crate::{Exit, checkout, ci_output, cli, files, output};

pub(crate) fn run(arguments: &cli::BumpArguments, how: cli::Output) -> Exit {
    let usual = || arguments.root.join("pyproject.toml");
    let path = arguments.config.clone().unwrap_or_else(usual);
    match bumped(&path, arguments) {
        Ok((old, new)) => {
            if how.json {
                output::json(&json!({
                    "old": old.to_string(),
                    "new": new.to_string(),
                    "file": path.to_string_lossy(),
                    "written": !arguments.dry_run,
                }));
            } else {
                output::line(&new);
                if how.verbose {
                    output::note(format_args!("{old} was counted up in {}", path.display()));
                }
            }
            Exit::Done
        }
        Err(error) => output::failed(error.as_ref(), how),
    }
}

fn bumped(
    path: &Path,
    arguments: &cli::BumpArguments,
) -> Result<(Version, Version), Box<dyn Error>> {
    let text = checkout::read_text(path).map_err(|error| checkout::unreadable(path, error))?;
    let project = PyProject::parse(text)?;
    let old = project.version()?;
    let new = bump(&old, &arguments.parts)?;
    let changed = project.with_version(&new)?;
    if !arguments.dry_run {
        files::write(path, &changed).map_err(|error| ci_output::unwritable(path, &error))?;
    }
    Ok((old, new))
}
