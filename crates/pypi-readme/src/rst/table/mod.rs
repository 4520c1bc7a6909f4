//! Tables in markup: their borders, and the bodies in their cells.

mod grid;
mod simple;

use super::{
    Checker, Child,
    chars::{is_combining, is_space, is_wide},
    lines::{Body, Line, Place},
};

/// Stands for the second column of a wide character.
const PADDING: char = '\0';

/// A line as characters, each of one column.
type Row = Vec<char>;

/// The rows and columns of the text of a cell: the first ones, and those after the last ones. Tables have many cells.
#[derive(Clone, Copy, Debug)]
struct Cell {
    top: u32,
    bottom: u32,
    left: u32,
    right: u32,
}

impl Cell {
    fn new((top, left): (usize, usize), (bottom, right): (usize, usize)) -> Self {
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            top: number(top),
            bottom: number(bottom),
            left: number(left),
            right: number(right),
        }
    }
}

/// A malformed table, and the row that shows it.
#[derive(Debug)]
struct Malformed {
    row: usize,
    message: &'static str,
}

/// The rows of a table, each with the line of the description.
#[derive(Debug)]
struct Rows {
    rows: Vec<Row>,
    sources: Vec<usize>,
    /// Whether each character is a column.
    is_plain: bool,
}

/// Whether a line is the top of a table.
pub(super) fn is_top(text: &str) -> bool {
    is_grid_top(text) || is_simple_top(text)
}

fn is_grid_top(text: &str) -> bool {
    text.len() >= 5
        && text.starts_with("+-")
        && text.ends_with("-+")
        && text.bytes().all(|b| matches!(b, b'+' | b'-'))
}

fn is_simple_top(text: &str) -> bool {
    is_simple_border(text) && text.contains("= ")
}

fn is_simple_border(text: &str) -> bool {
    text.starts_with('=') && text.bytes().all(|b| matches!(b, b'=' | b' '))
}

impl Rows {
    fn new(lines: &[Line<'_>]) -> Self {
        Self {
            is_plain: lines.iter().all(|line| line.text.is_ascii()),
            rows: lines.iter().map(|line| row(line.text)).collect(),
            sources: lines.iter().map(|line| line.number).collect(),
        }
    }

    fn get(&self, row: usize) -> &[char] {
        self.rows.get(row).map_or(&[], Vec::as_slice)
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    /// The text of a cell, without its common indent, and the line of each of its lines.
    fn cell(&self, cell: &Cell) -> Vec<(String, usize)> {
        let mut lines: Vec<(String, usize)> = (cell.top as usize..cell.bottom as usize)
            .map(|at| {
                let row = self.get(at);
                let column = |at: u32| {
                    if self.is_plain {
                        at as usize
                    } else {
                        column(row, at as usize)
                    }
                };
                let begin = column(cell.left).min(row.len());
                let end = column(cell.right).min(row.len());
                let text = row.get(begin..end.max(begin)).unwrap_or_default();
                let text: String = text.iter().collect();
                let source = self.sources.get(at).copied().unwrap_or_default();
                (text.trim_end_matches(is_space).to_owned(), source)
            })
            .collect();
        let indents = lines
            .iter()
            .filter(|(text, _)| !text.is_empty())
            .map(|(text, _)| text.chars().take_while(|c| is_space(*c)).count());
        let indent = indents.min().unwrap_or(0);
        for (text, number) in &mut lines {
            let line = Line {
                text,
                number: *number,
            };
            let rest = line.without(indent);
            *text = rest.chars().filter(|c| *c != PADDING).collect();
        }
        lines
    }
}

/// The characters of a line, each wide one with padding.
fn row(text: &str) -> Row {
    let mut row = Vec::with_capacity(text.len());
    for c in text.chars() {
        row.push(c);
        if is_wide(c) {
            row.push(PADDING);
        }
    }
    row
}

/// Where a column is in a row that may contain combining characters.
fn column(row: &[char], column: usize) -> usize {
    let columns = row.iter().enumerate().filter(|(_, c)| !is_combining(**c));
    columns.map(|(at, _)| at).nth(column).unwrap_or(row.len())
}

fn without_combining(row: &[char]) -> Row {
    row.iter().copied().filter(|c| !is_combining(*c)).collect()
}

impl Checker {
    /// A table whose top border is the current line; false if there is none.
    pub(super) fn table(&mut self, body: &mut Body<'_, '_>) -> bool {
        let text = body.text(body.at);
        let is_finished = if is_grid_top(text) {
            self.grid(body)
        } else if is_simple_top(text) {
            self.simple_table(body)
        } else {
            return false;
        };
        if !is_finished {
            self.problem(
                body.number(body.at) + 1,
                "a blank line must follow the table",
            );
            self.push(body, Child::Message);
        }
        true
    }

    /// Reports a malformed table that ends at the current line and has `count` lines.
    fn malformed(&mut self, body: &mut Body<'_, '_>, count: usize, malformed: &Malformed) {
        let line = (body.number(body.at) + 1 + malformed.row).saturating_sub(count);
        self.problem(line, malformed.message);
        self.push(body, Child::Message);
    }

    /// Checks the cells of a table that ends at the current line.
    fn cells(&mut self, body: &mut Body<'_, '_>, rows: &Rows, columns: usize, cells: &[Cell]) {
        let first = (body.number(body.at) + 1).saturating_sub(rows.len());
        for cell in cells {
            self.work(if rows.is_plain {
                1
            } else {
                rows.get(cell.top as usize).len()
            });
            let offset = first + cell.top as usize - 1;
            self.cell(body, &rows.cell(cell), offset, Some(first));
            if self.is_full() {
                break;
            }
        }
        let columns = u32::try_from(columns).unwrap_or(u32::MAX);
        self.push(body, Child::Table { columns });
    }

    /// Checks the text of a cell as a body of its own.
    pub(super) fn cell(
        &mut self,
        body: &mut Body<'_, '_>,
        lines: &[(String, usize)],
        offset: usize,
        element: Option<usize>,
    ) -> bool {
        self.sync(body);
        body.awaits.1 = false;
        if lines.iter().all(|(text, _)| text.is_empty()) {
            return false;
        }
        let mut lines: Vec<Line<'_>> = lines
            .iter()
            .map(|(text, number)| Line {
                text,
                number: *number,
            })
            .collect();
        let mut inner = Body::new(&mut lines, offset, Place::Other);
        inner.element = element;
        self.enter(&mut inner);
        body.awaits.1 = inner.awaits.0 || inner.awaits.1;
        true
    }
}
