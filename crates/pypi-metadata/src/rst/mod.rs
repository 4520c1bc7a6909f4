//! Whether PyPI can show a description in reStructuredText.
//!
//! This is no complete parser: it follows the blocks and the inline markup far enough to find what docutils reports as a
//! warning or worse, and says where it did not look.

mod block;
mod directive;
mod explicit;
mod inline;
mod lists;
mod names;
mod text;
mod title;

use block::Body;

/// One thing that keeps the index from rendering the text, or that was not judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// What was found, in the order of the lines.
pub(crate) struct Report {
    pub(crate) problems: Vec<Problem>,
    /// The first construct that was not judged.
    pub(crate) unjudged: Option<Problem>,
}

/// One line without blanks at its end, and without the indent of what it stands in.
#[derive(Clone)]
struct Line {
    number: usize,
    text: String,
}

/// The most bodies within bodies that are looked into: each list item and each directive is one.
const MAX_BODIES: usize = 100_000;

/// The most problems that are looked for; each may take a look at all of a paragraph.
const MAX_PROBLEMS: usize = 50;

/// How deep bodies may stand in bodies.
const MAX_DEPTH: usize = 60;

/// The longest text that is judged, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

/// Checks a text.
///
/// # Source
///
/// docutils 0.23 as `readme_renderer` 46 runs it: `raw`, `include` and files are disabled, and any report of level 2
/// (warning) or above fails the text.
pub(crate) fn check(text: &str) -> Report {
    if text.len() > MAX_TEXT {
        let message = format!("the text is longer than {MAX_TEXT} bytes");
        return Report {
            problems: Vec::new(),
            unjudged: Some(Problem { line: 1, message }),
        };
    }
    let lines = text.lines().enumerate().map(|(at, line)| Line {
        number: at + 1,
        text: expand(line.trim_end()),
    });
    let mut checker = Checker::default();
    let lines: Vec<Line> = lines.collect();
    checker.names.find_roles(&lines);
    checker.nest(lines, 0, true);
    let mut count = 0;
    while let Some(body) = checker.bodies.pop() {
        count += 1;
        if checker.problems.len() >= MAX_PROBLEMS {
            break;
        }
        if count > MAX_BODIES {
            let line = body.lines.first().map_or(1, |line| line.number);
            checker.unjudged(line, "the text has more parts than are looked at");
            break;
        }
        checker.body(body);
    }
    checker.finish()
}

/// Tabs to the next multiple of eight, as docutils sets them.
fn expand(line: &str) -> String {
    if !line.contains('\t') {
        return line.to_owned();
    }
    let mut expanded = String::new();
    let mut column = 0;
    for c in line.chars() {
        let width = if c == '\t' { 8 - column % 8 } else { 1 };
        if c == '\t' {
            expanded.extend(std::iter::repeat_n(' ', width));
        } else {
            expanded.push(c);
        }
        column += width;
    }
    expanded
}

#[derive(Default)]
struct Checker {
    bodies: Vec<Body>,
    problems: Vec<Problem>,
    unjudged: Vec<Problem>,
    names: names::Names,
    titles: title::Titles,
    is_visible: bool,
}

impl Checker {
    fn problem(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem {
            line,
            message: message.into(),
        });
    }

    fn unjudged(&mut self, line: usize, message: impl Into<String>) {
        self.unjudged.push(Problem {
            line,
            message: message.into(),
        });
    }

    /// Lines to be looked at later as a body of their own.
    fn nest(&mut self, lines: Vec<Line>, depth: usize, is_top: bool) {
        if lines.iter().all(|line| line.text.is_empty()) {
            return;
        }
        if depth > MAX_DEPTH {
            let line = lines.first().map_or(1, |line| line.number);
            self.unjudged(line, "the parts stand too deep in each other");
            return;
        }
        self.bodies.push(Body {
            lines,
            depth,
            is_top,
        });
    }

    fn finish(mut self) -> Report {
        self.names
            .resolve(self.unjudged.is_empty(), &mut self.problems);
        if !self.is_visible && self.problems.is_empty() {
            self.problem(1, "nothing in it can be seen");
        }
        self.problems.sort_by_key(|problem| problem.line);
        self.unjudged.sort_by_key(|problem| problem.line);
        Report {
            problems: self.problems,
            unjudged: self.unjudged.into_iter().next(),
        }
    }
}

impl Line {
    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The line without its first `count` bytes, which are blanks, or with those that it has removed.
    fn without(&self, count: usize) -> Self {
        Self {
            number: self.number,
            text: self
                .text
                .get(count.min(self.indent())..)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The line from the byte `at`.
    fn from(&self, at: usize) -> Self {
        Self {
            number: self.number,
            text: self.text.get(at..).unwrap_or_default().to_owned(),
        }
    }
}

/// Lines without the indent that they have in common.
fn dedent(lines: &[Line]) -> Vec<Line> {
    let indents = lines
        .iter()
        .filter(|line| !line.is_blank())
        .map(Line::indent);
    let common = indents.min().unwrap_or(0);
    lines.iter().map(|line| line.without(common)).collect()
}
