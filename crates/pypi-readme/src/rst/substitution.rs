//! Substitution definitions.

use super::{
    Checker, Child,
    chars::is_space,
    explicit::{directive_name, simple_name},
    lines::{Block, Body, Indent, Place},
    scan::null_escapes,
    target::trimmed,
};

impl Checker {
    /// Returns whether a blank line follows a definition; none if it is malformed.
    pub(super) fn substitution(&mut self, body: &mut Body<'_, '_>, end: usize) -> Option<bool> {
        let line = body.source(body.at);
        let block = body.block(Indent::First(end), false, false);
        let mut begin = block.begin;
        let mut head: Vec<char> = Vec::new();
        let (name, after) = loop {
            if self.is_full() {
                return Some(true);
            }
            if begin >= block.end {
                return None;
            }
            let text = null_escapes(body.text(begin).trim_matches(is_space));
            self.work(head.len() + text.len());
            if begin > block.begin {
                head.push(' ');
            }
            head.extend(text);
            if let Some(found) = substitution_name(&head) {
                break found;
            }
            begin += 1;
        };
        let name: String = name.iter().collect();
        // As many characters at the end of the line as there are behind the name.
        let count = head.len() - after;
        let is_bare = trimmed(head.get(after..).unwrap_or_default()).is_empty();
        if let Some(first) = body.lines.get_mut(begin) {
            let text = first.text.trim_matches(is_space);
            let line = super::lines::Line { text, ..*first };
            first.text = line.without(text.chars().count().saturating_sub(count));
        }
        let offset = body.offset + block.begin + usize::from(is_bare);
        if is_bare {
            begin += 1;
        }
        let mut end = block.end;
        while end > begin && body.is_blank(end - 1) {
            end -= 1;
        }
        let content = Block {
            begin,
            end,
            ..block
        };
        if content.is_empty() {
            self.problem(line, format!("the substitution |{name}| is empty"));
            self.push(body, Child::Message);
            return Some(block.is_finished);
        }
        Some(self.define(body, content, &name, (line, offset)))
    }

    /// Reads the directive that a substitution stands for.
    fn define(
        &mut self,
        body: &mut Body<'_, '_>,
        content: Block,
        name: &str,
        (line, offset): (usize, usize),
    ) -> bool {
        self.sync(body);
        let is_finished = content.is_finished;
        let Some(lines) = body.lines.get_mut(content.begin..content.end) else {
            return is_finished;
        };
        let mut inner = Body::new(lines, offset, Place::Substitution);
        inner.element = Some(line);
        if let Some(first) = inner.lines.first_mut() {
            first.text = first.text.trim_matches(is_space);
        }
        self.work(super::KEPT);
        let mark = self.names.mark();
        let mut is_finished = is_finished;
        let mut within = super::inline::Inline::default();
        while inner.at < inner.lines.len() {
            if !inner.is_blank(inner.at) {
                if !inner.text(inner.at).starts_with(' ') {
                    break;
                }
                self.quote(&mut inner);
            }
            inner.at += 1;
        }
        let text = inner.text(inner.at);
        if let Some((directive, after)) = directive_name(text).filter(|_| is_directive(text)) {
            let end = text.chars().count() - after.chars().count();
            let directive = directive.to_owned();
            std::mem::swap(&mut self.within, &mut within);
            let is_nested = std::mem::replace(&mut self.is_defining, true);
            let finished = self.directive(&mut inner, &directive, end);
            self.is_defining = is_nested;
            std::mem::swap(&mut self.within, &mut within);
            if inner.at + 1 < inner.lines.len() {
                is_finished = finished;
            }
        } else if inner.at + 1 < inner.lines.len() {
            is_finished = inner.is_blank(inner.at + 1);
        }
        let mut is_empty = true;
        let moved: Vec<Child> = inner
            .children
            .iter()
            .filter(|child| {
                let is_inline = **child == Child::Inline;
                is_empty &= !is_inline;
                !is_inline
            })
            .copied()
            .collect();
        for child in moved {
            self.push(body, child);
        }
        let problem = if is_empty {
            "does not name a directive for inline text"
        } else if within.is_problematic {
            "has an error in its text"
        } else if within.has_anonymous {
            "contains an anonymous reference"
        } else if within.has_identifier {
            "contains a target or a footnote reference"
        } else {
            ""
        };
        if !problem.is_empty() {
            if !is_empty {
                self.names.forget(mark);
            }
            self.problem(line, format!("the substitution |{name}| {problem}"));
            self.push(body, Child::Message);
            return is_finished;
        }
        if !self.names.substitutions.define(name, within.substitutions) {
            self.problem(line, format!("the substitution |{name}| is defined twice"));
        }
        self.push(body, Child::Substitution);
        is_finished
    }
}

/// Whether a directive begins a substitution, where no blank may come before the colons.
fn is_directive(text: &str) -> bool {
    simple_name(text).is_some_and(|rest| rest.starts_with("::"))
}

/// The name of `name| …` and the end of the mark.
fn substitution_name(text: &[char]) -> Option<(&[char], usize)> {
    for bar in 1..text.len() {
        let last = text.get(bar - 1)?;
        if text.get(bar) != Some(&'|') || is_space(*last) || *last == '\0' {
            continue;
        }
        let rest = text.get(bar + 1..)?;
        let blanks = rest.iter().take_while(|c| **c == ' ').count();
        if blanks > 0 || rest.is_empty() {
            return Some((text.get(..bar)?, bar + 1 + blanks));
        }
    }
    None
}
