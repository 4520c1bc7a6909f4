//! What a check finds.

use std::fmt;

use crate::{Field, Rule, Severity};

/// A problem of a distribution, its metadata, or an upload form.
///
/// Prints its [`message`](Self::message).
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Field, Metadata, Severity, rules};
///
/// let metadata = Metadata::parse(b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0+local\n")?;
/// let findings = metadata.check();
/// assert_eq!(findings[0].rule(), &rules::VERSION_LOCAL);
/// assert_eq!(findings[0].severity(), Severity::Error);
/// assert_eq!(findings[0].field(), Some(Field::Version));
/// assert_eq!(findings[0].help(), Some("build it as 1.0"));
/// # Ok::<(), pypi_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    rule: &'static Rule,
    severity: Severity,
    field: Option<Field>,
    file: Option<String>,
    message: String,
    help: Option<String>,
    index_text: Option<String>,
    position: Option<Position>,
}

/// The longest text of a finding, in bytes: 16 KiB. The rest is cut off.
const MAX_TEXT: usize = 16 * 1024;

fn limited(mut text: String) -> String {
    const MARK: &str = "…";
    if text.len() > MAX_TEXT {
        let longest = MAX_TEXT - MARK.len();
        let end = (0..=longest).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
        text.push_str(MARK);
        text.shrink_to_fit();
    }
    text
}

/// A position in a text. Prints as `LINE:COLUMN`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Finding {
    /// A finding of a rule, for crates of this workspace.
    #[doc(hidden)]
    pub fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            field: None,
            file: None,
            message: limited(message.into()),
            help: None,
            index_text: None,
            position: None,
        }
    }

    /// Adds the remedy.
    #[doc(hidden)]
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(limited(help.into()));
        self
    }

    /// Adds the remedy, if there is one.
    #[doc(hidden)]
    #[must_use]
    pub fn with_help_if(self, help: Option<&str>) -> Self {
        match help {
            Some(help) => self.with_help(help),
            None => self,
        }
    }

    /// A finding about a field.
    pub(crate) fn in_field(rule: &'static Rule, field: Field, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(rule, message)
        }
    }

    pub(crate) fn with_file(self, file: &str) -> Self {
        Self {
            file: Some(file.to_owned()),
            ..self
        }
    }

    pub(crate) fn with_index_text(mut self, text: impl Into<String>) -> Self {
        self.index_text = Some(limited(text.into()));
        self
    }

    /// The same finding as a warning, because the upload leaves the field out.
    pub(crate) fn left_out(self, message: String) -> Self {
        Self {
            message: limited(message),
            index_text: None,
            ..self.into_warning()
        }
    }

    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.position = Some(Position { line, column });
        self
    }

    /// The same finding as a warning.
    #[doc(hidden)]
    #[must_use]
    pub fn into_warning(self) -> Self {
        Self {
            severity: Severity::Warning,
            ..self
        }
    }

    /// The number of bytes of its texts.
    pub(crate) fn length(&self) -> usize {
        let texts = [self.help.as_deref(), self.index_text.as_deref()];
        let texts = texts.into_iter().flatten().map(str::len);
        self.message.len() + texts.sum::<usize>()
    }

    /// The rule that it is about.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// How serious it is: as the rule says, or milder in this case.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The core metadata field that it is about.
    pub fn field(&self) -> Option<Field> {
        self.field
    }

    /// The name of the file that it is about, where [`check_release`](crate::check_release) found it among several.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// What was found and what was expected, in one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The complete sentence with which PyPI rejects it, if it is known.
    ///
    /// A warning has one if PyPI rejects it in circumstances that the file does not show: the default size limit, which
    /// PyPI raises for a project on request, a name that only a new project must not have, or a version of the metadata
    /// that PyPI may know by now.
    pub fn index_text(&self) -> Option<&str> {
        self.index_text.as_deref()
    }

    /// Where it is in the text that was checked: a `pyproject.toml`, or the description of a distribution.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The URL of the page that explains it: that of the [rule](Rule::page), at the section of the
    /// [field](Self::field).
    pub fn link(&self) -> String {
        let page = self.rule.page();
        match (self.field, page.split_once("core-metadata/")) {
            (Some(field), Some((guide, _))) => {
                let anchor = field.header().to_ascii_lowercase();
                format!("{guide}core-metadata/#{anchor}")
            }
            _ => page.to_owned(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
