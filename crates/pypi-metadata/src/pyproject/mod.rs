//! `pyproject.toml`: the metadata that a build would take from it.

mod memory;
mod node;
mod project;

use node::Node;
use toml_edit::{Document, TableLike};

use crate::{Field, Finding, Metadata, Requirement, Rule, check::limit::Limit, rules};

/// The longest `pyproject.toml` that is checked, in bytes.
const MAX_PYPROJECT: usize = 4 * 1024 * 1024;

/// Checks a `pyproject.toml`: its syntax, `[build-system]`, and every key of `[project]` by the rules for the field that a
/// build backend writes for it. Every finding has a [`position`](Finding::position).
///
/// # Examples
///
/// ```
/// use pypi_metadata::{check_pyproject, rules};
///
/// let findings = check_pyproject("[project]\nname = \"demo\"\nversion = \"one\"\n");
/// let mut of_version = findings.iter().filter(|finding| finding.rule() == &rules::VERSION_INVALID);
/// let finding = of_version.next().expect("a finding");
/// assert_eq!(finding.position().map(|at| at.to_string()).as_deref(), Some("3:11"));
/// ```
///
/// # Source
///
/// [pyproject.toml specification](https://packaging.python.org/en/latest/specifications/pyproject-toml/) (PEP 518, 621, 639
/// and 794), 2026-08.
pub fn check_pyproject(text: &str) -> Vec<Finding> {
    let mut checker = Checker::default();
    if text.len() > MAX_PYPROJECT {
        checker.error(
            &rules::PYPROJECT_TOML,
            0,
            format!(
                "the file has {} bytes, expected at most {MAX_PYPROJECT}",
                text.len()
            ),
        );
        return checker.placed(text);
    }
    if memory::estimate(text) > memory::MAX {
        let message = "the file has too many keys, tables and values to be checked";
        checker.error(&rules::PYPROJECT_TOML, 0, message);
        return checker.placed(text);
    }
    match Document::parse(text) {
        Ok(document) => checker.document(document.as_table()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            checker.error(
                &rules::PYPROJECT_TOML,
                at,
                format!("the file is not valid TOML: {message}"),
            );
        }
    }
    checker.placed(text)
}

#[derive(Default)]
struct Checker {
    /// Each with the byte that it is about.
    findings: Vec<(usize, Finding)>,
    limit: Limit,
}

impl Checker {
    fn document(&mut self, document: &dyn TableLike) {
        let poetry = Node::get(document, "tool")
            .and_then(Node::table)
            .and_then(|tool| Node::get(tool, "poetry"));
        match Node::get(document, "project") {
            Some(node) => {
                if let Some(table) = self.table("project", node) {
                    self.project(table, node.at);
                }
            }
            None if poetry.is_none() => {
                let message = "the [project] table is missing, so only the build backend knows where the metadata is";
                self.warn(
                    &rules::PYPROJECT_NO_PROJECT,
                    0,
                    message,
                    "move it from setup.py or setup.cfg into [project]",
                );
            }
            None => {}
        }
        if let Some(node) = poetry {
            let old = node.table().and_then(|poetry| {
                ["name", "version", "dependencies"]
                    .into_iter()
                    .find(|key| Node::get(poetry, key).is_some())
            });
            if let Some(key) = old {
                let message = format!("[tool.poetry] has {key}, which other tools do not read");
                self.warn(
                    &rules::PYPROJECT_POETRY,
                    node.at,
                    message,
                    "move it into [project], which Poetry 2 reads as well",
                );
            }
        }
        self.build_system(document);
    }

    fn build_system(&mut self, document: &dyn TableLike) {
        let Some(node) = Node::get(document, "build-system") else {
            let message = "the [build-system] table is missing, so installers build with the latest setuptools";
            return self.warn(
                &rules::PYPROJECT_NO_BUILD_SYSTEM,
                0,
                message,
                "set requires and build-backend in [build-system]",
            );
        };
        let Some(table) = self.table("build-system", node) else {
            return;
        };
        match Node::get(table, "requires") {
            Some(requires) => {
                for (text, at) in self.texts("build-system.requires", requires) {
                    // It is not uploaded, so it may be a URL.
                    if Requirement::parse(text).is_err() {
                        self.field(Field::RequiresDist, text, at);
                    }
                }
            }
            None => self.error(
                &rules::PYPROJECT_BUILD_SYSTEM,
                node.at,
                "build-system must have the key requires",
            ),
        }
        for (key, node) in Node::entries(table) {
            match key {
                "requires" => {}
                "build-backend" => drop(self.text("build-system.build-backend", node)),
                "backend-path" => drop(self.texts("build-system.backend-path", node)),
                _ => self.error(
                    &rules::PYPROJECT_UNKNOWN,
                    node.at,
                    format!("{key:?} is not a key of build-system"),
                ),
            }
        }
    }

    /// Checks a value by the rules for the core metadata field that it becomes.
    fn field(&mut self, field: Field, value: &str, at: usize) {
        let fields = [
            (Field::MetadataVersion, "2.5"),
            (Field::Name, "x"),
            (Field::Version, "1"),
        ];
        let others = fields.into_iter().filter(|(other, _)| *other != field);
        let metadata = Metadata::from_fields(
            others
                .chain([(field, value)])
                .map(|(field, value)| (field, value.to_owned())),
        );
        let found = metadata
            .check()
            .into_iter()
            .filter(|finding| finding.field() == Some(field));
        found.for_each(|finding| self.add(at, finding));
        if value.is_empty() {
            self.error(
                &rules::PYPROJECT_EMPTY,
                at,
                format!("the value for {field} is empty"),
            );
        }
    }

    fn error(&mut self, rule: &'static Rule, at: usize, message: impl Into<String>) {
        self.add(at, Finding::new(rule, message));
    }

    fn warn(&mut self, rule: &'static Rule, at: usize, message: impl Into<String>, help: &str) {
        let finding = Finding::new(rule, message).into_warning();
        self.add(at, finding.with_help(help));
    }

    fn add(&mut self, at: usize, finding: Finding) {
        if self.limit.keeps(&finding) {
            self.findings.push((at, finding));
        }
    }

    /// The findings in the order of the text, each with its line and column from 1.
    fn placed(mut self, text: &str) -> Vec<Finding> {
        self.findings.sort_by_key(|(at, _)| *at);
        let (mut read, mut line, mut column) = (0, 1, 1);
        let placed = self.findings.into_iter().map(|(at, finding)| {
            let mut ends = (0..=at.min(text.len())).rev();
            let at = ends.find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            for c in text.get(read..at).unwrap_or_default().chars() {
                (line, column) = match c {
                    '\n' => (line + 1, 1),
                    _ => (line, column + 1),
                };
            }
            read = read.max(at);
            finding.at(line, column)
        });
        let placed: Vec<Finding> = placed.collect();
        let rest = self.limit.rest().map(|finding| finding.at(1, 1));
        placed.into_iter().chain(rest).collect()
    }
}
