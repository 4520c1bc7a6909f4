//! What is wrong with a file of a plan.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use pypi_metadata::Finding;

/// A finding about a file of a plan, or about the settings. Prints as `PATH: MESSAGE`, with the path as the
/// caller wrote it; untrusted text is not escaped.
///
/// # Examples
///
/// ```
/// use pypi_metadata::rules;
/// use pypi_publish::{Dists, Publisher};
///
/// let plan = Publisher::pypi().plan(Dists::read(["no-such-file.whl"]));
/// let problem = &plan.problems()[0];
/// assert_eq!(problem.file(), "no-such-file.whl");
/// assert_eq!(problem.finding().rule(), &rules::UNREADABLE);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    file: String,
    path: Option<PathBuf>,
    finding: Finding,
}

impl Problem {
    pub(crate) fn new(file: impl Into<String>, finding: Finding) -> Self {
        Self {
            file: file.into(),
            path: None,
            finding,
        }
    }

    pub(crate) fn at(mut self, path: Option<&Path>) -> Self {
        self.path = path.map(Path::to_owned);
        self
    }

    pub(crate) fn into_warning(self) -> Self {
        Self {
            finding: self.finding.into_warning(),
            ..self
        }
    }

    /// The name of the file; of the project, or of the index if the problem is about the settings.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The path of the file as the caller wrote it, if it was read from one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What is wrong with it. An error keeps the plan from being published.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}: {}", path.display(), self.finding),
            None => write!(f, "{}: {}", self.file, self.finding),
        }
    }
}
