//! Findings as annotations of a GitHub workflow run.

use std::fmt::Write as _;

use pypi_trusted_upload::Severity;

use super::Checked;
use crate::output;

/// Prints a workflow command for each finding.
///
/// # Source
///
/// GitHub Actions, workflow commands, 2026-11: `%`, CR and LF are escaped, and `:` and `,` in properties.
pub(super) fn print(files: &[Checked]) {
    for file in files {
        if let Some(message) = &file.unread {
            output::line(command("error", &[("file", path(file))], message));
        }
        for finding in &file.findings {
            let level = match finding.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "notice",
            };
            let mut properties = vec![("file", path(file)), ("title", finding.rule().to_string())];
            if let Some(at) = finding.position().filter(|_| file.has_lines()) {
                properties.push(("line", at.line.to_string()));
                properties.push(("col", at.column.to_string()));
            }
            let message = match finding.help() {
                Some(help) => format!("{finding}\n{help}"),
                None => finding.to_string(),
            };
            output::line(command(level, &properties, &message));
        }
    }
}

fn path(file: &Checked) -> String {
    file.path.to_string_lossy().into_owned()
}

fn command(level: &str, properties: &[(&str, String)], message: &str) -> String {
    let mut text = format!("::{level}");
    let given = properties.iter().filter(|(_, value)| !value.is_empty());
    for (at, (name, value)) in given.enumerate() {
        let separator = if at == 0 { ' ' } else { ',' };
        let value = escape(value).replace(':', "%3A").replace(',', "%2C");
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{separator}{name}={value}");
    }
    format!("{text}::{}", escape(message))
}

fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
