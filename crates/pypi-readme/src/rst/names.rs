//! References and their targets.

use std::collections::{HashMap, HashSet};

use super::{Problem, lines::Line};

#[derive(Default)]
pub(super) struct Names {
    /// Explicit targets and their URIs.
    targets: HashMap<String, String>,
    /// Titles, and link texts with an embedded URI.
    implicit: HashSet<String>,
    footnotes: HashSet<String>,
    /// Auto-numbered: the number of footnotes, and of references.
    automatic: (usize, usize),
    symbols: (usize, usize),
    substitutions: HashSet<String>,
    roles: HashSet<String>,
    references: Vec<(Reference, usize)>,
    anonymous: Vec<usize>,
    anonymous_targets: Vec<usize>,
}

enum Reference {
    Footnote(String),
    Substitution(String),
    Target(String),
}

/// The roles of docutils.
const ROLES: [&str; 26] = [
    "abbreviation",
    "acronym",
    "ac",
    "ab",
    "code",
    "emphasis",
    "i",
    "index",
    "literal",
    "math",
    "named-reference",
    "pep",
    "pep-reference",
    "place",
    "rfc",
    "rfc-reference",
    "strong",
    "b",
    "sub",
    "subscript",
    "sup",
    "superscript",
    "t",
    "title",
    "title-reference",
    "postscript",
];

/// Those of them that docutils declares but does not implement.
const UNIMPLEMENTED: [&str; 5] = ["index", "named-reference", "place", "postscript", "i"];

impl Names {
    /// Collects the roles that the text itself defines anywhere.
    pub(super) fn find_roles(&mut self, lines: &[Line]) {
        for line in lines {
            let Some(rest) = line.text.trim_start().strip_prefix(".. role::") else {
                continue;
            };
            let name = rest.trim().split('(').next().unwrap_or_default().trim();
            self.roles.insert(name.to_lowercase());
        }
    }

    pub(super) fn has_role(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.roles.contains(&name)
            || (ROLES.contains(&name.as_str()) && !UNIMPLEMENTED.contains(&name.as_str()))
    }

    /// Adds a target; returns what is wrong with it.
    pub(super) fn target(&mut self, name: &str, uri: &str, line: usize) -> Option<String> {
        let name = normal(name);
        // A target that leads to another is a reference as well.
        if let Some(other) = uri
            .strip_suffix('_')
            .filter(|other| !other.ends_with('\\') && !other.contains([' ', '/']))
        {
            self.reference(other.trim_matches('`'), line);
        }
        match self.targets.insert(name.clone(), uri.to_owned()) {
            Some(before) if before != uri || uri.is_empty() => {
                Some(format!("the hyperlink target {name:?} is defined twice"))
            }
            _ => None,
        }
    }

    pub(super) fn title(&mut self, name: &str) {
        self.implicit.insert(normal(&plain(name)));
    }

    pub(super) fn embedded(&mut self, name: &str) {
        self.implicit.insert(normal(name));
    }

    pub(super) fn footnote(&mut self, label: &str) {
        match label {
            "#" => self.automatic.0 += 1,
            "*" => self.symbols.0 += 1,
            _ => {
                let label = normal(label.trim_start_matches('#'));
                self.implicit.insert(label.clone());
                self.footnotes.insert(label);
            }
        }
    }

    pub(super) fn substitution(&mut self, name: &str) {
        self.substitutions.insert(normal(name));
    }

    pub(super) fn anonymous_target(&mut self, line: usize) {
        self.anonymous_targets.push(line);
    }

    pub(super) fn reference(&mut self, name: &str, line: usize) {
        self.references
            .push((Reference::Target(normal(name)), line));
    }

    pub(super) fn anonymous_reference(&mut self, line: usize) {
        self.anonymous.push(line);
    }

    pub(super) fn footnote_reference(&mut self, label: &str, line: usize) {
        match label {
            "#" => self.automatic.1 += 1,
            "*" => self.symbols.1 += 1,
            _ => {
                let label = normal(label.trim_start_matches('#'));
                self.references.push((Reference::Footnote(label), line));
            }
        }
    }

    pub(super) fn substitution_reference(&mut self, name: &str, line: usize) {
        self.references
            .push((Reference::Substitution(normal(name)), line));
    }

    /// `is_whole` is true when all of the text was checked: otherwise counts of references mean nothing.
    pub(super) fn resolve(&self, is_whole: bool, problems: &mut Vec<Problem>) {
        let mut problem = |line: usize, message: String| problems.push(Problem { line, message });
        for (reference, line) in &self.references {
            match reference {
                Reference::Target(name)
                    if !self.targets.contains_key(name) && !self.implicit.contains(name) =>
                {
                    problem(*line, format!("the reference {name:?} has no target"));
                }
                Reference::Footnote(label) if !self.footnotes.contains(label) => {
                    problem(*line, format!("the footnote [{label}] is not defined"));
                }
                Reference::Substitution(name) if !self.substitutions.contains(name) => {
                    problem(*line, format!("the substitution |{name}| is not defined"));
                }
                _ => {}
            }
        }
        if !is_whole {
            return;
        }
        if self.anonymous.len() != self.anonymous_targets.len() {
            let line = self
                .anonymous
                .first()
                .or_else(|| self.anonymous_targets.first())
                .copied()
                .unwrap_or(1);
            let (references, targets) = (self.anonymous.len(), self.anonymous_targets.len());
            problem(
                line,
                format!(
                    "there are {references} anonymous references for {targets} anonymous targets"
                ),
            );
        }
        for ((notes, references), mark) in [(self.automatic, "#"), (self.symbols, "*")] {
            if references > notes {
                problem(
                    1,
                    format!(
                        "there are {references} references [{mark}]_ for {notes} such footnotes"
                    ),
                );
            }
        }
    }
}

/// A name in lower case, with single blanks.
fn normal(name: &str) -> String {
    let name = name.replace('\\', "");
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// The text of a title without its inline marks.
fn plain(title: &str) -> String {
    title.replace("``", "").replace(['*', '`'], "")
}
