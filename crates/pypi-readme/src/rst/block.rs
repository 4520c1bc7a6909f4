//! The blocks of a body.

use super::{
    Checker,
    lines::{Body, Line, dedent},
    lists, title,
};

impl Checker {
    pub(super) fn body(&mut self, body: Body) {
        let mut at = 0;
        while at < body.lines.len() {
            at = if body.text(at).is_empty() {
                at + 1
            } else {
                self.block(&body, at).max(at + 1)
            };
        }
    }

    /// Checks the block that begins at a line; returns where the next one may begin.
    fn block(&mut self, body: &Body, at: usize) -> usize {
        let text = body.text(at);
        if text.starts_with(' ') {
            return self.quote(body, at);
        }
        if text == ".." || text.starts_with(".. ") {
            return self.explicit(body, at);
        }
        if text == "__" || text.starts_with("__ ") {
            return self.anonymous_target(body, at);
        }
        if text.starts_with(">>>") && matches!(text.get(3..4), None | Some(" ")) {
            self.is_visible = true;
            return at
                + body
                    .lines
                    .iter()
                    .skip(at)
                    .take_while(|line| !line.is_blank())
                    .count();
        }
        if let Some(end) = self.list(body, at) {
            return end;
        }
        if is_grid(text) || is_simple_table(text) {
            return self.table(body, at);
        }
        if let Some(end) = self.title_or_transition(body, at) {
            return end;
        }
        self.text_block(body, at)
    }

    fn quote(&mut self, body: &Body, at: usize) -> usize {
        let end = body.indented(at, 1);
        self.nest(dedent(body.slice(at, end)), body.depth + 1, false);
        if body.is_joined(end) {
            self.problem(
                body.number(end),
                "the block quote ends without a blank line",
            );
        }
        end
    }

    /// A definition, or a paragraph.
    fn text_block(&mut self, body: &Body, at: usize) -> usize {
        if body
            .line(at + 1)
            .is_some_and(|line| !line.is_blank() && line.indent() > 0)
        {
            return self.definitions(body, at);
        }
        self.is_visible = true;
        let count = body
            .lines
            .iter()
            .skip(at)
            .take_while(|line| !line.is_blank() && line.indent() == 0)
            .count();
        let end = at + count;
        let lines = body.slice(at, end).to_vec();
        let is_before_literal = lines.last().is_some_and(|line| line.text.ends_with("::"));
        self.inline(&lines);
        if body.is_joined(end) {
            self.problem(body.number(end), "unexpected indent");
        }
        if is_before_literal {
            self.literal(body, end)
        } else {
            end
        }
    }

    fn definitions(&mut self, body: &Body, at: usize) -> usize {
        self.is_visible = true;
        let mut at = at;
        loop {
            self.inline(body.slice(at, at + 1));
            let end = body.indented(at + 1, 1);
            self.nest(dedent(body.slice(at + 1, end)), body.depth + 1, false);
            let is_next = body.is_joined(end)
                && body
                    .line(end + 1)
                    .is_some_and(|line| !line.is_blank() && line.indent() > 0);
            if body.is_joined(end) && !is_next {
                self.problem(
                    body.number(end),
                    "the definition list ends without a blank line",
                );
            }
            if !is_next {
                return end;
            }
            at = end;
        }
    }

    /// The literal block after a paragraph that ends with `::`.
    fn literal(&mut self, body: &Body, at: usize) -> usize {
        let blanks = body
            .lines
            .iter()
            .skip(at)
            .take_while(|line| line.is_blank())
            .count();
        let begin = at + blanks;
        let Some(first) = body.line(begin) else {
            self.problem(
                body.number(at.saturating_sub(1)),
                "a literal block is expected after \"::\"",
            );
            return begin;
        };
        self.is_visible = true;
        if first.indent() > 0 {
            let end = body.indented(begin, 1);
            if body.is_joined(end) {
                self.problem(
                    body.number(end),
                    "the literal block ends without a blank line",
                );
            }
            return end;
        }
        let mark = first.text.chars().next().filter(char::is_ascii_punctuation);
        match mark {
            Some(mark) if blanks > 0 => {
                let is_of = |line: &&Line| line.text.starts_with(mark);
                let end = begin + body.lines.iter().skip(begin).take_while(is_of).count();
                if body.is_joined(end) {
                    self.problem(
                        body.number(end),
                        "the lines of the quoted literal block begin with different characters",
                    );
                }
                end
            }
            _ => {
                self.problem(first.number, "a literal block is expected after \"::\"");
                begin
            }
        }
    }

    fn table(&mut self, body: &Body, at: usize) -> usize {
        self.is_visible = true;
        let is_grid = is_grid(body.text(at));
        let mut end = at + 1;
        let mut borders = 1;
        while let Some(line) = body.line(end) {
            let is_border = if is_grid {
                is_grid_border(&line.text)
            } else {
                is_simple_border(&line.text)
            };
            if line.is_blank() && (is_grid || borders > 1) {
                break;
            }
            borders += usize::from(is_border);
            end += 1;
            if !is_grid && is_border && borders > 1 && body.line(end).is_none_or(Line::is_blank) {
                break;
            }
        }
        let last = body.text(end - 1);
        let is_closed = if is_grid {
            is_grid_border(last)
        } else {
            is_simple_border(last)
        };
        if borders < 2 || !is_closed {
            self.problem(body.number(at), "the table has no bottom border");
        }
        let width = body.text(at).chars().count();
        let is_ragged = |line: &Line| {
            let ends = line.text.ends_with(['|', '+']) && line.text.starts_with(['|', '+']);
            !ends
                || line.text.chars().count() != width
                || !line.text.is_ascii() && title::width(&line.text) != width
        };
        if is_grid
            && body.slice(at, end).iter().all(|line| line.text.is_ascii())
            && body.slice(at, end).iter().any(is_ragged)
        {
            self.problem(
                body.number(at),
                "the lines of the table do not all end in its borders",
            );
        }
        self.unchecked(body.number(at), "the cells of a table");
        end
    }

    fn list(&mut self, body: &Body, at: usize) -> Option<usize> {
        let kind = lists::Kind::of(body, at)?;
        self.is_visible = true;
        Some(self.items(body, at, kind))
    }
}

fn is_grid(text: &str) -> bool {
    text.starts_with("+-") && is_grid_border(text) && text.ends_with("-+")
}

fn is_grid_border(text: &str) -> bool {
    text.len() > 2
        && text.starts_with('+')
        && text.ends_with('+')
        && text.chars().all(|c| matches!(c, '+' | '-' | '='))
}

fn is_simple_table(text: &str) -> bool {
    text.contains("= =") || text.contains("=  ") && is_simple_border(text)
}

fn is_simple_border(text: &str) -> bool {
    text.starts_with('=') && text.chars().all(|c| matches!(c, '=' | ' '))
}
