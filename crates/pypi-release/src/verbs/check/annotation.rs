//! Findings as annotations of a GitHub workflow run.

use pypi_trusted_upload::Severity;

use super::Checked;
use crate::console::Console;

/// Prints a workflow command per finding.
pub(super) fn print(files: &[Checked], console: &Console) {
    for file in files {
        for (_, message) in file.others() {
            console.annotation("error", &[("file", path(file))], &message);
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
            console.annotation(level, &properties, &message);
        }
    }
}

fn path(file: &Checked) -> String {
    file.path.to_string_lossy().into_owned()
}
