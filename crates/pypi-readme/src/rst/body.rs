//! The blocks of a body, by their first line.

use super::{
    Checker, Child,
    chars::is_space,
    inline::At,
    lines::{Block, Body, Indent, Place, join},
};

impl Checker {
    /// Checks a body from its current line to its end.
    pub(super) fn body(&mut self, body: &mut Body<'_, '_>) {
        while body.at < body.lines.len() && !self.is_full() {
            self.work(1);
            self.block(body);
            body.at += 1;
        }
    }

    /// Checks lines within a body as a body of their own; returns its elements.
    pub(super) fn nested(
        &mut self,
        body: &mut Body<'_, '_>,
        block: Block,
        place: Place,
        element: Option<usize>,
    ) -> Vec<Child> {
        let offset = body.offset + block.begin;
        self.nested_at(body, block, place, element, offset)
    }

    /// As `nested`, with lines that docutils counts from another offset.
    pub(super) fn nested_at(
        &mut self,
        body: &mut Body<'_, '_>,
        block: Block,
        place: Place,
        element: Option<usize>,
        offset: usize,
    ) -> Vec<Child> {
        self.sync(body);
        let element = element.or(body.element);
        let Some(lines) = body.lines.get_mut(block.begin..block.end) else {
            return Vec::new();
        };
        let mut inner = Body::new(lines, offset, place);
        inner.element = element;
        self.enter(&mut inner);
        body.awaits.1 = inner.awaits.0 || inner.awaits.1;
        inner.children
    }

    pub(super) fn enter(&mut self, body: &mut Body<'_, '_>) {
        if self.depth >= super::MAX_DEPTH {
            let line = body.source(0);
            return self.unchecked(line, "the parts are nested too deeply");
        }
        self.depth += 1;
        self.body(body);
        self.depth -= 1;
    }

    /// Checks the block that begins at the current line; moves to its last line.
    fn block(&mut self, body: &mut Body<'_, '_>) {
        let text = body.text(body.at);
        if text.is_empty() || body.is_blank(body.at) {
            return;
        }
        if text.starts_with(' ') {
            return self.quote(body);
        }
        if self.list(body) {
            return;
        }
        if text.starts_with(">>>") && matches!(text.get(3..4), None | Some(" ")) {
            let (end, _) = body.text_end(false);
            body.at = end - 1;
            return self.push(body, Child::Other);
        }
        if self.line_block(body) || self.table(body) || self.explicit(body) {
            return;
        }
        if self.ruled(body) {
            return;
        }
        self.text(body);
    }

    pub(super) fn quote(&mut self, body: &mut Body<'_, '_>) {
        let block = body.indented(Indent::Unknown, false);
        self.quotes(body, block, body.offset + block.begin);
        self.finished(body, block, "the block quote");
    }

    /// Reports a block that text follows without a blank line.
    pub(super) fn finished(&mut self, body: &mut Body<'_, '_>, block: Block, what: &str) {
        if !block.is_finished {
            self.unindent(body, what);
        }
    }

    pub(super) fn unindent(&mut self, body: &mut Body<'_, '_>, what: &str) {
        self.problem(
            body.number(body.at + 1),
            format!("{what} ends without a blank line"),
        );
        self.push(body, Child::Message);
    }

    /// Block quotes, which attributions separate.
    pub(super) fn quotes(&mut self, body: &mut Body<'_, '_>, block: Block, offset: usize) {
        let shift = offset.wrapping_sub(block.begin);
        let mut rest = block;
        while !rest.is_empty() && !self.is_full() {
            let attribution = attribution(body, rest);
            let begin = attribution.map_or(rest.end, |found| found.begin);
            let quote = Block { end: begin, ..rest };
            let line = body.source(rest.begin);
            self.nested_at(
                body,
                quote,
                Place::Other,
                Some(line),
                rest.begin.wrapping_add(shift),
            );
            self.push(body, Child::Other);
            let Some(found) = attribution else {
                return;
            };
            let line = found.begin.wrapping_add(shift) + 1;
            let text = body.join(found.begin, found.end);
            self.inline(body, &text, At::line(line));
            rest.begin = found.end;
            while !rest.is_empty() && body.text(rest.begin).is_empty() {
                rest.begin += 1;
            }
        }
    }

    /// A paragraph, a title or a definition, from its first line.
    pub(super) fn text(&mut self, body: &mut Body<'_, '_>) {
        let first = body.at;
        body.at += 1;
        let next = body.text(body.at);
        if body.is_blank(body.at) {
            // Also at the end, where no line is left.
            let is_at_end = body.at >= body.lines.len();
            let is_literal = self.paragraph(body, first, first + 1);
            if is_literal {
                if is_at_end && body.place == Place::Document {
                    self.after_end -= 1;
                }
                self.literal(body);
            }
            return;
        }
        if next.starts_with(' ') {
            return self.definitions(body);
        }
        if super::title::rule(next).is_some() && self.underlined(body) {
            return;
        }
        self.lines_of_text(body, first);
    }

    fn lines_of_text(&mut self, body: &mut Body<'_, '_>, first: usize) {
        let (end, indented) = body.text_end(true);
        body.at = end - 1;
        let is_literal = self.paragraph(body, first, end);
        if let Some(at) = indented {
            self.problem(body.source(at), "unexpected indent");
            self.push(body, Child::Message);
        }
        if is_literal {
            body.at += 1;
            self.literal(body);
        }
    }

