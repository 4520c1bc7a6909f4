//! Explicit markup: blocks that begin with `.. `, and anonymous targets.

use super::{
    Checker, Child,
    chars::{blanks, is_space, is_word},
    lines::{Body, Indent, Place},
    lists::marked,
    names::{Claim, Target, normal},
};

/// The kind of a construct, by its first line.
enum Construct<'t> {
    Citation(&'t str),
    Directive(&'t str),
    Footnote(&'t str),
    Substitution,
    Target,
}

impl<'t> Construct<'t> {
    /// The construct that a line begins, and the number of characters up to its content.
    fn of(text: &'t str) -> Option<(Self, usize)> {
        let begin = marked(text, "..")?;
        let rest = text.get(begin..)?;
        let found =
            |construct, inner: &str| (construct, text.chars().count() - inner.chars().count());
        if let Some(inner) = rest.strip_prefix('_') {
            return (!inner.is_empty() && !inner.starts_with(' '))
                .then(|| found(Self::Target, inner));
        }
        if let Some(inner) = rest.strip_prefix('|') {
            return (!inner.is_empty() && !inner.starts_with(' '))
                .then(|| found(Self::Substitution, inner));
        }
        if let Some(inner) = rest.strip_prefix('[') {
            let (label, after) = inner.split_once(']')?;
            let after = after.get(blanks(after)?..)?;
            let is_name = |label: &str| simple_name(label) == Some("");
            let is_footnote = label == "*"
                || label
                    .strip_prefix('#')
                    .is_some_and(|name| name.is_empty() || is_name(name))
                || (!label.is_empty() && label.bytes().all(|b| b.is_ascii_digit()));
            let construct = if is_footnote {
                Self::Footnote(label)
            } else if is_name(label) {
                Self::Citation(label)
            } else {
                return None;
            };
            return Some(found(construct, after));
        }
        let (name, after) = directive_name(rest)?;
        Some(found(Self::Directive(name), after))
    }
}

/// The name of `name:: arguments`, and the arguments.
pub(super) fn directive_name(text: &str) -> Option<(&str, &str)> {
    // The longest name comes first; it may have to give back a colon and a word.
    let rest = simple_name(text)?;
    let name = text.get(..text.len() - rest.len())?;
    let after = rest.strip_prefix(' ').unwrap_or(rest).strip_prefix("::")?;
    Some((name, after.get(blanks(after)?..)?))
}

/// What follows a simple name.
pub(super) fn simple_name(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let after = rest.trim_start_matches(is_word);
        if after.len() == rest.len() {
            return None;
        }
        let mark = after.strip_prefix(['-', '.', '_', '+', ':']);
        match mark.filter(|next| next.starts_with(is_word)) {
            Some(next) => rest = next,
            None => return Some(after),
        }
    }
}

impl Checker {
    /// A series of explicit markup; false if there is none at the current line.
    pub(super) fn explicit(&mut self, body: &mut Body<'_, '_>) -> bool {
        let mut is_finished = true;
        let mut is_found = false;
        let mut line = body.at;
        while !self.is_full() {
            let text = body.text(line);
            if marked(text, "..").is_some() {
                body.at = line;
                is_finished = self.construct(body);
            } else if let Some(end) = marked(text, "__") {
                body.at = line;
                is_finished = self.anonymous(body, end);
            } else {
                break;
            }
            is_found = true;
            body.is_held = true;
            line = body.at + 1;
        }
        body.is_held = false;
        if is_found && line >= body.lines.len() {
            body.at = line;
        }
        if is_found && !is_finished {
            self.unindent(body, "the explicit markup");
        }
        is_found
    }

    /// Returns whether a blank line follows.
    fn construct(&mut self, body: &mut Body<'_, '_>) -> bool {
        let text = body.text(body.at);
        let comment = marked(text, "..").unwrap_or(text.len());
        let (malformed, problem) = match Construct::of(text) {
            None => return self.comment(body, comment, text),
            Some((Construct::Citation(label) | Construct::Footnote(label), end)) => {
                let label = label.to_owned();
                return self.footnote(body, &label, end);
            }
            Some((Construct::Directive(name), end)) => {
                let name = name.to_owned();
                return self.directive(body, &name, end);
            }
            Some((Construct::Substitution, end)) => (
                self.substitution(body, end),
                "the substitution definition is malformed",
            ),
            Some((Construct::Target, end)) => (
                self.target(body, end),
                "the hyperlink target is malformed: a colon must follow its name",
            ),
        };
        malformed.unwrap_or_else(|| {
            self.problem(body.number(body.at), problem);
            let is_finished = self.comment(body, comment, text);
            self.push(body, Child::Message);
            is_finished
        })
    }

    fn comment(&mut self, body: &mut Body<'_, '_>, end: usize, text: &str) -> bool {
        let is_empty = body.is_blank(body.at + 1)
            && text
                .get(end..)
                .is_none_or(|rest| rest.chars().all(is_space));
        if is_empty {
            self.push(body, Child::Comment { is_empty: true });
            return true;
        }
        let block = body.indented(Indent::First(end), false);
        self.push(
            body,
            Child::Comment {
                is_empty: block.is_empty(),
            },
        );
        block.is_finished
    }

    fn footnote(&mut self, body: &mut Body<'_, '_>, label: &str, end: usize) -> bool {
        let line = body.source(body.at);
        let block = body.indented(Indent::First(end), false);
        self.work(super::KEPT);
        let name = normal(label);
        let name = match name.strip_prefix('#') {
            Some("") => {
                self.names.numbered_footnote(None);
                None
            }
            Some(name) => {
                self.names.numbered_footnote(Some(name.to_owned()));
                Some(name.to_owned())
            }
            None if name == "*" => {
                self.names.symbol_footnote();
                None
            }
            None => Some(name),
        };
        if let Some(name) = name {
            let target = Target {
                line: Some(line),
                ..Target::default()
            };
            self.claim(body, &name, target, Claim::Explicit, Some(line));
        }
        if block.is_empty() {
            self.sync(body);
            self.problem(self.root_line, "the footnote is empty");
        } else {
            self.nested(body, block, Place::Other, Some(line));
        }
        self.push(body, Child::Other);
        block.is_finished
    }
}
