//! Grid tables.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

use super::{
    super::{Checker, Child, lines::Body},
    Cell, Malformed, Row, Rows, is_grid_top, without_combining,
};

/// A table whose borders are traced, cell by cell.
struct Grid {
    rows: Rows,
    /// The rows without combining characters; empty if there are none.
    stripped: Vec<Row>,
    bottom: usize,
    right: usize,
    /// For each column, the last row that belongs to a cell, and one more.
    done: Vec<usize>,
    columns: BTreeSet<usize>,
    work: usize,
}

/// The opposite corner of a cell.
struct Corner {
    bottom: usize,
    right: usize,
}

impl Checker {
    pub(super) fn grid(&mut self, body: &mut Body<'_, '_>) -> bool {
        let begin = body.at;
        let (mut end, indented) = body.text_end(true);
        body.at = end - 1;
        let mut is_finished = true;
        if let Some(at) = indented {
            self.problem(body.source(at), "unexpected indent");
            is_finished = false;
        }
        let cut = (begin..end).find(|at| !body.text(*at).starts_with(['+', '|']));
        let is_cut = cut.is_some();
        if let Some(at) = cut {
            is_finished = false;
            body.at -= end - at;
            end = at;
        }
        let message = |row, message| Some(Malformed { row, message });
        let mut malformed = None;
        if !is_grid_top(body.text(end - 1)) {
            // From the last but one to the third line.
            match (begin + 2..end.saturating_sub(1))
                .rev()
                .find(|at| is_grid_top(body.text(*at)))
            {
                Some(at) => {
                    // docutils goes on two lines before the border.
                    body.at = at - 2;
                    end = at + 1;
                    is_finished = false;
                }
                None => {
                    let row = if end - begin > 3 {
                        2
                    } else {
                        end - begin - usize::from(!is_cut)
                    };
                    malformed = message(row, "the table has no bottom border");
                }
            }
        }
        let count = end - begin;
        let rows = Rows::new(body.slice(begin, end));
        let width = rows.get(0).len();
        let is_ragged = |at: &usize| {
            let row = rows.get(*at);
            without_combining(row).len() != width || !matches!(row.last(), Some('+' | '|'))
        };
        if malformed.is_none()
            && let Some(row) = (0..count).find(is_ragged)
        {
            malformed = message(row, "the lines of the table do not all end in its borders");
        }
        if malformed.is_none() {
            let mut grid = Grid::new(rows);
            let cells = grid.parse(self.budget());
            self.work(grid.work);
            match cells {
                Ok(Some(cells)) => {
                    let columns = grid.columns.len().saturating_sub(1);
                    self.cells(body, &grid.rows, columns, &cells);
                    if indented.is_some() {
                        self.push(body, Child::Message);
                    }
                    return is_finished;
                }
                Ok(None) => self.unchecked(body.number(begin), "the table is too complex"),
                Err(error) => malformed = Some(error),
            }
        }
        if let Some(malformed) = malformed {
            self.malformed(body, count, &malformed);
        }
        is_finished
    }
}

impl Grid {
    fn new(rows: Rows) -> Self {
        let stripped: Vec<Row> = if rows.is_plain {
            Vec::new()
        } else {
            rows.rows.iter().map(|row| without_combining(row)).collect()
        };
        let width = rows.get(0).len();
        Self {
            bottom: rows.len().saturating_sub(1),
            right: width.saturating_sub(1),
            done: vec![0; width],
            columns: BTreeSet::from([0]),
            rows,
            stripped,
            work: 0,
        }
    }

    fn get(&self, row: usize, column: usize) -> Option<char> {
        let rows = if self.rows.is_plain {
            &self.rows.rows
        } else {
            &self.stripped
        };
        rows.get(row)?.get(column).copied()
    }

