//! The grammar of requirements: `Requires-Dist`, `Provides-Dist`, `Obsoletes-Dist`.

use super::{
    marker,
    scan::{Problem, Scan},
    specifier,
};

/// The longest requirement that is parsed, in bytes.
const MAX_REQUIREMENT: usize = 16 * 1024;

pub(super) const TOO_LONG: &str = "Expected at most 16 KiB";

/// The parts of a requirement, as slices of its text.
pub(super) struct Parts<'a> {
    pub(super) name: &'a str,
    pub(super) extras: Vec<&'a str>,
    /// The version specifiers, with the blanks and commas between them.
    pub(super) specifiers: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) marker: Option<&'a str>,
}

/// Splits a requirement into its parts.
///
/// # Source
///
/// `packaging._parser` 26.2, which PyPI runs, token by token: it determines where a text is wrong, and in which words.
pub(super) fn parse(text: &str) -> Result<Parts<'_>, Problem> {
    let mut scan = Scan::new(text);
    if text.len() > MAX_REQUIREMENT {
        return Err(scan.problem(TOO_LONG));
    }
    scan.blanks();
    let name = scan.expect(
        Scan::identifier,
        "Expected package name at the start of dependency specifier",
    )?;
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
    let start = scan.position();
    let expected = if scan.token("@") {
        scan.blanks();
        let start = scan.position();
        parts.url = Some(scan.expect(Scan::url, "Expected URL after @")?);
        if scan.is_end() {
            return Ok(parts);
        }
        scan.blanks();
        (
            start,
            "Expected semicolon (after URL and whitespace) or end",
        )
    } else {
        parts.specifiers = specifiers(&mut scan)?;
        scan.blanks();
        let expected = match parts.specifiers {
            "" => "Expected semicolon (after name with no version specifier) or end",
            _ => {
                "Expected comma (within version specifier), semicolon (after version specifier) or end"
            }
        };
        (start, expected)
    };
    if scan.is_end() {
        return Ok(parts);
    }
    if !scan.token(";") {
        return Err(scan.problem_since(expected.0, expected.1));
    }
    let condition = scan.rest;
    marker::parse(&mut scan, &mut |_| {})?;
    if !scan.is_end() {
        return Err(scan.problem("Expected end of dependency specifier"));
    }
    parts.marker = Some(condition.trim());
    Ok(parts)
}

fn extras<'a>(scan: &mut Scan<'a>) -> Result<Vec<&'a str>, Problem> {
    let mut extras = Vec::new();
    let open = scan.position();
    if !scan.token("[") {
        return Ok(extras);
    }
    scan.blanks();
    extras.extend(scan.identifier());
    while !extras.is_empty() {
        scan.blanks();
        if scan.clone().identifier().is_some() {
            return Err(scan.problem("Expected comma between extra names"));
        }
        if !scan.token(",") {
            break;
        }
        scan.blanks();
        extras.push(scan.expect(Scan::identifier, "Expected extra name after comma")?);
    }
    scan.blanks();
    if scan.token("]") {
        return Ok(extras);
    }
    let expected = "Expected matching RIGHT_BRACKET for LEFT_BRACKET, after extras";
    Err(scan.problem_since(open, expected))
}

/// Moves over version specifiers, with or without parentheses.
fn specifiers<'a>(scan: &mut Scan<'a>) -> Result<&'a str, Problem> {
    let open = scan.position();
    let is_in_parentheses = scan.token("(");
    scan.blanks();
    let text = scan.rest;
    let (mut end, mut start) = (text.len(), scan.position());
    while let Some(length) = specifier::length(scan.rest) {
        scan.take(length);
        if scan.rest.starts_with(".*") {
            let expected = ".* suffix can only be used with `==` or `!=` operators";
            let problem = scan.problem_since(start, expected);
            return Err(problem.longer(1));
        }
        if specifier::is_local(scan.rest) {
            let expected = "Local version label can only be used with `==` or `!=` operators";
            return Err(scan.problem_since(start, expected));
        }
        end = scan.rest.len();
        scan.blanks();
        if !scan.token(",") {
            break;
        }
        end = scan.rest.len();
        scan.blanks();
        start = scan.position();
    }
    scan.blanks();
    if is_in_parentheses && !scan.token(")") {
        let expected =
            "Expected matching RIGHT_PARENTHESIS for LEFT_PARENTHESIS, after version specifier";
        return Err(scan.problem_since(open, expected));
    }
    Ok(text.get(..text.len() - end).unwrap_or_default())
}
