//! Simple tables.

use super::{
    super::{Checker, chars::is_space, lines::Body},
    Cell, Malformed, Rows, is_simple_border, without_combining,
};

/// The first column of a table's column, and the one after its last.
type Span = (usize, usize);

struct Simple {
    rows: Rows,
    columns: Vec<Span>,
    border: usize,
    cells: Vec<Cell>,
}

impl Checker {
    pub(super) fn simple_table(&mut self, body: &mut Body<'_, '_>) -> bool {
        let begin = body.at;
        let length = body.text(begin).len();
        let mut found: Option<usize> = None;
        let mut end = None;
        for at in begin + 1..body.lines.len() {
            let text = body.text(at);
            if !is_simple_border(text) {
                continue;
            }
            let is_closed = body.is_blank(at + 1);
            if text.len() != length {
                body.at = at;
                let malformed = Malformed {
                    row: at - begin,
                    message: "the borders of the table differ in length",
                };
                self.malformed(body, at + 1 - begin, &malformed);
                return is_closed;
            }
            if found.is_some() || is_closed {
                end = Some(at);
                break;
            }
            found = Some(at);
        }
        let Some(end) = end else {
            body.at = found.unwrap_or(body.lines.len() - 1);
            let message = "the table has no bottom border";
            self.malformed(body, body.at + 1 - begin, &Malformed { row: 0, message });
            return found.is_none();
        };
        body.at = end;
        let count = end + 1 - begin;
        let mut table = Simple {
            rows: Rows::new(body.slice(begin, end + 1)),
            columns: Vec::new(),
            border: 0,
            cells: Vec::new(),
        };
        let parsed = table.parse(self);
        match parsed {
            Ok(()) => {
                let columns = table.columns.len();
                self.cells(body, &table.rows, columns, &table.cells);
            }
            Err(malformed) => self.malformed(body, count, &malformed),
        }
        body.is_blank(end + 1)
    }
}

impl Simple {
    fn parse(&mut self, checker: &mut Checker) -> Result<(), Malformed> {
        let last = self.rows.len() - 1;
        for border in [0, last] {
            for c in self.rows.rows.get_mut(border).into_iter().flatten() {
                *c = if *c == '=' { '-' } else { *c };
            }
        }
        self.head(last)?;
        self.columns = self.spans(0)?;
        self.border = self.columns.last().map_or(0, |(_, end)| *end);
        let first = self.columns.first().copied().unwrap_or_default();
        let mut begin = 1;
        let mut has_text = false;
        for at in 1..self.rows.len() {
            let row = self.rows.get(at);
            if is_rule(row) {
                self.row(begin, at, Some(at), checker)?;
                begin = at + 1;
                has_text = false;
            } else if !is_blank(part(row, first.0, first.1)) {
                // Text in the first column begins a row.
                if has_text && at != begin {
                    self.row(begin, at, None, checker)?;
                }
                begin = at;
                has_text = true;
            } else if !has_text {
                begin = at + 1;
            }
            if checker.is_full() {
                break;
            }
        }
        Ok(())
    }

    /// Finds the line between the head and the body, and makes it an ordinary border.
    fn head(&mut self, last: usize) -> Result<(), Malformed> {
        let is_separator =
            |row: &[char]| row.first() == Some(&'=') && row.iter().all(|c| matches!(c, '=' | ' '));
        let mut found = None;
        for at in 0..=last {
            if !is_separator(self.rows.get(at)) {
                continue;
            }
            if found.is_some() {
                let message = "the table has several lines of = below its head";
                return Err(Malformed { row: at, message });
            }
            found = Some(at);
            for c in self.rows.rows.get_mut(at).into_iter().flatten() {
                *c = if *c == '=' { '-' } else { *c };
            }
        }
        Ok(())
    }

    /// The columns of a line of dashes.
    fn spans(&self, at: usize) -> Result<Vec<Span>, Malformed> {
        let row = self.rows.get(at);
        let end = row
            .iter()
            .rposition(|c| !is_space(*c))
            .map_or(0, |last| last + 1);
        let mut spans: Vec<Span> = Vec::new();
        let mut begin = None;
        for column in 0..=end {
            let is_dash = column < end && row.get(column) == Some(&'-');
            match begin {
                None if is_dash => begin = Some(column),
                Some(from) if column == end || row.get(column) == Some(&' ') => {
                    spans.push((from, column));
                    begin = None;
                }
                _ => {}
            }
        }
        if let (Some(last), Some((_, right))) = (spans.last_mut(), self.columns.last()) {
            if last.1 != self.border {
                let message = "a line of - in the table ends before the last column";
                return Err(Malformed { row: at, message });
            }
            last.1 = *right;
        }
        Ok(spans)
    }

    /// Cuts a row into its cells.
    fn row(
        &mut self,
        begin: usize,
        end: usize,
        rule: Option<usize>,
        checker: &mut Checker,
    ) -> Result<(), Malformed> {
        if begin >= end && rule.is_none() {
            return Ok(());
        }
        let mut spans = match rule {
            Some(rule) => self.spans(rule)?,
            None => self.columns.clone(),
        };
        checker.work(spans.len() + (end - begin.min(end)) * spans.len());
        self.fit(&mut spans, begin, end)?;
        let mut column = 0;
        for (from, to) in &spans {
            let starts = self
                .columns
                .get(column)
                .is_some_and(|(start, _)| start == from);
            let mut last = column;
            while starts && self.columns.get(last).is_some_and(|(_, end)| end != to) {
                last += 1;
            }
            if !starts || self.columns.get(last).is_none() {
                let message = "a line of - in the table does not match its columns";
                return Err(Malformed {
                    row: begin + 1,
                    message,
                });
            }
            column = last + 1;
        }
        for (from, to) in spans {
            if checker.is_full() {
                break;
            }
            self.cells.push(Cell::new((begin, from), (end, to)));
        }
        Ok(())
    }

    /// Checks for text between columns, and widens the last one to its text.
    fn fit(&mut self, spans: &mut [Span], begin: usize, end: usize) -> Result<(), Malformed> {
        let lines: Vec<Vec<char>> = (begin..end)
            .map(|at| without_combining(self.rows.get(at)))
            .collect();
        let count = spans.len();
        for at in 0..count {
            let next = spans.get(at + 1).map(|(from, _)| *from);
            for (row, line) in lines.iter().enumerate() {
                let Some((from, to)) = spans.get(at).copied() else {
                    continue;
                };
                match next {
                    None if !is_blank(line.get(to..).unwrap_or_default()) => {
                        let length = line
                            .iter()
                            .rposition(|c| !is_space(*c))
                            .map_or(0, |last| last + 1);
                        let right = length.max(from);
                        let widest = self.columns.last().map_or(0, |(_, end)| *end);
                        if let Some(span) = spans.get_mut(at) {
                            span.1 = widest.max(right);
                        }
                        if let Some(last) = self.columns.last_mut() {
                            last.1 = widest.max(right);
                        }
                    }
                    Some(next) if !is_blank(part(line, to, next)) => {
                        let message = "there is text between the columns of the table";
                        return Err(Malformed {
                            row: begin + row,
                            message,
                        });
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn is_rule(row: &[char]) -> bool {
    row.first() == Some(&'-') && row.iter().all(|c| matches!(c, '-' | ' '))
}

fn is_blank(text: &[char]) -> bool {
    text.iter().all(|c| is_space(*c))
}

fn part(row: &[char], begin: usize, end: usize) -> &[char] {
    row.get(begin..end.min(row.len())).unwrap_or_default()
}
