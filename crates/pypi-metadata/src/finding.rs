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
}

/// How bad a finding is.
#[expect(
    clippy::exhaustive_enums,
    reason = "a script maps each to an exit code"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
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
    pub fn index_text(&self) -> Option<&str> {
        self.index_text.as_deref()
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
            Self::Warning => "warning",
        })
    }
}
