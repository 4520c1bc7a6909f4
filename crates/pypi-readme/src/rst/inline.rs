//! Inline markup.

use super::{Checker, lines::Line, text::Text};

/// The longest reference name that is recognised, in characters.
const MAX_NAME: usize = 200;

/// The markers that start inline markup, longest first.
const STARTS: [&str; 7] = ["**", "*", "``", "_`", "`", "|", "["];

impl Checker {
    pub(super) fn inline(&mut self, lines: &[Line]) {
        let mut text = Text {
            chars: Vec::new(),
            lines: Vec::new(),
        };
        for line in lines {
            let chars = line.text.chars().chain(['\n']);
            for c in chars {
                text.chars.push(c);
                text.lines.push(line.number);
            }
        }
        text.chars.pop();
        let mut at = 0;
        while at < text.chars.len() && self.problems.len() < super::MAX_PROBLEMS {
            at = self.at(&text, at).max(at + 1);
        }
    }

    /// Checks the markup that begins at a character; returns where to continue.
    fn at(&mut self, text: &Text, at: usize) -> usize {
        match text.get(at) {
            Some('\\') => return at + 2,
            Some('_')
                if text.get(at + 1) != Some('`')
                    || text
                        .get(at.wrapping_sub(1))
                        .is_some_and(|c| c.is_alphanumeric()) =>
            {
                return self.simple_reference(text, at);
            }
            Some(':') => {
                if let Some(end) = self.role_before(text, at) {
                    return end;
                }
            }
            _ => {}
        }
        let Some(start) = STARTS.into_iter().find(|start| text.has(at, start)) else {
            return at + 1;
        };
        if !text.may_start(at, start.len()) {
            return at + start.len();
        }
        let begin = at + start.len();
        let line = text.line(at);
        match start {
            "[" => self.footnote(text, at),
            "``" => self.closed(
                text,
                begin,
                "``",
                line,
                "an inline literal (``) is not closed",
            ),
            "**" => self.closed(text, begin, "**", line, "strong text (**) is not closed"),
            "*" => self.closed(text, begin, "*", line, "emphasis (*) is not closed"),
            "_`" => {
                let end = self.closed(
                    text,
                    begin,
                    "`",
                    line,
                    "an inline target (_`) is not closed",
                );
                let name = text.slice(begin, end.saturating_sub(1));
                self.names.embedded(&name);
                end
            }
            "|" => self.substitution(text, begin, line),
            _ => self.phrase(text, begin, line, false),
        }
    }

    /// Skips to the end of markup; a missing end is a problem.
    fn closed(
        &mut self,
        text: &Text,
        begin: usize,
        end: &str,
        line: usize,
        message: &str,
    ) -> usize {
        match text.find_end(begin, end) {
            Some(at) => at + end.len(),
            None => {
                self.problem(line, message);
                begin
            }
        }
    }

    fn substitution(&mut self, text: &Text, begin: usize, line: usize) -> usize {
        let Some(end) = text.find_end(begin, "|") else {
            self.problem(line, "a substitution (|) is not closed");
            return begin;
        };
        let name = text.slice(begin, end);
        self.names.substitution_reference(&name, line);
        let mut after = end + 1;
        if text.has(after, "__") {
            self.names.anonymous_reference(line);
            after += 2;
        } else if text.has(after, "_") {
            self.names.reference(&name, line);
            after += 1;
        }
        after
    }

