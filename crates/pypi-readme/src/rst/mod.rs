//! Whether PyPI can render a description in reStructuredText.
//!
//! This is not a complete parser: it follows blocks and inline markup far enough to find what docutils reports as a
//! warning or worse, and reports the first construct that it does not check.

mod block;
mod directive;
mod explicit;
mod inline;
mod lines;
mod lists;
mod names;
mod text;
mod title;

use std::fmt;

use lines::{Body, Line, expand};

/// One error in a description, or one construct that was not checked.
///
/// Prints `line 4: …`.
///
/// # Examples
///
/// ```
/// let report = pypi_readme::check_rst("Title\n=====\n\n.. toctree::\n");
/// let problem = &report.problems()[0];
/// assert_eq!(problem.line(), 4);
/// assert!(problem.to_string().starts_with("line 4: unknown directive \"toctree\""));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    line: usize,
    message: String,
}

/// The result of [`check_rst`].
///
/// # Examples
///
/// ```
/// let report = pypi_readme::check_rst("+---+\n| * |\n+---+\n");
/// assert!(report.problems().is_empty());
/// assert!(report.unchecked().is_some(), "the cells of tables are not checked");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RstReport {
    problems: Vec<Problem>,
    unchecked: Option<Problem>,
}

/// The longest text that is checked, in bytes: 1 MiB. A longer one is reported as unchecked.
pub const MAX_CHECKED: usize = 1024 * 1024;

/// The most nested bodies that are checked: each list item and each directive is one.
const MAX_BODIES: usize = 100_000;

/// The most problems that are collected; finding one may take a pass over a whole paragraph.
const MAX_PROBLEMS: usize = 50;

/// The deepest nesting of bodies that is checked.
const MAX_DEPTH: usize = 60;

/// Checks whether PyPI can render a description in reStructuredText.
///
/// Reports at most 50 problems, in the order of the lines.
///
/// # Examples
///
/// ```
/// use pypi_readme::check_rst;
///
/// assert!(check_rst("A *short* text.").problems().is_empty());
/// let report = check_rst("A *short text.");
/// assert_eq!(report.problems()[0].to_string(), "line 1: emphasis (*) is not closed");
/// ```
///
/// # Source
///
/// docutils 0.23 as `readme_renderer` 46 runs it: `raw`, `include` and files are disabled, and any report of level 2
/// (warning) or above fails the text. Compared with it on the descriptions of 57 sdists.
pub fn check_rst(text: &str) -> RstReport {
    if text.len() > MAX_CHECKED {
        let message = format!("the text is longer than {MAX_CHECKED} bytes");
        return RstReport {
            problems: Vec::new(),
            unchecked: Some(Problem { line: 1, message }),
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
            checker.unchecked(line, "the text has more nested parts than are checked");
            break;
        }
        checker.body(body);
    }
    checker.finish()
}

#[derive(Default)]
struct Checker {
    bodies: Vec<Body>,
    problems: Vec<Problem>,
    unchecked: Vec<Problem>,
    names: names::Names,
    titles: title::Titles,
    is_visible: bool,
}

impl RstReport {
    /// The errors for which PyPI rejects the description; empty when it renders.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The first construct that was not checked. If there is one, the description can fail to render even without problems.
    pub fn unchecked(&self) -> Option<&Problem> {
        self.unchecked.as_ref()
    }
}

impl Problem {
    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong there, on one line.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Checker {
    fn problem(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem {
            line,
            message: message.into(),
        });
    }

    fn unchecked(&mut self, line: usize, message: impl Into<String>) {
        self.unchecked.push(Problem {
            line,
            message: message.into(),
        });
    }

    /// Queues lines to be checked as a body of their own.
    fn nest(&mut self, lines: Vec<Line>, depth: usize, is_top: bool) {
        if lines.iter().all(|line| line.text.is_empty()) {
            return;
        }
        if depth > MAX_DEPTH {
            let line = lines.first().map_or(1, |line| line.number);
            self.unchecked(line, "the parts are nested too deeply");
            return;
        }
        self.bodies.push(Body {
            lines,
            depth,
            is_top,
        });
    }

    fn finish(mut self) -> RstReport {
        self.names
            .resolve(self.unchecked.is_empty(), &mut self.problems);
        if !self.is_visible && self.problems.is_empty() {
            self.problem(1, "the text has no visible content");
        }
        self.problems.sort_by_key(|problem| problem.line);
        self.unchecked.sort_by_key(|problem| problem.line);
        RstReport {
            problems: self.problems,
            unchecked: self.unchecked.into_iter().next(),
        }
    }
}
