//! What would be published, and everything that is wrong with it.

use pypi_metadata::{Finding, Severity, check_release, rules};

use crate::{
    Problem,
    dists::{Dist, Dists},
};

/// What would be published, in order, and everything that is known to be wrong with it before the network is asked.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) dists: Vec<Dist>,
    problems: Vec<Problem>,
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
        let findings = check_release(dists.iter().map(|dist| &dist.distribution));
        problems.extend(findings.into_iter().map(|finding| {
            let file = finding.file().unwrap_or("(the files together)").to_owned();
            Problem::new(file, finding)
        }));
        if dists.is_empty() && problems.is_empty() {
            let finding = Finding::new(&rules::NOTHING_TO_PUBLISH, "there is no wheel or sdist")
                .with_help("build the project first");
            problems.push(Problem::new("(no file)", finding));
        }
        Self { dists, problems }
    }

    /// The files, wheels before sdists.
    pub fn files(&self) -> impl ExactSizeIterator<Item = PlannedFile<'_>> {
        self.dists.iter().map(PlannedFile)
    }

    /// Everything that is wrong, of every file and severity.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether nothing is known that the index would refuse.
    pub fn is_publishable(&self) -> bool {
        self.problems
            .iter()
            .all(|problem| problem.finding().severity() != Severity::Error)
    }

    /// The size of all files, in bytes.
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
