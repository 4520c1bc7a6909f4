//! Findings for a person, grouped by file.

use pypi_trusted_upload::Severity;

use super::Checked;
use crate::console::Console;

pub(super) fn print(files: &[Checked], console: &Console) {
    for file in files {
        if let Some(message) = &file.unread {
            console.problem(format_args!("{}: {message}", file.shown()));
            continue;
        }
        let shown = file
            .findings
            .iter()
            .filter(|finding| !console.quiet || finding.severity() == Severity::Error);
        let shown: Vec<_> = shown.collect();
        if shown.is_empty() && file.differences.is_empty() {
            if !console.quiet {
                console.line(format_args!("{}: no findings", file.shown()));
            }
            continue;
        }
        console.line(file.shown());
        for difference in &file.differences {
            let rule = difference.rule();
            console.line(format_args!("  error[{rule}]: {difference}"));
        }
        for finding in shown {
            let place = finding.position().filter(|_| file.has_lines());
            let place = place.map_or_else(String::new, |at| format!("{}:{}: ", at.line, at.column));
            console.line(format_args!(
                "  {place}{}[{}]: {finding}",
                finding.severity(),
                finding.rule()
            ));
            if let Some(help) = finding.help() {
                console.line(format_args!("    help: {help}"));
            }
            if let Some(text) = finding.index_text() {
                console.line(format_args!("    the index: {text}"));
            }
            if console.verbose {
                console.line(format_args!("    see: {}", finding.link()));
            }
        }
    }
}
