//! What is printed: results on standard output, everything else on standard error.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one module that prints"
)]

use std::{error::Error, fmt::Display};

use pypi_trusted_upload::versioning;
use serde_json::{Value, json};

use crate::{Exit, cli};

/// Prints a line of the result.
pub(crate) fn line(text: impl Display) {
    println!("{text}");
}

/// Prints the result as JSON.
pub(crate) fn json(value: &Value) {
    println!("{value:#}");
}

/// Tells a person something, on standard error.
pub(crate) fn note(text: impl Display) {
    eprintln!("{text}");
}

/// Says why the command did not do what it was asked.
pub(crate) fn problem(text: impl Display) {
    eprintln!("pypi-release: {text}");
}

/// Says why a verb failed, as JSON too where that was asked for.
pub(crate) fn failed(error: &(dyn Error + 'static), how: cli::Output) -> Exit {
    let mut text = chain(error);
    if let Some(help) = help(error) {
        text.push_str(&format!(": {help}"));
    }
    if how.json {
        json(&json!({ "error": text }));
    }
    problem(text);
    Exit::Refused
}

/// An error and its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// Returns the remedy of an error of `pypi-versioning`, whose text does not contain it.
fn help<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
    if let Some(error) = error.downcast_ref::<versioning::Error>() {
        return error.help();
    }
    error.downcast_ref::<versioning::VersionError>()?.help()
}

/// Prints rows with their columns aligned.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        line(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

/// A number of bytes for a person.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
