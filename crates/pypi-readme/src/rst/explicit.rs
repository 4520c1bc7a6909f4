//! Explicit markup: blocks that begin with `.. `.

use super::{
    Checker,
    lines::{Body, Line, dedent},
};

impl Checker {
    pub(super) fn explicit(&mut self, body: &Body, at: usize) -> usize {
        let Some(first) = body.line(at) else {
            return at + 1;
        };
        let text = first
            .text
            .get(2..)
            .unwrap_or_default()
            .trim_start_matches(' ')
            .to_owned();
        let is_empty_comment = text.is_empty() && body.text(at + 1).is_empty();
        if is_empty_comment {
            return at + 1;
        }
        let end = body.indented(at + 1, 1).max(at + 1);
        let begin = first.text.len() - text.len();
        let mut lines = vec![first.from(begin)];
        lines.extend(dedent(body.slice(at + 1, end)));
        self.construct(&text, lines, body.depth + 1);
        let is_joined = body.is_joined(end);
        let follows = body.text(end);
        let is_explicit =
            follows.starts_with(".. ") || follows == ".." || follows.starts_with("__ ");
        if is_joined && !is_explicit {
            self.problem(
                body.number(end),
                "the explicit markup ends without a blank line",
            );
        }
        end
    }

    pub(super) fn anonymous_target(&mut self, body: &Body, at: usize) -> usize {
        if body.text(at) == "__" {
            return at; // an unusual line of text
        }
        self.names.anonymous_target(body.number(at));
        body.indented(at + 1, 1).max(at + 1)
    }

    fn construct(&mut self, text: &str, lines: Vec<Line>, depth: usize) {
        let number = lines.first().map_or(1, |line| line.number);
        if let Some(rest) = text.strip_prefix('_') {
            self.target(rest, number);
        } else if let Some((label, rest)) = footnote(text) {
            self.is_visible = true;
            self.names.footnote(label);
            let mut lines = lines;
            if let Some(first) = lines.first_mut() {
                rest.clone_into(&mut first.text);
            }
            self.nest(lines, depth, false);
        } else if let Some((name, rest)) = substitution(text) {
            self.names.substitution(name);
            if rest.is_empty() && lines.len() < 2 {
                self.problem(number, format!("the substitution |{name}| is empty"));
            } else if let Some((directive, arguments)) = directive(rest) {
                self.directive(directive, arguments, &lines, depth, true);
            } else {
                self.problem(
                    number,
                    format!("the substitution |{name}| does not name a directive"),
                );
            }
        } else if let Some((name, arguments)) = directive(text) {
            self.directive(name, arguments, &lines, depth, false);
        }
    }

    fn target(&mut self, rest: &str, number: usize) {
        if rest.starts_with("_:") || rest.starts_with("_ ") {
            self.names.anonymous_target(number);
            return;
        }
        let (name, uri) = match rest.strip_prefix('`') {
            Some(quoted) => match quoted.split_once("`:") {
                Some(parts) => parts,
                None => return,
            },
            None => match split_name(rest) {
                Some(parts) => parts,
                None => return self.problem(number, "the hyperlink target has no colon"),
            },
        };
        if let Some(message) = self.names.target(name, uri.trim(), number) {
            self.problem(number, message);
        }
    }
}

/// A name and what follows its colon; a colon may be escaped.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        let after = text.get(at + 1..);
        match c {
            '\\' => {
                is_escaped = !is_escaped;
                continue;
            }
            ':' if !is_escaped
                && after.is_some_and(|after| after.is_empty() || after.starts_with(' ')) =>
            {
                return Some((text.get(..at)?, after?));
            }
            _ => {}
        }
        is_escaped = false;
    }
    None
}

/// The label of `[label] text`, and the text.
fn footnote(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once(']')?;
    let is_label = !label.is_empty()
        && label
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '#' | '*' | '-' | '_' | '.' | ':' | '+'));
    (is_label && (rest.is_empty() || rest.starts_with(' '))).then(|| (label, rest.trim_start()))
}

/// The name of `|name| directive`, and the rest.
fn substitution(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('|')?;
    if rest.starts_with([' ', '|']) {
        return None;
    }
    let (name, rest) = rest.split_once('|')?;
    (!name.ends_with(' ') && (rest.is_empty() || rest.starts_with(' ')))
        .then(|| (name, rest.trim_start()))
}

/// The name of `name:: arguments`, and the arguments.
fn directive(text: &str) -> Option<(&str, &str)> {
    let (name, arguments) = text.split_once("::")?;
    let name = name.strip_suffix(' ').unwrap_or(name);
    let mut parts = name.split(['-', '.', '_', '+', ':']);
    let is_name = parts.all(|part| !part.is_empty() && part.chars().all(char::is_alphanumeric));
    (is_name && (arguments.is_empty() || arguments.starts_with(' ')))
        .then(|| (name, arguments.trim_start()))
}
