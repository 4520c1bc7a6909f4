//! Whether PyPI can render a description in reStructuredText.
//!
//! This follows docutils' parser, block by block and mark by mark, as far as its warnings and errors depend on it, and
//! builds no document. It reports a problem at the line where docutils reports it, and the first construct that it
//! does not check.

mod bibliography;
mod body;
mod chars;
mod directive;
mod enumerated;
mod explicit;
mod inline;
mod lines;
mod lists;
mod names;
mod roles;
mod scan;
mod substitution;
mod table;
mod target;
mod title;

use std::fmt;

use lines::{Body, Place};

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
/// let report = pypi_readme::check_rst("+-----+\n| *a  |\n+-----+\n");
/// assert_eq!(report.problems()[0].to_string(), "line 2: emphasis (*) is not closed");
/// assert!(report.unchecked().is_none());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RstReport {
    problems: Vec<Problem>,
    unchecked: Option<Problem>,
}

/// The longest text that is checked, in bytes: 1 MiB. A longer one is reported as unchecked.
pub const MAX_CHECKED: usize = 1024 * 1024;

/// The most characters of a line that docutils reads.
const MAX_LINE: usize = 10_000;

/// The most steps, each of about one character, line or cell: a second or two on a slow machine.
const MAX_WORK: usize = 40_000_000;

/// The steps that an element counts as which is kept: a name, a reference, a section.
const KEPT: usize = 500;

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
/// (warning) or above fails the text.
pub fn check_rst(text: &str) -> RstReport {
    let mut checker = Checker::default();
    if text.len() > MAX_CHECKED {
        checker.unchecked(1, format!("the text is longer than {MAX_CHECKED} bytes"));
        return checker.finish();
    }
    let text = lines::expand(text);
    if text.len() > 2 * MAX_CHECKED {
        checker.unchecked(1, "the text has more tabs than are checked");
        return checker.finish();
    }
    let mut lines = lines::split(&text);
    let is_long =
        |line: &lines::Line<'_>| line.text.len() > MAX_LINE && line.text.chars().count() > MAX_LINE;
    if let Some(line) = lines.iter().find(|line| is_long(line)) {
        checker.problem(
            line.number,
            format!("the line is longer than {MAX_LINE} characters"),
        );
        return checker.finish();
    }
    checker.after_end = lines.len() + 1;
    checker.sections.push(Section::default());
    let mut body = Body::new(&mut lines, 0, Place::Document);
    checker.enter(&mut body);
    let is_awaited = body.awaits.0 || body.awaits.1;
    if !checker.is_full() && checker.unchecked.is_none() {
        checker.resolve();
        if is_awaited {
            checker.problem(
                checker.class_line,
                "the directive \"class\" needs an element after it",
            );
        }
        checker.bibliography();
        checker.transitions();
        checker.see();
    }
    checker.finish()
}

/// An element, as far as the elements around it depend on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Child {
    /// A bullet list, and the number of items in each of its items if all are such lists of one length.
    Bullets {
        items: u32,
        columns: Option<u32>,
    },
    Comment {
        is_empty: bool,
    },
    /// A table of contents, which is left out if there are no sections.
    Contents,
    Enumerated,
    /// Text that a substitution stands for.
    Inline,
    /// What docutils leaves at a problem, and also at oddities that are not reported.
    Message,
    Other,
    Paragraph,
    /// Nothing that is visible.
    Pending,
    Section(u32),
    Substitution,
    Table {
        columns: u32,
    },
    /// A target; true if it leads elsewhere.
    Target {
        leads: bool,
    },
    /// With its line.
    Transition(u32),
}

impl Child {
    /// Whether a reader sees nothing of it.
    fn is_invisible(&self) -> bool {
        matches!(
            self,
            Self::Comment { .. }
                | Self::Message
                | Self::Pending
                | Self::Substitution
                | Self::Target { .. }
        )
    }
}

/// A section, or the document, which is the first.
#[derive(Debug, Default)]
struct Section {
    parent: usize,
    children: Vec<Child>,
}

/// A field of the list at the beginning of the document.
#[derive(Debug)]
struct Field {
    name: String,
    line: usize,
    children: Vec<Child>,
    is_single: bool,
}

#[derive(Default)]
struct Checker {
    problems: Vec<Problem>,
    unchecked: Option<Problem>,
    names: names::Names,
    roles: roles::Roles,
    sections: Vec<Section>,
    current: usize,
    level: usize,
    styles: Vec<title::Style>,
    bibliography: Vec<Field>,
    /// What the text of a substitution contains, while its definition is read.
    within: inline::Inline,
    is_defining: bool,
    depth: usize,
    work: usize,
    /// The line after the last one, where docutils reports what belongs to no line.
    after_end: usize,
    /// Where the last `class` directive without content ends.
    class_line: usize,
    /// The line of the document that is being read.
    root_line: usize,
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
    /// Reports a problem, but not after a part that was not checked: it may be due to that.
    fn problem(&mut self, line: usize, message: impl Into<String>) {
        if self.unchecked.is_some() {
            return;
        }
        self.problems.push(Problem {
            line: line.max(1),
            message: message.into(),
        });
    }

    fn unchecked(&mut self, line: usize, message: impl Into<String>) {
        if self
            .unchecked
            .as_ref()
            .is_none_or(|first| line < first.line)
        {
            self.unchecked = Some(Problem {
                line,
                message: message.into(),
            });
        }
    }

    /// Counts steps; the check ends when there are too many.
    fn work(&mut self, steps: usize) {
        self.work = self.work.saturating_add(steps);
        if self.work > MAX_WORK && self.unchecked.is_none() {
            let line = self.root_line.max(1);
            self.unchecked(line, "the text from here on is too complex");
        }
    }

    /// The number of steps that are left.
    fn budget(&self) -> usize {
        MAX_WORK.saturating_sub(self.work)
    }

    /// Whether the check ends before the text does.
    fn is_full(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS || self.work > MAX_WORK
    }

    /// Notes the line of the document that is being read.
    fn sync(&mut self, body: &Body<'_, '_>) {
        if body.place == Place::Document && !body.is_held {
            self.root_line = body.number(body.at);
        }
    }

    /// Adds an element to a body.
    fn push(&mut self, body: &mut Body<'_, '_>, child: Child) {
        let is_invisible = child.is_invisible();
        let (awaits, within) = body.awaits;
        body.awaits = ((awaits && is_invisible) || within, false);
        if body.place != Place::Document {
            body.children.push(child);
        } else if let Some(section) = self.sections.get_mut(self.current) {
            section.children.push(child);
        }
    }

    /// Reports a text without visible content.
    fn see(&mut self) {
        let children = self
            .sections
            .first()
            .map_or(&[][..], |document| document.children.as_slice());
        let is_visible = |(at, child): (usize, &Child)| match child {
            Child::Comment { .. }
            | Child::Contents
            | Child::Message
            | Child::Pending
            | Child::Substitution => false,
            Child::Target { leads } => {
                !leads && !matches!(children.get(at + 1), Some(Child::Target { .. }))
            }
            _ => true,
        };
        if !children.iter().enumerate().any(is_visible) && self.problems.is_empty() {
            self.problem(1, "the text has no visible content");
        }
    }

    fn finish(mut self) -> RstReport {
        self.problems.sort_by_key(|problem| problem.line);
        self.problems.truncate(MAX_PROBLEMS);
        RstReport {
            problems: self.problems,
            unchecked: self.unchecked,
        }
    }
}

#[cfg(test)]
mod tests;
