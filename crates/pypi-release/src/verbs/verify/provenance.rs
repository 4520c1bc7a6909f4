//! Who published a file: its provenance, as the index serves it, verified offline.

use pypi_trusted_upload::{
    attestations::{self, Attestation, Identity},
    metadata::Filename,
    transport::{CancelToken, Clock},
    upload,
};
use serde_json::{Value, json};

use crate::attestation::{Facts, Judge, Problem, publisher};

/// How provenance is verified.
pub(crate) struct Provenance {
    pub(crate) judge: Judge,
    pub(crate) expected: Expected,
    /// Whether a file without provenance is an error.
    pub(crate) is_required: bool,
}

/// Who must have published.
pub(crate) enum Expected {
    Given(Identity),
    /// Whoever the index names.
    Index,
    /// The repository of the job, for files of the job; for others whoever the index names.
    Job(Identity),
}

/// What is known about the publisher of a file.
#[derive(Debug)]
pub(crate) struct ProvenanceReport {
    pub(crate) state: State,
    /// As the index names it. Untrusted text unless it is verified.
    pub(crate) publisher: Option<String>,
    /// The identity that was compared, and who named it: `option`, `job` or `index`.
    expected: Option<String>,
    expected_by: &'static str,
    attestations: Vec<Checked>,
    /// Why it is not verified.
    pub(crate) problem: Option<Problem>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    /// Every attestation is that of the expected identity.
    Verified,
    /// The index serves none.
    Absent,
    /// An attestation is rejected.
    Rejected,
    /// It could not be asked, or not be verified.
    Unknown,
}

#[derive(Debug)]
struct Checked {
    facts: Facts,
    problem: Option<Problem>,
}

impl Provenance {
    /// Verifies what the index replied for a file. `is_ours` is true for a file on disk.
    pub(super) fn report(
        &self,
        reply: Result<Option<Vec<u8>>, upload::Error>,
        filename: &Filename,
        sha256: &str,
        is_ours: bool,
        clock: &Clock,
        cancel: &CancelToken,
    ) -> ProvenanceReport {
        let (expected, by) = match &self.expected {
            Expected::Given(identity) => (Some(identity), "option"),
            Expected::Job(identity) if is_ours => (Some(identity), "job"),
            Expected::Job(_) | Expected::Index => (None, "index"),
        };
        let mut report = ProvenanceReport {
            state: State::Absent,
            publisher: None,
            expected: expected.map(ToString::to_string),
            expected_by: by,
            attestations: Vec::new(),
            problem: None,
        };
        match reply {
            Ok(None) => {}
            Ok(Some(json)) => report.verify(&json, expected, |attestation, identity| {
                let judge = &self.judge;
                let claims = judge.verify(attestation, filename, sha256, identity, clock, cancel);
                claims.map(drop)
            }),
            Err(error) => {
                let problem = Problem::new("unavailable", error.causes());
                report.end(State::Unknown, Some(problem));
            }
        }
        report
    }
}

impl ProvenanceReport {
    /// Verifies every attestation of a provenance object.
    fn verify(
        &mut self,
        json: &[u8],
        expected: Option<&Identity>,
        verify: impl Fn(&Attestation, &Identity) -> Result<(), attestations::Error>,
    ) {
        let provenance = match attestations::Provenance::parse(json) {
            Ok(provenance) => provenance,
            Err(error) => return self.end(State::Rejected, Some(Problem::from(&error))),
        };
        let bundles = provenance.bundles().iter();
        let signing = bundles.filter(|bundle| !bundle.attestations().is_empty());
        let mut publishers: Vec<String> = signing.map(publisher).collect();
        publishers.sort();
        publishers.dedup();
        self.publisher = Some(publishers.join(", ")).filter(|text| !text.is_empty());
        let mut unknown = None;
        for bundle in provenance.bundles() {
            let Some(identity) = expected.or_else(|| bundle.identity()) else {
                let text = format!(
                    "the index names a publisher of the kind {:?}, which is not known",
                    bundle.kind()
                );
                let help = "give the expected identity with --identity-json";
                unknown = Some(Problem::new("publisher", text).with_help(help));
                continue;
            };
            for attestation in bundle.attestations() {
                let result = verify(attestation, identity);
                let problem = result.err().map(|error| self.problem_of(&error));
                let facts = Facts::of(attestation);
                self.attestations.push(Checked { facts, problem });
            }
        }
        let rejected = self.attestations.iter().find_map(|one| one.problem.clone());
        match (rejected, unknown) {
            (Some(problem), _) => self.end(State::Rejected, Some(problem)),
            (None, Some(problem)) => self.end(State::Unknown, Some(problem)),
            (None, None) if self.attestations.is_empty() => self.end(State::Absent, None),
            (None, None) => self.end(State::Verified, None),
        }
    }

    /// What is wrong, with the origin of an expectation that the user did not name.
    fn problem_of(&self, error: &attestations::Error) -> Problem {
        let problem = Problem::from(error);
        let kind = error.kind();
        let is_other =
            kind == attestations::ErrorKind::Identity || kind == attestations::ErrorKind::Issuer;
        match self.expected_by {
            "job" if is_other => problem.with_help(
                "the repository of this job is expected: if another one publishes, name it with --repository",
            ),
            _ => problem,
        }
    }

    fn end(&mut self, state: State, problem: Option<Problem>) {
        self.state = state;
        self.problem = problem;
    }

    /// Whether it is an error: rejected, or missing where it is required.
    pub(super) fn is_wrong(&self, is_required: bool) -> bool {
        match self.state {
            State::Verified => false,
            State::Absent | State::Unknown => is_required,
            State::Rejected => true,
        }
    }

    /// What is wrong or unknown, on one line.
    pub(super) fn why_not(&self) -> Option<String> {
        let state = match self.state {
            State::Verified => return None,
            State::Absent => "no provenance",
            State::Rejected => "provenance rejected",
            State::Unknown => "provenance unknown",
        };
        Some(match (&self.problem, self.state) {
            (Some(problem), _) => format!("{state}: {problem}"),
            (None, State::Absent) => format!("{state}: the index has no attestations of this file"),
            (None, _) => state.to_owned(),
        })
    }

    pub(super) fn json(&self) -> Value {
        let attestations = self.attestations.iter().map(|one| {
            let mut json = one.facts.json();
            json.insert("verified".to_owned(), one.problem.is_none().into());
            let problem = one.problem.as_ref().map(Problem::json);
            json.insert("error".to_owned(), problem.into());
            Value::Object(json)
        });
        json!({
            "status": self.state.name(),
            "publisher": self.publisher,
            "expected": self.expected.as_ref().or(self.publisher.as_ref()),
            "expected_by": self.expected_by,
            "attestations": attestations.collect::<Value>(),
            "error": self.problem.as_ref().map(Problem::json),
        })
    }

    /// Who published, and who says so, if it is verified.
    pub(super) fn shown(&self) -> Option<String> {
        if self.state != State::Verified {
            return None;
        }
        match (&self.expected, &self.publisher) {
            (Some(expected), _) => Some(format!("signed by {expected}")),
            (None, Some(publisher)) => Some(format!("signed by {publisher}, as the index says")),
            (None, None) => None,
        }
    }
}

impl State {
    /// The stable word for reports.
    fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Absent => "none",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}
