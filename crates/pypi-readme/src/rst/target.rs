//! Hyperlink targets.

use super::{
    Checker, Child,
    chars::{is_space, spaced},
    explicit::simple_name,
    inline::uri,
    lines::{Body, Indent},
    names::{Claim, Lead, Target, normal},
    scan::{null_escapes, unescape},
};

impl Checker {
    pub(super) fn anonymous(&mut self, body: &mut Body<'_, '_>, end: usize) -> bool {
        let line = body.number(body.at);
        let block = body.indented(Indent::First(end), true);
        self.names.anonymous_target();
        self.work(super::KEPT / 4);
        let lines: Vec<Vec<char>> = body
            .slice(block.begin, block.end)
            .iter()
            .map(|line| null_escapes(line.text))
            .collect();
        let lead = lead(&lines);
        if let Some(Lead::Name(to)) = &lead {
            self.names.indirect(None, to.clone(), Some(line));
        }
        self.push(
            body,
            Child::Target {
                leads: lead.is_some(),
            },
        );
        block.is_finished
    }

    /// Returns whether a blank line follows a target; none if it is malformed.
    pub(super) fn target(&mut self, body: &mut Body<'_, '_>, end: usize) -> Option<bool> {
        let line = body.number(body.at);
        let block = body.block(Indent::First(end), true, false);
        let mut lines: Vec<Vec<char>> = Vec::new();
        let mut first: Vec<char> = Vec::new();
        let mut found = None;
        for line in body.slice(block.begin, block.end) {
            let text = null_escapes(line.text);
            if self.is_full() {
                return Some(true);
            }
            if found.is_some() {
                lines.push(text);
                continue;
            }
            self.work(first.len() + text.len());
            first.extend(text);
            found = target_name(&first);
            if let Some((_, end)) = &found {
                let rest = first.get(*end..).unwrap_or_default();
                lines.push(trimmed(rest).to_vec());
            }
        }
        let (name, _) = found?;
        let lead = lead(&lines);
        match name {
            None => {
                self.names.anonymous_target();
                if let Some(Lead::Name(to)) = &lead {
                    self.names.indirect(None, to.clone(), Some(line));
                }
            }
            Some(name) => {
                let name = normal(&unescape(&name));
                if let Some(Lead::Name(to)) = &lead {
                    self.names
                        .indirect(Some(name.clone()), to.clone(), Some(line));
                }
                let target = Target {
                    leads_to: lead.clone(),
                    line: Some(line),
                };
                self.claim(body, &name, target, Claim::Explicit, Some(line));
            }
        }
        self.push(
            body,
            Child::Target {
                leads: lead.is_some(),
            },
        );
        Some(block.is_finished)
    }
}

/// The name of `name: …` after the underscore of a target, none if it is anonymous, and the end of the mark.
fn target_name(text: &[char]) -> Option<(Option<Vec<char>>, usize)> {
    let get = |at: usize| text.get(at).copied();
    if get(0) == Some('_') {
        return Some((None, colon(text, 1)?));
    }
    let is_quoted = get(0) == Some('`');
    let begin = usize::from(is_quoted);
    if matches!(get(begin), Some(' ' | '`') | None) {
        return None;
    }
    for end in begin + 1..=text.len() {
        let last = get(end - 1)?;
        if is_space(last) || last == '\0' || (is_quoted && get(end) != Some('`')) {
            continue;
        }
        let after = end + begin;
        let is_colon = get(after - 1) == Some(':') && (after < 2 || get(after - 2) != Some('\0'));
        if is_colon {
            continue;
        }
        if let Some(close) = colon(text, after) {
            return Some((Some(text.get(begin..end)?.to_vec()), close));
        }
    }
    None
}

/// The end of a colon, with an optional blank before it, and the blanks after it.
fn colon(text: &[char], at: usize) -> Option<usize> {
    let colon = if text.get(at) == Some(&' ') {
        at + 1
    } else {
        at
    };
    if text.get(colon) != Some(&':') {
        return None;
    }
    let rest = text.get(colon + 1..)?;
    let blanks = rest.iter().take_while(|c| **c == ' ').count();
    (blanks > 0 || rest.is_empty()).then_some(colon + 1 + blanks)
}

/// What a target leads to: a URI, or another name; none if it is the place itself.
pub(super) fn lead(lines: &[Vec<char>]) -> Option<Lead> {
    let mut joined: Vec<char> = Vec::new();
    for line in lines {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.extend(trimmed(line));
    }
    if joined.ends_with(&['_']) {
        let text: String = joined.iter().collect();
        if let Some(name) = reference(&spaced(&text)) {
            return Some(Lead::Name(normal(&name)));
        }
    }
    let mut all: Vec<char> = Vec::new();
    for line in lines {
        all.extend(line);
        all.push(' ');
    }
    all.pop();
    let uri = uri(&all);
    (!uri.is_empty()).then_some(Lead::Uri(uri))
}

/// The name of `name_` or `` `name`_ ``.
fn reference(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    if simple_name(text) == Some("_") {
        return Some(unescape(chars.get(..chars.len() - 1)?));
    }
    let phrase = chars
        .strip_prefix(&['`'][..])?
        .strip_suffix(&['`', '_'][..])?;
    let last = phrase.last()?;
    let is_phrase = phrase.first() != Some(&' ') && !is_space(*last) && *last != '\0';
    is_phrase.then(|| unescape(phrase))
}

/// The characters without white space around them.
pub(super) fn trimmed(text: &[char]) -> &[char] {
    let begin = text
        .iter()
        .position(|c| !is_space(*c))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|c| !is_space(*c))
        .map_or(begin, |last| last + 1);
    text.get(begin..end).unwrap_or_default()
}
