//! Lists: bullets, fields, options, and the lines of a verse. `enumerated` has the numbered ones.

use super::{
    Checker, Child, Field,
    chars::blanks,
    inline::At,
    lines::{Body, Indent, Place},
};

/// The number of characters of a mark and the blanks after it.
pub(super) fn marked(text: &str, mark: &str) -> Option<usize> {
    let rest = text.strip_prefix(mark)?;
    let blanks = blanks(rest)?;
    Some(mark.chars().count() + blanks)
}

/// Whether a line looks like an item of a list.
pub(super) fn is_item(text: &str) -> bool {
    bullet_mark(text).is_some()
        || super::enumerated::Enumerator::parse(text).is_some()
        || field_mark(text).is_some()
        || option_mark(text).is_some()
}

fn bullet_mark(text: &str) -> Option<(char, usize)> {
    let bullet = text.chars().next()?;
    let is_bullet = matches!(bullet, '-' | '+' | '*' | '•' | '‣' | '⁃');
    let blanks = text.get(bullet.len_utf8()..).and_then(blanks)?;
    is_bullet.then_some((bullet, blanks + 1))
}

/// The name of `:name: `, and the number of characters up to the text.
pub(super) fn field_mark(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix(':')?;
    if rest.starts_with([' ', ':']) {
        return None;
    }
    let mut before = ':';
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next()?;
            }
            ':' => match chars.peek() {
                None | Some((_, ' ')) if before != ' ' => {
                    let name = rest.get(..at)?;
                    let blanks = blanks(rest.get(at + 1..)?)?;
                    return Some((name, name.chars().count() + 2 + blanks));
                }
                None | Some((_, ' ' | '`')) => return None,
                Some(_) => {}
            },
            _ => {}
        }
        before = c;
    }
    None
}

/// The number of characters of `-a FILE, --all=FILE` and the blanks after it.
fn option_mark(text: &str) -> Option<usize> {
    let mut rest = text;
    loop {
        rest = option(rest)?;
        match rest.strip_prefix(", ") {
            Some(next) if !next.is_empty() => rest = next,
            _ => break,
        }
    }
    let blanks = rest.bytes().take_while(|b| *b == b' ').count();
    let is_end = blanks >= 2 || (blanks == rest.len() && blanks <= 1);
    is_end.then(|| text.chars().count() - rest.chars().count() + blanks)
}

/// What follows an option and its argument.
fn option(text: &str) -> Option<&str> {
    let (rest, is_long) = match text.strip_prefix("--").or_else(|| text.strip_prefix('/')) {
        Some(rest) => (rest, true),
        None => (text.strip_prefix(['-', '+'])?, false),
    };
    let rest = rest.strip_prefix(|c: char| c.is_ascii_alphanumeric())?;
    let (rest, argument) = if is_long {
        let rest = rest.trim_start_matches(is_option_part);
        (rest, rest.strip_prefix([' ', '=']))
    } else {
        (rest, Some(rest.strip_prefix(' ').unwrap_or(rest)))
    };
    Some(argument.and_then(after_argument).unwrap_or(rest))
}

fn after_argument(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('<') {
        let end = rest.find(['<', '>'])?;
        return rest.get(end..)?.strip_prefix('>').filter(|_| end > 0);
    }
    let rest = text.strip_prefix(|c: char| c.is_ascii_alphabetic())?;
    Some(rest.trim_start_matches(is_option_part))
}

fn is_option_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

impl Checker {
    /// A list that begins at the current line, or text that looks like one; false if there is none.
    pub(super) fn list(&mut self, body: &mut Body<'_, '_>) -> bool {
        let text = body.text(body.at);
        if let Some((bullet, _)) = bullet_mark(text) {
            self.bullets(body, bullet);
        } else if super::enumerated::Enumerator::parse(text).is_some() {
            self.enumerated(body);
        } else if field_mark(text).is_some() {
            self.fields(body);
        } else if let Some(end) = option_mark(text) {
            self.options(body, end);
        } else {
            return false;
        }
        true
    }

    fn bullets(&mut self, body: &mut Body<'_, '_>, bullet: char) {
        let mut items = 0;
        let mut columns = None;
        let mut is_finished = true;
        let mut line = body.at;
        while let Some((mark, end)) = bullet_mark(body.text(line))
            && mark == bullet
            && !self.is_full()
        {
            body.at = line;
            let (children, finished) = self.item(body, end);
            is_finished = finished;
            let inner = match children.as_slice() {
                [Child::Bullets { items, .. }] => Some(*items),
                _ => None,
            };
            columns = match (items, columns) {
                (0, _) => inner,
                (_, columns) => columns.filter(|_| columns == inner),
            };
            items += 1;
            line = self.next_item(body);
        }
        self.push(body, Child::Bullets { items, columns });
        self.end_list(body, line, is_finished, "the bullet list");
    }

