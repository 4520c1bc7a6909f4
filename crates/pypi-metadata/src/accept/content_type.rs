//! `Description-Content-Type`.

use std::collections::BTreeMap;

use crate::python::{is_blank, strip};

/// The markup language of a description.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Markup {
    /// GitHub Flavored Markdown.
    Gfm,
    /// Markdown as CommonMark defines it.
    CommonMark,
    /// Plain text.
    Plain,
    /// reStructuredText.
    Rst,
}

/// A `Description-Content-Type` that PyPI accepts.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Field, Markup, Metadata};
///
/// let field = (Field::DescriptionContentType, "text/markdown; charset=UTF-8".to_owned());
/// let content_type = Metadata::from_fields([field]).content_type();
/// assert_eq!(content_type.map(|content_type| content_type.markup), Some(Markup::Gfm));
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ContentType {
    /// The markup language; the character set is always UTF-8.
    pub markup: Markup,
}

/// Why PyPI rejects a content type.
pub(crate) enum Problem {
    /// The type is not one of the three.
    Type,
    /// The character set is not spelled `UTF-8`.
    Charset(String),
    /// The value has several lines, at which PyPI fails.
    Lines,
    /// The variant of Markdown is neither `GFM` nor `CommonMark`.
    Variant(String),
}

impl ContentType {
    /// What a description without the field is.
    pub(crate) const DEFAULT: Self = Self {
        markup: Markup::Rst,
    };

    /// # Source
    ///
    /// `packaging.metadata` 26.2: Python's `email` reads the parameters, and their values are case-sensitive.
    pub(crate) fn parse(value: &str) -> Result<Self, Problem> {
        if has_lines(value) {
            return Err(Problem::Lines);
        }
        let (kind, rest) = value.split_once(';').unwrap_or((value, ""));
        let kind = match strip(kind).to_lowercase() {
            kind if kind.matches('/').count() == 1 => kind,
            _ => "text/plain".to_owned(),
        };
        let is_known = matches!(kind.as_str(), "text/plain" | "text/markdown" | "text/x-rst");
        if !is_known || !value.to_lowercase().contains(&kind) {
            return Err(Problem::Type);
        }
        let parameters = parameters(rest);
        if let Some(charset) = parameters.get("charset").filter(|value| *value != "UTF-8") {
            return Err(Problem::Charset(charset.clone()));
        }
        let variant = parameters.get("variant").map(String::as_str);
        let markup = match (kind.as_str(), variant) {
            ("text/plain", _) => Markup::Plain,
            ("text/x-rst", _) => Markup::Rst,
            (_, None | Some("GFM")) => Markup::Gfm,
            (_, Some("CommonMark")) => Markup::CommonMark,
            (_, Some(variant)) => return Err(Problem::Variant(variant.to_owned())),
        };
        Ok(Self { markup })
    }
}

/// Whether Python's `str.splitlines` finds several lines.
fn has_lines(value: &str) -> bool {
    let is_end =
        |c| matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let first = value.split_once(is_end).map(|(first, _)| first.len());
    let after = first.and_then(|length| value.get(length..)).unwrap_or("");
    let mut chars = after.chars();
    match chars.next() {
        Some('\r') => !matches!(chars.as_str(), "" | "\n"),
        Some(_) => !chars.as_str().is_empty(),
        None => false,
    }
}

/// The parameters by their names in lower case. A parameter without a value has an empty one, an invalid one is ignored.
///
/// # Source
///
/// `email._header_value_parser.parse_mime_parameters` of Python 3.13.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found: Vec<(String, Vec<Part>)> = Vec::new();
    let mut scan = Scan { rest: text };
    while !scan.rest.is_empty() {
        let start = scan.rest;
        if let Some((name, part)) = scan.parameter() {
            match found.iter_mut().find(|(other, _)| *other == name) {
                Some((_, parts)) => parts.push(part),
                None => found.push((name, vec![part])),
            }
        } else {
            scan.rest = start;
        }
        scan.rest = scan.rest.split_once(';').map_or("", |(_, rest)| rest);
    }
    let found = found.into_iter();
    found
        .map(|(name, parts)| (name.to_lowercase(), joined(parts)))
        .collect()
}

/// A part of a parameter's value, as RFC 2231 splits long ones.
struct Part {
    section: u32,
    is_extended: bool,
    value: String,
}

/// The parts in order. A second parameter of a name is ignored, and so are parts that do not follow.
fn joined(mut parts: Vec<Part>) -> String {
    parts.sort_by_key(|part| part.section);
    let is_twice = parts.get(1).is_some_and(|second| second.section == 0);
    if is_twice && !parts.first().is_some_and(|first| first.is_extended) {
        parts.truncate(1);
    }
    let mut next = 0;
    let mut value = String::new();
    for part in parts {
        if part.section == next || part.is_extended {
            next += 1;
            value.push_str(&part.value);
        }
    }
    value
}

