//! The files to publish, and everything that is wrong with them.

use std::{collections::BTreeMap, path::Path};

use pypi_metadata::{Finding, Severity, check_release, rules};

use crate::{
    Error, Problem, Report,
    dists::{Dist, Dists},
    report::{FileReport, Target, TokenSummary},
    settings::Settings,
};

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
    pub(crate) target: Target,
    pub(crate) dists: Vec<Dist>,
    /// Those that are left out.
    skipped: Vec<Dist>,
    /// Whether the index takes attestations with these credentials, as far as is known.
    pub(crate) sends_attestations: bool,
    problems: Vec<Problem>,
}

/// One file of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlannedFile<'a>(&'a Dist);

impl Plan {
    pub(crate) fn new(dists: Dists, target: Target, settings: &Settings) -> Self {
        let Dists {
            files: mut dists,
            mut problems,
        } = dists;
        dists.sort_by(|a, b| a.order().cmp(&b.order()));
        let (skipped, dists): (Vec<Dist>, _) = dists
            .into_iter()
            .partition(|dist| settings.skip_private && private(dist).is_some());
        problems.extend(skipped.iter().filter_map(private));
        problems.extend(dists.iter().flat_map(Dist::problems));
        let findings = check_release(dists.iter().map(|dist| &dist.distribution));
        problems.extend(findings.into_iter().map(|finding| {
            let is_allowed = settings.all_versions && finding.rule() == &rules::RELEASE_VERSIONS;
            let finding = match is_allowed {
                // Without its help, which is to allow them.
                true => Finding::new(&rules::RELEASE_VERSIONS, finding.message()).into_warning(),
                false => finding,
            };
            let mut named = dists
                .iter()
                .filter(|dist| finding.file() == Some(dist.filename()));
            match (named.next(), named.next()) {
                (Some(dist), None) => dist.problem(finding),
                _ => {
                    let file = finding.file().unwrap_or("(the files together)").to_owned();
                    Problem::new(file, finding)
                }
            }
        }));
        if dists.is_empty() && problems.is_empty() {
            let finding = Finding::new(&rules::NOTHING_TO_PUBLISH, "no wheel or sdist was found")
                .with_help("build the project first");
            problems.push(Problem::new("(no file)", finding));
        }
        problems.extend(identical(&dists));
        Self {
            target,
            dists,
            skipped,
            sends_attestations: false,
            problems,
        }
    }

    /// The files, wheels before sdists.
    pub fn files(&self) -> impl ExactSizeIterator<Item = PlannedFile<'_>> {
        self.dists.iter().map(PlannedFile)
    }

    /// The files that [`Publisher::skip_private`](crate::Publisher::skip_private) leaves out.
    pub fn skipped(&self) -> impl ExactSizeIterator<Item = PlannedFile<'_>> {
        self.skipped.iter().map(PlannedFile)
    }

    /// Whether there are files, and all of them are left out.
    pub(crate) fn is_all_skipped(&self) -> bool {
        self.dists.is_empty() && !self.skipped.is_empty()
    }

    /// Everything that is wrong, for every file and of every severity.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether no problem is an error.
    pub fn is_publishable(&self) -> bool {
        self.errors().next().is_none()
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &Problem> {
        let is_error = |problem: &&Problem| problem.finding().severity() == Severity::Error;
        self.problems.iter().filter(is_error)
    }

    /// The total size in bytes.
    pub fn size(&self) -> u64 {
        self.dists.iter().map(|dist| dist.digests.size()).sum()
    }

    /// The report of the plan, without carrying it out.
    pub fn dry_run(&self) -> Report {
        Report {
            is_dry_run: true,
            ..self.report()
        }
    }

    /// The report of a run that ended before it began.
    pub fn failed(&self, error: &Error) -> Report {
        Report {
            error: Some(error.clone()),
            ..self.report()
        }
    }

    /// The report of a plan that is not carried out: no file was tried.
    pub(crate) fn report(&self) -> Report {
        Report {
            target: self.target.clone(),
            is_dry_run: false,
            files: self.dists.iter().map(|dist| self.planned(dist)).collect(),
            problems: self.problems.clone(),
            tokens: TokenSummary::default(),
            error: None,
        }
    }

    fn planned(&self, dist: &Dist) -> FileReport {
        let attestations = match self.sends_attestations {
            true => dist.attestations().to_vec(),
            false => Vec::new(),
        };
        FileReport {
            attestations,
            ..FileReport::planned(dist)
        }
    }

    /// Replaces each problem, or leaves it out.
    pub(crate) fn replace(&mut self, change: impl FnMut(Problem) -> Option<Problem>) {
        let problems = std::mem::take(&mut self.problems);
        self.problems = problems.into_iter().filter_map(change).collect();
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Sends no attestations, and so does not mind invalid ones.
    #[cfg(feature = "sign")]
    pub(crate) fn without_attestations(&mut self) {
        self.sends_attestations = false;
        let is_about = |problem: &Problem| problem.finding().rule() == &rules::ATTESTATION;
        self.replace(|problem| Some(problem).filter(|problem| !is_about(problem)));
    }
}

/// Why a file is left out, if private ones are.
fn private(dist: &Dist) -> Option<Problem> {
    let classifier = dist.distribution.private_classifier()?;
    let message = format!("it is left out: it has the classifier {classifier:?}");
    Some(dist.problem(Finding::new(&rules::PRIVATE_SKIPPED, message)))
}

/// Files that differ in nothing but their names: an index stores one and rejects the other.
fn identical(dists: &[Dist]) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for dist in dists {
        let other = *first
            .entry(dist.digests.sha256())
            .or_insert_with(|| dist.filename());
        if other != dist.filename() {
            let message = format!("it has the same bytes as {other}, so the index would reject it");
            let finding = Finding::new(&rules::FILE_IDENTICAL, message)
                .with_help("build both again, or publish one of them");
            problems.push(dist.problem(finding));
        }
    }
    problems
}

impl<'a> PlannedFile<'a> {
    /// The file name.
    pub fn filename(&self) -> &'a str {
        self.0.filename()
    }

    /// Its path as the caller wrote it, if it was read from one.
    pub fn path(&self) -> Option<&'a Path> {
        self.0.path.as_deref()
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