    /// `` `text` ``, with a role or as a reference.
    fn phrase(&mut self, text: &Text, begin: usize, line: usize, has_role: bool) -> usize {
        let Some(end) = text.find_phrase_end(begin) else {
            self.problem(line, "interpreted text or a reference (`) is not closed");
            return begin;
        };
        let content = text.slice(begin, end);
        let after = end + 1;
        if text.has(after, "__") {
            if embedded(&content).is_none() {
                self.names.anonymous_reference(line);
            }
            return after + 2;
        }
        if text.has(after, "_") {
            match embedded(&content) {
                Some(("", uri)) => self.names.embedded(uri),
                Some((name, uri)) => {
                    self.names.embedded(name);
                    if let Some(other) =
                        uri.strip_suffix('_').filter(|other| !other.ends_with('\\'))
                    {
                        self.names.reference(other, line);
                    }
                }
                None => self.names.reference(&content, line),
            }
            return after + 1;
        }
        match text.role_after(after) {
            Some((role, end)) if !has_role => {
                self.role(&role, &content, line);
                end
            }
            _ => after,
        }
    }

    /// `:role:` before interpreted text.
    fn role_before(&mut self, text: &Text, at: usize) -> Option<usize> {
        let (role, end) = text.role_after(at)?;
        if text.get(end) != Some('`') || text.has(end, "``") || !text.may_start(at, end - at + 1) {
            return None;
        }
        let line = text.line(at);
        let content = text
            .find_phrase_end(end + 1)
            .map(|close| text.slice(end + 1, close));
        self.role(&role, &content.unwrap_or_default(), line);
        Some(self.phrase(text, end + 1, line, true))
    }

    fn role(&mut self, role: &str, content: &str, line: usize) {
        let is_numbered = matches!(role, "rfc" | "pep" | "rfc-reference" | "pep-reference");
        if is_numbered && !content.starts_with(|c: char| c.is_ascii_digit()) {
            self.problem(
                line,
                format!("{content:?} is not a number, which the role {role:?} needs"),
            );
        }
        if !self.names.has_role(role) {
            self.problem(
                line,
                format!(
                    "unknown role {role:?}: roles of Sphinx and other tools do not render on the index"
                ),
            );
        }
    }

    fn footnote(&mut self, text: &Text, at: usize) -> usize {
        let is_inner =
            |c: char| c.is_alphanumeric() || matches!(c, '#' | '*' | '-' | '_' | '.' | ':' | '+');
        let mut end = at + 1;
        while text.get(end).is_some_and(is_inner) {
            end += 1;
        }
        let label = text.slice(at + 1, end);
        if label.is_empty()
            || !text.has(end, "]_")
            || text.has(end, "]__")
            || !text.may_end(end + 2)
        {
            return at + 1;
        }
        self.names.footnote_reference(&label, text.line(at));
        end + 2
    }

    /// `name_` and `name__`, at the underscore.
    fn simple_reference(&mut self, text: &Text, at: usize) -> usize {
        let is_anonymous = text.has(at, "__");
        let after = at + if is_anonymous { 2 } else { 1 };
        let next_is_name = text
            .get(after)
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        if next_is_name || !text.may_end(after) {
            return after;
        }
        let mut begin = at;
        while begin > at.saturating_sub(MAX_NAME)
            && text
                .get(begin - 1)
                .is_some_and(|c| c.is_alphanumeric() || "-_.:+".contains(c))
        {
            begin -= 1;
        }
        let name = text.slice(begin, at);
        let parts: Vec<&str> = name.split(['-', '.', '_', '+', ':']).collect();
        let last_sound = parts
            .iter()
            .rposition(|part| part.is_empty())
            .map_or(0, |odd| odd + 1);
        let sound: usize = parts
            .iter()
            .take(last_sound)
            .map(|part| part.chars().count() + 1)
            .sum();
        let begin = begin + sound;
        let name = text.slice(begin, at);
        if name.is_empty() || !text.may_start_name(begin) {
            return after;
        }
        if is_anonymous {
            self.names.anonymous_reference(text.line(at));
        } else {
            self.names.reference(&name, text.line(at));
        }
        after
    }
}

/// The text and the URI of `text <uri>`.
fn embedded(content: &str) -> Option<(&str, &str)> {
    let (name, uri) = content.strip_suffix('>')?.rsplit_once('<')?;
    (name.is_empty() || name.ends_with([' ', '\n'])).then(|| (name.trim(), uri))
}
