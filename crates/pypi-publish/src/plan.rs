//! The files to publish, and everything that is wrong with them.

use std::fmt;

use pypi_metadata::{Kind, Severity};

use crate::dists::{Dist, Dists};

/// The files to publish, in order, and everything that is known to be wrong with them without the network.
///
/// # Examples
///
/// ```
/// use pypi_publish::{Dists, Publisher};
///
/// let plan = Publisher::pypi().plan(Dists::read(["no-such-file.whl"]));
/// assert!(!plan.is_publishable());
/// for problem in plan.problems() {
///     println!("{problem}");
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) dists: Vec<Dist>,
    problems: Vec<Problem>,
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    pub(crate) file: String,
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// One file of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlannedFile<'a>(&'a Dist);

impl Plan {
    pub(crate) fn new(dists: Dists) -> Self {
        let Dists {
            files: mut dists,
            mut problems,
        } = dists;
        dists.sort_by(|a, b| a.order().cmp(&b.order()));
        problems.extend(dists.iter().flat_map(Dist::problems));
        problems.extend(twice(&dists));
        problems.extend(two_sdists(&dists));
        if dists.is_empty() && problems.is_empty() {
            problems.push(Problem {
                file: "(no file)".to_owned(),
                rule: "nothing-to-publish",
                severity: Severity::Error,
                message: "there is no wheel and no sdist: build the project first".to_owned(),
                help: None,
            });
        }
        Self { dists, problems }
    }

    /// The files, wheels before sdists.
    pub fn files(&self) -> impl ExactSizeIterator<Item = PlannedFile<'_>> {
        self.dists.iter().map(PlannedFile)
    }

    /// Everything that is wrong, for every file and of every severity.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether no problem is an error.
    pub fn is_publishable(&self) -> bool {
        self.problems
            .iter()
            .all(|problem| problem.severity != Severity::Error)
    }

    /// The total size in bytes.
    pub fn size(&self) -> u64 {
        self.dists.iter().map(|dist| dist.digests.size()).sum()
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

impl<'a> PlannedFile<'a> {
    /// The file name.
    pub fn filename(&self) -> &'a str {
        self.0.filename()
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        self.0.digests.size()
    }

    /// The sha256 in lower-case hex.
    pub fn sha256(&self) -> &'a str {
        self.0.digests.sha256()
    }
}

impl Problem {
    /// The name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The rule's stable id.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// How bad it is; an error keeps a plan from being published.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What was found and what was expected.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, when there is more to say.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.message)
    }
}

/// Each file name may stand once; the paths may differ.
fn twice(dists: &[Dist]) -> Vec<Problem> {
    let pairs = dists.iter().zip(dists.iter().skip(1));
    pairs
        .filter(|(first, second)| first.filename() == second.filename())
        .map(|(first, _)| Problem {
            file: first.filename().to_owned(),
            rule: "file-twice",
            severity: Severity::Error,
            message: "is given twice: give each file once".to_owned(),
            help: None,
        })
        .collect()
}

/// PyPI takes one sdist a release (Warehouse, 2026-08-21).
fn two_sdists(dists: &[Dist]) -> Vec<Problem> {
    let sdists: Vec<&Dist> = dists
        .iter()
        .filter(|dist| dist.distribution.filename().kind() == Kind::Sdist)
        .collect();
    let release = |dist: &Dist| {
        let filename = dist.distribution.filename();
        (
            filename.name().normalized().to_string(),
            filename.version().clone(),
        )
    };
    let mut problems = Vec::new();
    for (place, sdist) in sdists.iter().enumerate() {
        let earlier = sdists
            .iter()
            .take(place)
            .find(|other| release(other) == release(sdist));
        if let Some(earlier) = earlier.filter(|earlier| earlier.filename() != sdist.filename()) {
            problems.push(Problem {
                file: sdist.filename().to_owned(),
                rule: "two-sdists",
                severity: Severity::Error,
                message: format!(
                    "is a second sdist of the release, beside {}: an index takes one",
                    earlier.filename()
                ),
                help: None,
            });
        }
    }
    problems
}