    /// Returns whether a literal block must follow.
    fn paragraph(&mut self, body: &mut Body<'_, '_>, begin: usize, end: usize) -> bool {
        let text = join(body.slice(begin, end));
        let text = text.trim_end_matches(is_space);
        let at = At {
            line: body.number(begin),
            element: Some(body.source(begin)),
        };
        let Some(before) = text.strip_suffix("::").filter(|before| !is_escaped(before)) else {
            self.inline(body, text, at);
            self.push(body, Child::Paragraph);
            return false;
        };
        if before.is_empty() {
            return true;
        }
        let text = match before.strip_suffix([' ', '\n']) {
            Some(before) => before.trim_end_matches(is_space),
            None => text.strip_suffix(':').unwrap_or(text),
        };
        self.inline(body, text, at);
        self.push(body, Child::Paragraph);
        true
    }

    /// The literal block after a paragraph that ends with `::`.
    fn literal(&mut self, body: &mut Body<'_, '_>) {
        let at = body.at;
        let block = body.indented(Indent::Unknown, false);
        if block.is_empty() {
            body.at = at;
            return self.quoted_literal(body);
        }
        self.push(body, Child::Other);
        self.finished(body, block, "the literal block");
    }

    /// Literal lines that all begin with the same punctuation.
    fn quoted_literal(&mut self, body: &mut Body<'_, '_>) {
        while body.at < body.lines.len() && body.is_blank(body.at) {
            body.at += 1;
        }
        let first = body.text(body.at).chars().next();
        let Some(mark) = first.filter(char::is_ascii_punctuation) else {
            self.problem(
                body.number(body.at),
                "a literal block is expected after \"::\"",
            );
            self.push(body, Child::Message);
            body.at = body.at.saturating_sub(1);
            return;
        };
        let mut end = body.at + 1;
        while body.text(end).starts_with(mark) {
            end += 1;
        }
        self.push(body, Child::Other);
        if !body.is_blank(end) {
            let message = if body.text(end).starts_with(' ') {
                "unexpected indent"
            } else {
                "the lines of the quoted literal block begin with different characters"
            };
            self.problem(body.number(end), message);
            self.push(body, Child::Message);
        }
        body.at = end - 1;
    }

    /// A definition list, whose first term is on the line before the current one.
    fn definitions(&mut self, body: &mut Body<'_, '_>) {
        let mut is_finished = self.definition(body);
        while !self.is_full() {
            let last = body.at;
            let mut term = last + 1;
            while term < body.lines.len() && body.is_blank(term) {
                term += 1;
            }
            if term >= body.lines.len() {
                body.at = body.lines.len();
                break;
            }
            let text = body.text(term);
            let is_term = !text.starts_with(' ')
                && !self.starts_block(text)
                && body.text(term + 1).starts_with(' ')
                && !body.is_blank(term + 1);
            if !is_term {
                body.at = term - 1;
                break;
            }
            body.at = term + 1;
            is_finished = self.definition(body);
        }
        self.push(body, Child::Other);
        if !is_finished {
            self.unindent(body, "the definition list");
        }
    }

    /// Whether a line begins something else than text.
    fn starts_block(&self, text: &str) -> bool {
        super::lists::is_item(text)
            || (text.starts_with(">>>") && matches!(text.get(3..4), None | Some(" ")))
            || super::lists::marked(text, "|").is_some()
            || super::table::is_top(text)
            || super::lists::marked(text, "..").is_some()
            || super::lists::marked(text, "__").is_some()
            || super::title::rule(text).is_some()
    }

    fn definition(&mut self, body: &mut Body<'_, '_>) -> bool {
        let term = body.at - 1;
        let line = body.number(term);
        let text = body.text(term).to_owned();
        let definition = body.source(body.at);
        let block = body.indented(Indent::Unknown, false);
        let mut at = At::line(line);
        at.element = Some(body.source(term));
        self.inline(body, &text, at);
        self.nested(body, block, Place::Other, Some(definition));
        block.is_finished
    }
}

/// Whether a backslash escapes what follows a text.
fn is_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

/// The attribution in a block quote: after a blank line, it begins with a dash, and its other lines have one indent.
fn attribution(body: &mut Body<'_, '_>, block: Block) -> Option<Block> {
    let mut is_after_blank = false;
    let mut is_after_text = false;
    for at in block.begin..block.end {
        let text = body.text(at);
        if body.is_blank(at) {
            is_after_blank = true;
            continue;
        }
        if is_after_blank
            && is_after_text
            && let Some(dash) = dash(text)
            && let Some((end, indent)) = attribution_end(body, at, block.end)
        {
            body.trim(at, at + 1, dash);
            body.trim(at + 1, end, indent);
            return Some(Block {
                begin: at,
                end,
                is_finished: true,
            });
        }
        is_after_blank = false;
        is_after_text = true;
    }
    None
}

/// The number of characters of `-- `, `--- ` or `— ` before text.
fn dash(text: &str) -> Option<usize> {
    let dashes = ["---", "--", "—"];
    let mark = dashes.iter().find(|mark| text.starts_with(**mark))?;
    let rest = text.get(mark.len()..)?;
    if mark.starts_with('-') && rest.starts_with('-') {
        return None;
    }
    let blanks = rest.bytes().take_while(|b| *b == b' ').count();
    (blanks < rest.len()).then(|| mark.chars().count() + blanks)
}

fn attribution_end(body: &Body<'_, '_>, at: usize, end: usize) -> Option<(usize, usize)> {
    let mut indent = None;
    for at in at + 1..end {
        let Some(line) = body.line(at).filter(|line| !line.is_blank()) else {
            return Some((at, indent.unwrap_or(0)));
        };
        if *indent.get_or_insert_with(|| line.indent()) != line.indent() {
            return None;
        }
    }
    Some((end, indent.unwrap_or(0)))
}
