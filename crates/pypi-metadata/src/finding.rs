//! What a check finds.

use std::fmt;

use crate::Field;

/// One thing that is wrong with a distribution or its metadata.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    rule: &'static str,
    severity: Severity,
    field: Option<Field>,
    message: String,
    help: Option<String>,
    index_text: Option<String>,
    position: Option<Position>,
}

/// A place in a text.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// How bad a finding is.
#[expect(
    clippy::exhaustive_enums,
    reason = "a script maps each to an exit code"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Nothing is wrong, and something could be better.
    Hint,
    /// The index takes it, and users may regret it.
    Warning,
    /// The index refuses the file.
    Error,
}

impl Finding {
    pub(crate) fn error(rule: &'static str, field: Option<Field>, message: String) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            field,
            message,
            help: None,
            index_text: None,
            position: None,
        }
    }

    pub(crate) fn hint(rule: &'static str, field: Option<Field>, message: String) -> Self {
        Self {
            severity: Severity::Hint,
            ..Self::error(rule, field, message)
        }
    }

    pub(crate) fn warning(rule: &'static str, field: Option<Field>, message: String) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(rule, field, message)
        }
    }

    /// The same as a warning, because of what is done about it.
    pub(crate) fn into_warning(self, done: &str) -> Self {
        Self {
            severity: Severity::Warning,
            message: format!("{}: {done}", self.message),
            index_text: None,
            ..self
        }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn with_index_text(mut self, text: impl Into<String>) -> Self {
        self.index_text = Some(text.into());
        self
    }

    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.position = Some(Position { line, column });
        self
    }

    /// The rule's stable id, such as `classifier-unknown`.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The field that it is about; none when it is about the file name.
    pub fn field(&self) -> Option<Field> {
        self.field
    }

    /// What was found and what was expected, in one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The sentence with which PyPI refuses it, where it is known; without the link to the specification that the server adds.
    ///
    /// A warning has one when PyPI refuses by something that no file shows: a limit that it has raised for a project, or
    /// that the project is there already.
    pub fn index_text(&self) -> Option<&str> {
        self.index_text.as_deref()
    }

    /// Where it is, in the text that was checked: a `pyproject.toml`, or the description of a distribution.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The page that has the rule.
    pub fn link(&self) -> String {
        const GUIDE: &str = "https://packaging.python.org/en/latest/specifications";
        let page = match self.rule.split('-').next() {
            _ if self.rule == "filename-extension" => "source-distribution-format/",
            Some("filename" | "tag" | "record" | "wheel") => "binary-distribution-format/",
            Some("zip" | "tar" | "archive") => return "https://docs.pypi.org/archives/".to_owned(),
            Some("sdist") => "source-distribution-format/",
            Some("entry") => "entry-points/",
            Some("pyproject") => "pyproject-toml/",
            Some("name") if self.rule == "name-stdlib" => {
                return "https://pypi.org/help/#project-name".to_owned();
            }
            Some("file") => {
                return "https://docs.pypi.org/project-management/storage-limits/".to_owned();
            }
            Some("description") => {
                return "https://pypi.org/help/#description-content-type".to_owned();
            }
            _ => match self.field {
                Some(field) => {
                    let anchor = field.header().to_ascii_lowercase();
                    return format!("{GUIDE}/core-metadata/#{anchor}");
                }
                None => "core-metadata/",
            },
        };
        format!("{GUIDE}/{page}")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Hint => "hint",
            Self::Warning => "warning",
        })
    }
}
