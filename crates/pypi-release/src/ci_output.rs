//! Results for the next steps and jobs of a CI run.

use std::path::{Path, PathBuf};

use clap::Args;
use pypi_trusted_upload::Environment;

use crate::{failure::Failure, files};

/// Where a verb writes its results for later steps.
#[derive(Args)]
pub(crate) struct OutputArguments {
    /// Append the results to the file that GITHUB_OUTPUT names; publish, identity, verify, release and github-release also to GITHUB_STEP_SUMMARY
    #[arg(long)]
    github_output: bool,
    /// Write the results to a file of variables for GitLab (artifacts: reports: dotenv)
    #[arg(long, value_name = "FILE")]
    dotenv: Option<PathBuf>,
}

/// Writes names and values, which contain no line break, to where the arguments say.
pub(crate) fn write(
    arguments: &OutputArguments,
    environment: &Environment,
    values: &[(&str, String)],
) -> Result<(), Failure> {
    if arguments.github_output {
        let path = environment.get("GITHUB_OUTPUT").ok_or_else(|| {
            Failure::usage(
                "variable GITHUB_OUTPUT is not set: use --github-output in a step of GitHub Actions only",
            )
        })?;
        let lines: String = values
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        // Other steps write to it too.
        files::append(Path::new(path), &lines)?;
    }
    if let Some(path) = &arguments.dotenv {
        let lines: String = values
            .iter()
            .map(|(name, value)| format!("PYPI_RELEASE_{}={value}\n", name.to_uppercase()))
            .collect();
        files::write(path, &lines)?;
    }
    Ok(())
}

/// Appends Markdown to the summary of the step, if it has one and outputs are wanted.
pub(crate) fn write_summary(
    arguments: &OutputArguments,
    environment: &Environment,
    summary: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match environment.get("GITHUB_STEP_SUMMARY") {
        Some(path) if arguments.github_output => files::append(Path::new(path), &summary()),
        _ => Ok(()),
    }
}

/// Text of others as Markdown that shows it as it is, on one line.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in crate::console::escape(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ':' | '-' | '/') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
