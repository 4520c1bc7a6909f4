//! The attestations that are sent: whether the index takes them from this job.

use pypi_metadata::{Finding, Severity};
use pypi_trusted_publisher::Claims;
use pypi_upload::{Evidence, FailureKind, Outcome};

use super::Publication;
#[cfg(not(feature = "sign"))]
use crate::task::Task;
use crate::{
    Error, FileAttestation, Problem,
    attestation::{form_value, job},
};

impl Publication {
    /// The attestations that go with a file.
    pub(super) fn attestations(&self, place: usize) -> impl Iterator<Item = &FileAttestation> {
        let stored = self.plan.dists[place].attestations().iter();
        let signed = self.files[place].signed.iter();
        stored.chain(signed).filter(|_| self.sends_attestations)
    }

    /// Those for the report: a file that the index had before is not sent, nor are its attestations.
    pub(super) fn shown_attestations(&self, place: usize) -> Vec<FileAttestation> {
        let was_there = matches!(
            self.files[place].outcome(),
            Some(Outcome::AlreadyPresent {
                evidence: Evidence::Listed,
                ..
            })
        );
        let shown = self.attestations(place).filter(|_| !was_there);
        shown.cloned().collect()
    }

    /// The form field of a file.
    pub(super) fn form_value(&self, place: usize) -> Option<String> {
        form_value(self.attestations(place))
    }

    /// Takes the claims of the job, before the first upload: what PyPI would reject for them is known then.
    pub(super) fn take_claims(&mut self, claims: Claims) {
        if self.claims.is_some() {
            return;
        }
        let is_attested = |place: &usize| {
            self.files[*place].is_ahead() && self.attestations(*place).next().is_some()
        };
        let places: Vec<usize> = (0..self.files.len()).filter(is_attested).collect();
        let index = self.settings.index.name().to_owned();
        if places.is_empty() {
        } else if let Some(finding) = job::unsupported_issuer(&claims).filter(|_| self.is_pypi()) {
            self.sends_attestations = false;
            if self.settings.requires_attestations {
                let why = "nothing is sent without attestations";
                self.error = Some(Error::attestation(why, &finding));
                let why = format!("{why}: {finding}");
                self.give_up(None, FailureKind::Attestation, &why);
            }
            self.warnings.push(Problem::new(index, finding));
        } else if let Some(finding) = job::reusable_workflow(&claims) {
            self.warnings
                .push(Problem::new(index, finding.into_warning()));
        } else {
            let problems = places.into_iter().flat_map(|place| {
                let finding = self.wrong_signer(place, &claims)?;
                Some(self.plan.dists[place].problem(finding))
            });
            let problems: Vec<Problem> = problems.collect();
            self.reject(problems);
        }
        self.claims = Some(claims);
    }

    #[cfg(feature = "sign")]
    fn wrong_signer(&self, place: usize, claims: &Claims) -> Option<Finding> {
        let mut attestations = self.attestations(place);
        let finding = attestations.find_map(|one| job::wrong_signer(one, claims))?;
        // The rules are those of PyPI; another index may have others.
        Some(match self.is_pypi() {
            true => finding,
            false => finding.into_warning(),
        })
    }

    #[cfg(not(feature = "sign"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    fn wrong_signer(&self, _: usize, _: &Claims) -> Option<Finding> {
        None
    }

    /// Ends the run before its first upload if one of the problems is an error: otherwise part of a release could be
    /// uploaded.
    fn reject(&mut self, problems: Vec<Problem>) {
        let is_error = |problem: &&Problem| problem.finding().severity() == Severity::Error;
        if let Some(problem) = problems.iter().find(is_error) {
            let why = "the index would reject an attestation";
            self.error = Some(Error::attestation(why, problem.finding()));
            let why = format!("{why}: {problem}");
            self.warnings.extend(problems);
            self.give_up(None, FailureKind::Attestation, &why);
        } else {
            self.warnings.extend(problems);
        }
    }

    /// Explains a rejected signature of the job's own: only the letter case of the repository can be the reason.
    #[cfg(feature = "sign")]
    pub(super) fn explain(&mut self, place: usize, outcome: &Outcome) {
        let (Outcome::Refused(refusal), Some(claims)) = (outcome, &self.claims) else {
            return;
        };
        let is_of_job = self.attestations(place).next().is_some()
            && job::reusable_workflow(claims).is_none()
            && self.wrong_signer(place, claims).is_none();
        if !is_of_job || !refusal.message.contains("Verification failed") {
            return;
        }
        if let Some(finding) = job::other_case(claims) {
            let problem = self.plan.dists[place].problem(finding);
            self.warnings.push(problem);
        }
    }

    #[cfg(not(feature = "sign"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    pub(super) fn explain(&self, _: usize, _: &Outcome) {}

    /// Notes what matters in any case, once.
    pub(super) fn warn(&mut self, problem: Problem) {
        if !self.warnings.contains(&problem) {
            self.warnings.push(problem);
        }
    }

    #[cfg(not(feature = "sign"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    pub(super) fn is_signing(&self) -> bool {
        false
    }

    #[cfg(not(feature = "sign"))]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    pub(super) fn next_signing(&self) -> Option<Task> {
        None
    }

    /// Whether the rules of PyPI apply: an index whose audience is known is PyPI or TestPyPI.
    pub(super) fn is_pypi(&self) -> bool {
        self.settings.index.audience().is_some()
    }
}
