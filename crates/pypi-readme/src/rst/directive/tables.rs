//! Tables as directives: from markup, from a list, and from comma-separated values.

use super::{
    super::{
        Checker, Child,
        lines::{Body, Line, Place},
        roles::integer,
    },
    Directive, Failure,
    specs::Kind,
    value::{code, widths},
};

/// The most characters of a value, as in Python.
const MAX_VALUE: usize = 131_072;

/// The number of values in each row, and the values that are not empty.
#[derive(Default)]
struct Values {
    rows: Vec<usize>,
    cells: Vec<String>,
}

/// How values are written.
struct Dialect {
    delimiter: char,
    quote: char,
    escape: Option<char>,
    skips_blanks: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    Escaped { is_quoted: bool },
    Field,
    Quote,
    Quoted,
    Start,
}

impl Checker {
    pub(super) fn table_directive(
        &mut self,
        body: &mut Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        let is_values = directive.spec.kind == Kind::CsvTable;
        if is_values && (directive.option("file").is_some() || directive.option("url").is_some()) {
            return Err(directive.error("reads a file, which is disabled on the index"));
        }
        if !is_values {
            directive.needs_content()?;
        }
        if let Some(title) = &directive.argument {
            self.inline(body, title, directive.at());
        }
        let columns = match directive.spec.kind {
            Kind::CsvTable => self.values(body, directive)?,
            Kind::ListTable => {
                let children = self.content(body, directive, Place::Loose);
                let [
                    Child::Bullets {
                        items,
                        columns: Some(columns),
                    },
                ] = children.as_slice()
                else {
                    return Err(directive.error("needs a list of lists of the same length"));
                };
                let (items, columns) = (*items as usize, *columns as usize);
                check_widths(directive, columns)?;
                check_size(directive, items, std::iter::once(columns))?;
                columns
            }
            _ => {
                let children = self.content(body, directive, Place::Loose);
                let [Child::Table { columns }] = children.as_slice() else {
                    return Err(directive.error("needs one table as its content"));
                };
                check_widths(directive, *columns as usize)?;
                *columns as usize
            }
        };
        if let Some(name) = directive.option("name") {
            let line = (!is_values).then_some(directive.line);
            self.name(body, name, line);
        }
        let columns = u32::try_from(columns).unwrap_or(u32::MAX);
        self.push(body, Child::Table { columns });
        Ok(())
    }