    /// The next line that is not blank.
    pub(super) fn next_item(&self, body: &mut Body<'_, '_>) -> usize {
        body.is_held = true;
        let mut line = body.at + 1;
        while line < body.lines.len() && body.is_blank(line) {
            line += 1;
        }
        line
    }

    /// Moves to the line before the one that ends a list.
    pub(super) fn end_list(
        &mut self,
        body: &mut Body<'_, '_>,
        line: usize,
        is_finished: bool,
        what: &str,
    ) {
        body.is_held = false;
        body.at = if line < body.lines.len() {
            line - 1
        } else {
            line
        };
        if !is_finished {
            self.unindent(body, what);
        }
    }

    /// Checks an item whose text begins after `end` characters; returns its elements, and whether a blank line follows.
    pub(super) fn item(&mut self, body: &mut Body<'_, '_>, end: usize) -> (Vec<Child>, bool) {
        let line = body.source(body.at);
        let is_hanging = body
            .line(body.at)
            .is_some_and(|line| !line.without(end).is_empty());
        let indent = if is_hanging {
            Indent::All(end)
        } else {
            Indent::First(end)
        };
        let block = body.indented(indent, false);
        let mut children = Vec::new();
        if !block.is_empty() {
            children = self.nested(body, block, Place::Other, Some(line));
        } else {
            body.awaits.1 = false;
        }
        (children, block.is_finished)
    }

    fn fields(&mut self, body: &mut Body<'_, '_>) {
        let is_first = body.place == Place::Document && self.is_before_text();
        let mut fields = Vec::new();
        let mut is_finished = true;
        let mut line = body.at;
        while field_mark(body.text(line)).is_some() && !self.is_full() {
            body.at = line;
            let (field, finished) = self.field(body);
            is_finished = finished;
            if is_first {
                fields.push(field);
            }
            line = self.next_item(body);
        }
        self.push(body, Child::Other);
        self.end_list(body, line, is_finished, "the field list");
        if is_first {
            self.bibliography = fields;
        }
    }

    fn field(&mut self, body: &mut Body<'_, '_>) -> (Field, bool) {
        let (name, end) = field_mark(body.text(body.at)).unwrap_or_default();
        let name = name.to_owned();
        let line = body.source(body.at);
        let number = body.number(body.at);
        let begin = body.at;
        let block = body.indented(Indent::First(end), false);
        let at = At {
            line: number,
            element: Some(line),
        };
        let name = self.inline(body, &name, at).text;
        let is_single = block.end <= begin + 1;
        let children = if block.is_empty() {
            body.awaits.1 = false;
            Vec::new()
        } else {
            self.nested(body, block, Place::Other, Some(line))
        };
        let field = Field {
            name,
            line,
            children,
            is_single,
        };
        (field, block.is_finished)
    }

    fn options(&mut self, body: &mut Body<'_, '_>, end: usize) {
        let begin = body.at;
        let Some(mut is_finished) = self.option(body, end) else {
            body.at = begin;
            return self.text(body);
        };
        let mut line = self.next_item(body);
        while let Some(end) = option_mark(body.text(line))
            && !self.is_full()
        {
            body.at = line;
            let Some(finished) = self.option(body, end) else {
                break;
            };
            is_finished = finished;
            line = self.next_item(body);
        }
        self.push(body, Child::Other);
        self.end_list(body, line, is_finished, "the option list");
    }

    /// Returns whether a blank line follows an option; none if it has no description, and so is ordinary text.
    fn option(&mut self, body: &mut Body<'_, '_>, end: usize) -> Option<bool> {
        let begin = body.at;
        let original = body.line(begin);
        let block = body.indented(Indent::First(end), false);
        if block.is_empty() {
            if let (Some(line), Some(original)) = (body.lines.get_mut(begin), original) {
                *line = original;
            }
            return None;
        }
        self.nested(body, block, Place::Other, None);
        Some(block.is_finished)
    }

    /// Lines that each begin with a bar.
    pub(super) fn line_block(&mut self, body: &mut Body<'_, '_>) -> bool {
        if marked(body.text(body.at), "|").is_none() {
            return false;
        }
        let first = body.number(body.at);
        let mut is_finished = false;
        let mut line = body.at;
        while let Some(end) = marked(body.text(line), "|")
            && !self.is_full()
        {
            body.at = line;
            let number = body.number(line);
            let mut at = At::line(number);
            at.element = Some(body.source(line));
            let block = body.indented(Indent::First(end), true);
            let text = body.join(block.begin, block.end);
            self.inline(body, &text, at);
            is_finished = block.is_finished;
            if is_finished {
                break;
            }
            line = body.at + 1;
        }
        self.push(body, Child::Other);
        if !is_finished {
            self.problem(first + 1, "the line block ends without a blank line");
            self.push(body, Child::Message);
        }
        true
    }
}
