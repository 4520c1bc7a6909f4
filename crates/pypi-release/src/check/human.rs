//! Findings for a person, grouped by file.

use pypi_trusted_upload::Severity;

use super::Checked;
use crate::{cli, output};

pub(super) fn print(files: &[Checked], how: cli::Output) {
    for file in files {
        if let Some(message) = &file.unread {
            output::problem(format_args!("{}: {message}", file.filename));
            continue;
        }
        let shown = file
            .findings
            .iter()
            .filter(|finding| !how.quiet || finding.severity() == Severity::Error);
        let shown: Vec<_> = shown.collect();
        if shown.is_empty() {
            if !how.quiet {
                output::line(format_args!("{}: no findings", file.filename));
            }
            continue;
        }
        output::line(format_args!("{}", file.filename));
        for finding in shown {
            let place = finding.position().filter(|_| file.has_lines());
            let place = place.map_or_else(String::new, |at| format!("{}:{}: ", at.line, at.column));
            output::line(format_args!(
                "  {place}{}[{}]: {finding}",
                finding.severity(),
                finding.rule()
            ));
            if let Some(help) = finding.help() {
                output::line(format_args!("    help: {help}"));
            }
            if let Some(text) = finding.index_text() {
                output::line(format_args!("    the index: {text}"));
            }
            if how.verbose {
                output::line(format_args!("    see: {}", finding.link()));
            }
        }
    }
}