    /// Checks a table of values; returns the number of its columns.
    fn values(&mut self, body: &mut Body<'_, '_>, directive: &Directive) -> Result<usize, Failure> {
        directive.needs_content()?;
        let dialect = Dialect::of(directive);
        let read = |lines: &mut dyn Iterator<Item = &str>| {
            dialect
                .read(lines)
                .map_err(|problem| directive.error(&format!("has invalid values: {problem}")))
        };
        let head = match directive.option("header") {
            Some(header) => read(&mut header.split('\n'))?,
            None => Values::default(),
        };
        let content = directive.content;
        let values = read(
            &mut body
                .slice(content.begin, content.end)
                .iter()
                .map(|line| line.text),
        )?;
        let columns = values
            .rows
            .iter()
            .chain(&head.rows)
            .max()
            .copied()
            .unwrap_or(0);
        check_size(directive, values.rows.len(), values.rows.iter().copied())?;
        if columns == 0 {
            return Err(directive.error("contains no values"));
        }
        check_widths(directive, columns)?;
        for cell in head.cells.iter().chain(&values.cells) {
            let lines = super::super::lines::split(cell);
            let lines: Vec<(String, usize)> = lines
                .iter()
                .map(|line: &Line<'_>| (line.text.to_owned(), line.number))
                .collect();
            self.cell(
                body,
                &lines,
                directive.offset.saturating_sub(1),
                Some(directive.line),
            );
            if self.is_full() {
                break;
            }
        }
        Ok(columns)
    }
}

fn check_widths(directive: &Directive, columns: usize) -> Result<(), Failure> {
    let given = directive
        .option("widths")
        .filter(|value| !matches!(*value, "auto" | "grid"));
    match given.and_then(widths) {
        Some(widths) if widths.len() != columns => {
            let count = widths.len();
            Err(directive.error(&format!("has {count} widths for {columns} columns")))
        }
        _ => Ok(()),
    }
}

/// A table needs rows below its head, and columns beside its stubs.
fn check_size(
    directive: &Directive,
    rows: usize,
    columns: impl IntoIterator<Item = usize>,
) -> Result<(), Failure> {
    let number = |option| {
        let value = directive.option(option).and_then(integer).unwrap_or(0);
        usize::try_from(value).unwrap_or(usize::MAX)
    };
    let (head, stubs) = (number("header-rows"), number("stub-columns"));
    if head > 0 && rows <= head {
        return Err(directive.error(&format!("has {rows} rows, of which {head} are its head")));
    }
    match columns
        .into_iter()
        .find(|columns| stubs > 0 && *columns <= stubs)
    {
        Some(columns) => Err(directive.error(&format!(
            "has a row of {columns} columns, of which {stubs} are stubs"
        ))),
        None => Ok(()),
    }
}

impl Dialect {
    fn of(directive: &Directive) -> Self {
        let character = |option| {
            let text = directive.option(option).and_then(code)?;
            text.chars().next()
        };
        let delimiter = match directive.option("delim") {
            Some("tab") => Some('\t'),
            Some("space") => Some(' '),
            _ => character("delim"),
        };
        Self {
            delimiter: delimiter.unwrap_or(','),
            quote: character("quote").unwrap_or('"'),
            escape: character("escape"),
            skips_blanks: directive.option("keepspace").is_none(),
        }
    }

    /// The values on some lines; a quoted one may go over several.
    fn read(&self, lines: &mut dyn Iterator<Item = &str>) -> Result<Values, &'static str> {
        let mut values = Values::default();
        let mut field = String::new();
        let mut state = State::Start;
        let mut count = 0;
        for line in lines {
            if line.is_empty() && state == State::Start && count == 0 {
                values.rows.push(0);
                continue;
            }
            for c in line.chars().chain(['\n']) {
                let is_end = match state {
                    State::Escaped { is_quoted } => {
                        field.push(c);
                        state = if is_quoted {
                            State::Quoted
                        } else {
                            State::Field
                        };
                        false
                    }
                    State::Start if c == self.quote => {
                        state = State::Quoted;
                        false
                    }
                    State::Start if c == ' ' && self.skips_blanks => false,
                    State::Quoted if Some(c) == self.escape => {
                        state = State::Escaped { is_quoted: true };
                        false
                    }
                    State::Quoted if c == self.quote => {
                        state = if self.escape.is_none() {
                            State::Quote
                        } else {
                            State::Field
                        };
                        false
                    }
                    State::Quoted => {
                        field.push(c);
                        false
                    }
                    State::Quote if c == self.quote => {
                        field.push(c);
                        state = State::Quoted;
                        false
                    }
                    _ if c == '\n' || c == self.delimiter => true,
                    State::Quote => return Err("text follows a quoted value"),
                    State::Start | State::Field if Some(c) == self.escape => {
                        state = State::Escaped { is_quoted: false };
                        false
                    }
                    State::Start | State::Field => {
                        field.push(c);
                        state = State::Field;
                        false
                    }
                };
                if field.len() > MAX_VALUE && field.chars().count() > MAX_VALUE {
                    return Err("a value is too long");
                }
                if !is_end {
                    continue;
                }
                count += 1;
                state = State::Start;
                let value = std::mem::take(&mut field);
                if !value.is_empty() {
                    values.cells.push(value);
                }
                if c == '\n' {
                    values.rows.push(std::mem::take(&mut count));
                }
            }
        }
        if matches!(state, State::Quoted | State::Escaped { is_quoted: true }) {
            return Err("a quoted value is not closed");
        }
        Ok(values)
    }
}
