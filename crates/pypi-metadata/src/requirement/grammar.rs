//! The grammar of requirements: `Requires-Dist`, `Provides-Dist`, `Obsoletes-Dist`.

use super::{marker, scan::Scan};

/// The longest requirement that is parsed, in bytes.
const MAX_REQUIREMENT: usize = 16 * 1024;

pub(super) const TOO_LONG: &str = "at most 16 KiB";

/// The parts of a requirement, as slices of its text.
pub(super) struct Parts<'a> {
    pub(super) name: &'a str,
    pub(super) extras: Vec<&'a str>,
    /// The version specifiers, with the blanks and commas between them; not validated.
    pub(super) specifiers: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) marker: Option<&'a str>,
}

/// Splits a requirement into its parts. The error says what was expected.
///
/// # Source
///
/// `packaging.requirements` 26.2, which PyPI runs.
pub(super) fn parse(text: &str) -> Result<Parts<'_>, &'static str> {
    if text.len() > MAX_REQUIREMENT {
        return Err(TOO_LONG);
    }
    let mut scan = Scan::new(text);
    scan.blanks();
    let name = scan
        .identifier()
        .ok_or("the name of a project at the start")?;
    scan.blanks();
    let extras = extras(&mut scan)?;
    scan.blanks();
    let mut parts = Parts {
        name,
        extras,
        specifiers: "",
        url: None,
        marker: None,
    };
    if scan.token("@") {
        scan.blanks();
        let url = scan.while_of(|c| !matches!(c, ' ' | '\t'));
        if url.is_empty() {
            return Err("a URL after \"@\"");
        }
        parts.url = Some(url);
        if !scan.blanks() || scan.is_at_end() {
            return Ok(parts);
        }
    } else {
        parts.specifiers = specifiers(&mut scan)?;
        scan.blanks();
        if is_end(&scan) {
            return Ok(parts);
        }
    }
    if !scan.token(";") {
        return Err("a comma, a semicolon or the end after the version specifiers");
    }
    let condition = scan.rest;
    marker::parse(&mut scan, &mut |_| {})?;
    if !is_end(&scan) {
        return Err("\"and\", \"or\" or the end after the marker");
    }
    parts.marker = Some(condition.trim());
    Ok(parts)
}

/// Python's `$` also matches before a final line feed.
fn is_end(scan: &Scan<'_>) -> bool {
    matches!(scan.rest, "" | "\n")
}

fn extras<'a>(scan: &mut Scan<'a>) -> Result<Vec<&'a str>, &'static str> {
    let mut extras = Vec::new();
    if !scan.token("[") {
        return Ok(extras);
    }
    scan.blanks();
    if let Some(first) = scan.identifier() {
        extras.push(first);
        scan.blanks();
        while scan.token(",") {
            scan.blanks();
            let next = scan.identifier();
            extras.push(next.ok_or("the name of an extra after the comma")?);
            scan.blanks();
        }
    }
    scan.blanks();
    if scan.token("]") {
        Ok(extras)
    } else {
        Err("a comma or \"]\" after the extras")
    }
}

/// Moves over version specifiers, with or without parentheses.
fn specifiers<'a>(scan: &mut Scan<'a>) -> Result<&'a str, &'static str> {
    let is_in_parentheses = scan.token("(");
    scan.blanks();
    let text = scan.rest;
    while scan.rest.starts_with(['=', '!', '<', '>', '~']) {
        // Any text may follow `===`, a comma too.
        let is_arbitrary = scan.token("===");
        scan.while_of(|c| matches!(c, '=' | '!' | '<' | '>' | '~'));
        scan.while_of(char::is_whitespace);
        scan.while_of(|c| {
            !c.is_whitespace() && !matches!(c, ';' | ')') && (is_arbitrary || c != ',')
        });
        scan.blanks();
        if !scan.token(",") {
            break;
        }
        scan.blanks();
    }
    let length = text.len() - scan.rest.len();
    if is_in_parentheses && !scan.token(")") {
        return Err("a comma or \")\" after the version specifiers");
    }
    Ok(text.get(..length).unwrap_or_default())
}
