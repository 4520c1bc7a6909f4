//! The only writer of standard output and standard error.
//!
//! Each call writes one line. Whatever is in it – a file name, metadata, text from a server – it stays that line:
//! control characters are escaped, and nothing that a CI system would take for a command begins it. A closed or full
//! stream is not an error: what the command does must not depend on who reads its output.

use std::{
    fmt::{Display, Write as _},
    io::{self, IsTerminal as _, Write},
};

use clap::Args;
use pypi_trusted_upload::Environment;
use serde_json::Value;

/// What every verb can be told about its output.
#[derive(Args, Clone, Copy)]
pub(crate) struct Output {
    /// Print one JSON document on standard output
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
    /// Print errors only
    #[arg(
        long,
        short,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Global options"
    )]
    quiet: bool,
    /// Show each step
    #[arg(long, short, global = true, help_heading = "Global options")]
    verbose: bool,
}

/// How and where to print.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    /// One JSON document on standard output instead of text.
    pub(crate) json: bool,
    /// Errors only.
    pub(crate) quiet: bool,
    /// Every step.
    pub(crate) verbose: bool,
    /// Whether this is a job of GitHub Actions, which reads annotations.
    pub(crate) annotations: bool,
}

impl Console {
    pub(crate) fn new(output: Output, environment: &Environment) -> Self {
        Self {
            json: output.json,
            quiet: output.quiet,
            verbose: output.verbose,
            annotations: environment.get("GITHUB_ACTIONS") == Some("true"),
        }
    }

    /// Prints a line of the result.
    pub(crate) fn line(&self, text: impl Display) {
        write_line(io::stdout().lock(), &plain(&text.to_string()));
    }

    /// Prints a document of several lines, such as Markdown, whose text from elsewhere is escaped already.
    pub(crate) fn document(&self, text: &str) {
        for line in text.lines() {
            write_line(io::stdout().lock(), &harmless(line));
        }
    }

    /// Prints the result as JSON.
    pub(crate) fn json(&self, value: &Value) {
        self.json_text(&format!("{value:#}"));
    }

    /// Prints a result that is JSON already.
    pub(crate) fn json_text(&self, text: &str) {
        write_line(io::stdout().lock(), &escape_json(text));
    }

    /// Prints something for a person on standard error, unless quiet.
    pub(crate) fn note(&self, text: impl Display) {
        if !self.quiet {
            self.problem_line(&text.to_string());
        }
    }

    /// Prints a detail for a person on standard error, if verbose.
    pub(crate) fn detail(&self, text: impl Display) {
        if self.verbose {
            self.note(text);
        }
    }

    /// Prints what is being done on a terminal, and elsewhere if verbose.
    pub(crate) fn progress(&self, text: impl Display) {
        if self.verbose || io::stderr().is_terminal() {
            self.note(text);
        }
    }

    /// Prints what went wrong on standard error.
    pub(crate) fn problem(&self, text: impl Display) {
        self.problem_line(&format!("pypi-release: {text}"));
    }

    /// Prints the last lines of another program's output on standard error.
    pub(crate) fn excerpt(&self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let start = lines.len().saturating_sub(EXCERPT);
        for line in lines.iter().skip(start) {
            self.problem_line(&format!("  | {line}"));
        }
    }

    /// Prints a workflow command for GitHub Actions.
    ///
    /// # Source
    ///
    /// GitHub Actions, workflow commands, 2026-11: `%`, CR and LF are escaped, and `:` and `,` in properties.
    pub(crate) fn annotation(&self, level: &str, properties: &[(&str, String)], message: &str) {
        let mut line = format!("::{level}");
        let given = properties.iter().filter(|(_, value)| !value.is_empty());
        for (at, (name, value)) in given.enumerate() {
            let separator = if at == 0 { ' ' } else { ',' };
            let value = escape_data(value).replace(':', "%3A").replace(',', "%2C");
            // Writing to a `String` cannot fail.
            let _ = write!(line, "{separator}{name}={value}");
        }
        let _ = write!(line, "::{}", escape_data(message));
        write_line(io::stdout().lock(), &escape(&line));
    }

    /// Asks GitHub Actions to hide `secret` in the rest of the log. Elsewhere it prints nothing: the line contains the
    /// secret.
    ///
    /// It goes to standard error, which GitHub reads too, because standard output may be one JSON document.
    pub(crate) fn mask(&self, secret: &str) {
        if self.annotations {
            let line = format!("::add-mask::{}", escape_data(secret));
            write_line(io::stderr().lock(), &escape(&line));
        }
    }

    /// Prints rows with aligned columns.
    pub(crate) fn table<const N: usize>(&self, rows: &[[String; N]]) {
        let rows: Vec<[String; N]> = rows
            .iter()
            .map(|row| row.each_ref().map(|cell| escape(cell)))
            .collect();
        let mut widths = [0; N];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in &rows {
            let cells = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            self.line(cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }

    fn problem_line(&self, text: &str) {
        write_line(io::stderr().lock(), &plain(text));
    }
}

/// The most lines of another program's output that are shown.
const EXCERPT: usize = 40;

/// Prints text of several lines that this program made itself, such as its help.
pub(crate) fn print_own(text: &str, to_stderr: bool) {
    for line in text.lines() {
        if to_stderr {
            write_line(io::stderr().lock(), &escape(line));
        } else {
            write_line(io::stdout().lock(), &escape(line));
        }
    }
}

/// Prints a file that this program made of nothing but its own definitions, as it is.
pub(crate) fn print_file(text: &str) {
    write_line(io::stdout().lock(), text.trim_end());
}

/// `text` on one line: line breaks, control characters and characters that reorder text are shown as escapes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A number of bytes for a person.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

/// An escaped line that no CI system takes for a command: GitHub reads `::…` and `##[…]`, Azure `##vso[…]`, TeamCity
/// `##teamcity[…]`.
fn plain(text: &str) -> String {
    let escaped = escape(text);
    let start = escaped.trim_start();
    if start.starts_with("::") || start.starts_with("##") {
        return format!("\\{start}");
    }
    escaped
}

/// An escaped line that may be a heading of Markdown, `## Text`, and no command.
fn harmless(text: &str) -> String {
    let start = text.trim_start_matches('#');
    match start.starts_with(' ') && start.len() < text.len() {
        true => escape(text),
        false => plain(text),
    }
}

/// Pretty JSON with every unsafe character of its strings escaped; its own line breaks stay.
fn escape_json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a `String` cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Control characters, line and paragraph separators, and characters that change the direction of text or hide in it.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn write_line(mut stream: impl Write, line: &str) {
    let mut bytes = line.as_bytes().to_vec();
    bytes.push(b'\n');
    // Nobody reads it, or the disk is full: neither may stop a publication.
    let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_one_plain_line(text in "[\\PC\\pC:#\\s]{0,40}") {
            let line = plain(&text);
            prop_assert!(!line.chars().any(is_unsafe), "{line:?}");
            let start = line.trim_start();
            prop_assert!(!start.starts_with("::") && !start.starts_with("##"), "{line:?}");
        }
    }

    #[test]
    fn untrusted_text_stays_on_its_line() {
        for (text, shown) in [
            ("a\nb", "a\\nb"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("::error::x", "\\::error::x"),
            ("  ::error::x", "\\::error::x"),
            ("##vso[task.complete]", "\\##vso[task.complete]"),
            ("ünï – 🦀", "ünï – 🦀"),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
        }
    }

    #[test]
    fn json_stays_json() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{9b}\n\u{e0001}🦀"] });
        let text = escape_json(&format!("{value:#}"));
        assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "{text:?}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
