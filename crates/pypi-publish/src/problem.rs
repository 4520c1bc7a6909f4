//! What is wrong with a file of a plan.

use std::fmt;

use pypi_metadata::Finding;

/// A finding about a file of a plan, or about the settings. Prints as `FILE: MESSAGE`.
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
    finding: Finding,
}

impl Problem {
    pub(crate) fn new(file: impl Into<String>, finding: Finding) -> Self {
        Self {
            file: file.into(),
            finding,
        }
    }

    /// The name of the file; of the index, if the problem is about the settings.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What is wrong with it. An error keeps the plan from being published.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.finding)
    }
}