/// A text with its escapes such as `%47`.
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(..2).filter(|digits| !digits.starts_with('+'));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => bytes.push(byte),
            None => {
                bytes.extend_from_slice(format!("%{}", after.get(..2).unwrap_or(after)).as_bytes())
            }
        }
        rest = after.get(2..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    /// `name [*section] [*] [= value]`; `None` if it is not one.
    fn parameter(&mut self) -> Option<(String, Part)> {
        self.blanks();
        let name = strip(&self.text(ends_attribute)?).to_owned();
        self.blanks();
        let mut part = Part {
            section: 0,
            is_extended: false,
            value: String::new(),
        };
        if self.rest.is_empty() || self.rest.starts_with(';') {
            return Some((name, part));
        }
        if let Some(rest) = self.rest.strip_prefix('*') {
            let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let section = rest.strip_suffix(digits).unwrap_or_default();
            if !section.is_empty() {
                part.section = section.parse().ok()?;
                self.rest = digits;
            }
            if let Some(rest) = self.rest.strip_prefix('*') {
                part.is_extended = true;
                self.rest = rest;
            }
        }
        self.rest = self.rest.strip_prefix('=')?;
        self.blanks();
        if !self.rest.starts_with('\'') {
            part.value = self.value()?;
        }
        let is_first = part.is_extended && part.section == 0;
        if self.rest.starts_with('\'') {
            // A character set and a language, even if the name is not marked as having them.
            self.quote()?;
            if !self.rest.starts_with('\'') && !self.rest.is_empty() {
                self.text(ends_attribute)?;
                self.quote()?;
            } else {
                let _ = self.quote();
            }
            part.value = self.value()?;
        } else if is_first && !self.rest.is_empty() {
            return None;
        }
        if part.is_extended {
            part.value = unquoted(&part.value);
        }
        Some((name, part))
    }

    fn quote(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix('\'')?;
        Some(())
    }

    fn value(&mut self) -> Option<String> {
        self.blanks();
        let value = match self.rest.strip_prefix('"') {
            Some(rest) => {
                self.rest = rest;
                self.quoted()
            }
            None => self.text(|c| ends_attribute(c) && c != '%')?,
        };
        self.blanks();
        Some(value)
    }

    /// The text up to the closing quote.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        let mut chars = self.rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                // Before a blank, only the backslash is dropped.
                '\\' if chars.clone().next().is_some_and(is_wsp) => {}
                '\\' => text.extend(chars.next()),
                c => text.push(c),
            }
        }
        self.rest = chars.as_str();
        text
    }

    /// The text up to a delimiter, if there is any.
    fn text(&mut self, ends: impl Fn(char) -> bool) -> Option<String> {
        let length = self.rest.find(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Moves over blanks and comments.
    fn blanks(&mut self) {
        loop {
            if self.rest.starts_with(is_wsp) {
                self.rest = self.rest.trim_start_matches(is_blank);
            } else if self.rest.starts_with('(') {
                self.comment();
            } else {
                return;
            }
        }
    }

    fn comment(&mut self) {
        let mut depth = 0_usize;
        let mut chars = self.rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.rest = chars.as_str();
    }
}

fn is_wsp(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn ends_attribute(c: char) -> bool {
    is_wsp(c) || "()<>@,:;\\\"[]/?=*'%".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of `packaging.metadata` 26.2.
    #[test]
    fn parameters_are_read_as_python_reads_them() {
        for value in [
            "text/markdown",
            " Text/Markdown ; charset=UTF-8",
            "text/markdown; charset = \"UTF-8\" ; VARIANT=(c) CommonMark",
            "text/markdown;;variant=GFM;variant=x",
            "text/markdown; variant=",
            "text/markdown; variant='GFM'",
            "text/markdown; variant*=us-ascii'en'%47FM",
            "text/markdown; variant*0=G; variant*1=FM",
            "text/plain/x",
            "text/plain; variant=x\n",
            "text/markdown; charset=latin1''UTF-8",
        ] {
            assert!(ContentType::parse(value).is_ok(), "{value}");
        }
        for (value, found) in [
            ("text/markdown; variant", ""),
            ("text/markdown; charset", ""),
            ("text/markdown; variant=\"a  \\b\"", "a  b"),
            ("text/markdown; variant*1=GFM", ""),
        ] {
            let problem = ContentType::parse(value).err();
            let value = match problem {
                Some(Problem::Charset(value) | Problem::Variant(value)) => Some(value),
                _ => None,
            };
            assert_eq!(value.as_deref(), Some(found));
        }
        for value in [
            "text/html",
            "markdown",
            "text/markdown (x)",
            "text/x-rst, x",
        ] {
            let problem = ContentType::parse(value).err();
            assert!(matches!(problem, Some(Problem::Type)), "{value}");
        }
        let problem = ContentType::parse("text/markdown\n; charset=UTF-8").err();
        assert!(matches!(problem, Some(Problem::Lines)));
    }
}