    /// The cells from top to bottom; none if tracing them takes more than `budget` steps.
    fn parse(&mut self, budget: usize) -> Result<Option<Vec<Cell>>, Malformed> {
        self.head()?;
        let mut corners = BinaryHeap::from([Reverse((0, 0))]);
        let mut cells = Vec::new();
        while let Some(Reverse((top, left))) = corners.pop() {
            let is_done = self.done.get(left).is_some_and(|done| top < *done);
            if top == self.bottom || left == self.right || is_done {
                continue;
            }
            let corner = self.scan_right(top, left);
            if self.work > budget {
                return Ok(None);
            }
            let Some(Corner { bottom, right }) = corner else {
                continue;
            };
            self.work += right - left;
            if self
                .done
                .get(left..right)
                .is_none_or(|done| done.iter().any(|done| *done != top))
            {
                return Ok(None);
            }
            for done in self.done.get_mut(left..right).into_iter().flatten() {
                *done = bottom;
            }
            self.columns.insert(right);
            cells.push(Cell::new((top + 1, left + 1), (bottom, right)));
            corners.push(Reverse((top, right)));
            corners.push(Reverse((bottom, left)));
        }
        let is_complete = self
            .done
            .iter()
            .take(self.right)
            .all(|done| *done == self.bottom);
        if !is_complete {
            let message = "the borders of the cells do not meet";
            return Err(Malformed { row: 0, message });
        }
        Ok(Some(cells))
    }

    /// Finds the line between the head and the body, and makes it an ordinary border.
    fn head(&mut self) -> Result<(), Malformed> {
        let is_separator = |row: &[char]| {
            row.len() >= 5
                && row.starts_with(&['+', '='])
                && row.ends_with(&['=', '+'])
                && row.iter().all(|c| matches!(c, '=' | '+'))
        };
        let mut found = None;
        for at in 0..self.rows.len() {
            if !is_separator(self.rows.get(at)) {
                continue;
            }
            // The first row does not count as found.
            if found.is_some_and(|found| found > 0) {
                let message = "the table has several lines of = below its head";
                return Err(Malformed { row: at, message });
            }
            found = Some(at);
            for rows in [&mut self.rows.rows, &mut self.stripped] {
                for c in rows
                    .get_mut(at)
                    .into_iter()
                    .flatten()
                    .filter(|c| **c == '=')
                {
                    *c = '-';
                }
            }
        }
        if found.is_some_and(|found| found == 0 || found == self.bottom) {
            let message = "the line of = below the head of the table is its first or last line";
            return Err(Malformed {
                row: self.bottom,
                message,
            });
        }
        Ok(())
    }

    /// Follows the top border of a cell to its upper right corner, then goes around it.
    fn scan_right(&mut self, top: usize, left: usize) -> Option<Corner> {
        let mut passed = Vec::new();
        for right in left + 1..=self.right {
            self.work += 1;
            match self.get(top, right) {
                Some('+') => {
                    passed.push(right);
                    if let Some(bottom) = self.scan_down(top, left, right) {
                        self.columns.extend(passed);
                        return Some(Corner { bottom, right });
                    }
                }
                Some('-') => {}
                _ => return None,
            }
        }
        None
    }

    fn scan_down(&mut self, top: usize, left: usize, right: usize) -> Option<usize> {
        for bottom in top + 1..=self.bottom {
            self.work += 1;
            match self.get(bottom, right) {
                Some('+') => {
                    if let Some(passed) = self.scan_back(top, left, bottom, right) {
                        self.columns.extend(passed);
                        return Some(bottom);
                    }
                }
                Some('|') => {}
                _ => return None,
            }
        }
        None
    }

    /// Follows the lower border and the left one; returns the columns that begin at the lower border.
    fn scan_back(
        &mut self,
        top: usize,
        left: usize,
        bottom: usize,
        right: usize,
    ) -> Option<Vec<usize>> {
        let mut passed = Vec::new();
        for column in (left + 1..right).rev() {
            self.work += 1;
            match self.get(bottom, column) {
                Some('+') => passed.push(column),
                Some('-') => {}
                _ => return None,
            }
        }
        if self.get(bottom, left) != Some('+') {
            return None;
        }
        for row in (top + 1..bottom).rev() {
            self.work += 1;
            if !matches!(self.get(row, left), Some('+' | '|')) {
                return None;
            }
        }
        Some(passed)
    }
}
