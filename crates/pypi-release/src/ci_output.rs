//! Results for the next steps and jobs of a CI run.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use crate::{cli, files};

/// Writes names and values, which have no line end, to where the arguments say.
pub(crate) fn write(
    arguments: &cli::OutputArguments,
    variables: &[(String, String)],
    values: &[(&str, String)],
) -> Result<(), String> {
    if arguments.github_output {
        let path = variables.iter().find(|(name, _)| name == "GITHUB_OUTPUT");
        let (_, path) = path.ok_or(
            "variable GITHUB_OUTPUT is not set: give --github-output in a step of GitHub Actions only",
        )?;
        let lines: String = values
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        // Other steps write there too.
        let file = OpenOptions::new().append(true).create(true).open(path);
        let written = file.and_then(|mut file| file.write_all(lines.as_bytes()));
        written.map_err(|error| unwritable(Path::new(path), &error))?;
    }
    if let Some(path) = &arguments.dotenv {
        let lines: String = values
            .iter()
            .map(|(name, value)| format!("PYPI_RELEASE_{}={value}\n", name.to_uppercase()))
            .collect();
        files::write(path, &lines).map_err(|error| unwritable(path, &error))?;
    }
    Ok(())
}

pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> String {
    format!("file {path:?} could not be written ({error}): check its folder and permissions")
}
