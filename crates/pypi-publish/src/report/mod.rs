//! The outcome of every file.

mod document;

use std::path::{Path, PathBuf};

use pypi_metadata::{Field, Severity, rules};
use pypi_trusted_publisher::BurnOutcome;
use pypi_upload::{Attempt, FailureKind, Outcome, Verification};
use serde::{Serialize, Serializer};
use url::Url;

use crate::{Error, FileAttestation, Problem, dists::Dist};

pub use document::SCHEMA_VERSION;

/// The outcome of every file of a publication. It contains no secret and can be kept as an audit record.
///
/// It serializes as one JSON object of [`SCHEMA_VERSION`]; `docs/report.schema.json` in the repository describes it. A run
/// that fails and a dry run have the same shape.
///
/// # Examples
///
/// ```no_run
/// # fn example(report: &pypi_publish::Report) {
/// for file in report.files() {
///     println!("{} {}", file.filename(), file.outcome());
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) target: Target,
    pub(crate) is_dry_run: bool,
    pub(crate) files: Vec<FileReport>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) tokens: TokenSummary,
    pub(crate) error: Option<Error>,
}

/// Where files are published, and how.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) index: String,
    pub(crate) upload_url: Url,
    pub(crate) credentials: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct TokenSummary {
    pub(crate) expires: Option<u64>,
    /// For each token that was minted.
    pub(crate) burned: Vec<BurnOutcome>,
}

/// The outcome of one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    pub(crate) filename: String,
    pub(crate) path: Option<PathBuf>,
    pub(crate) project: String,
    pub(crate) version: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    pub(crate) blake2b_256: String,
    pub(crate) outcome: Outcome,
    pub(crate) verification: Verification,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) url: Option<Url>,
    pub(crate) attestations: Vec<FileAttestation>,
}

impl Report {
    /// The name of the index: `pypi`, `testpypi` or its host.
    pub fn index(&self) -> &str {
        &self.target.index
    }

    /// The files, in the order of the plan.
    pub fn files(&self) -> &[FileReport] {
        &self.files
    }

    /// What the plan found wrong, of every severity.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether the index has every file, and shows none with other content; for a dry run, whether no problem is an error.
    /// A run of which every file was [left out](crate::Publisher::skip_private) is a success, too.
    pub fn is_success(&self) -> bool {
        if self.is_dry_run {
            let is_error = |problem: &Problem| problem.finding().severity() == Severity::Error;
            return !self.problems.iter().any(is_error);
        }
        let is_well = |file: &FileReport| {
            let is_different = matches!(file.verification, Verification::Different { .. });
            file.outcome.is_present() && !is_different
        };
        match self.files.is_empty() {
            true => self.error.is_none() && self.skipped().next().is_some(),
            false => self.files.iter().all(is_well),
        }
    }

    /// What was [left out](crate::Publisher::skip_private).
    pub(crate) fn skipped(&self) -> impl Iterator<Item = &Problem> {
        let is_skipped = |problem: &&Problem| problem.finding().rule() == &rules::PRIVATE_SKIPPED;
        self.problems.iter().filter(is_skipped)
    }

    /// Whether only the plan was made.
    pub fn is_dry_run(&self) -> bool {
        self.is_dry_run
    }

    /// Why the run as a whole failed; `None` also when only single files did.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// When the last token that was minted expires, in seconds since 1970-01-01 UTC, if the index said so.
    pub fn token_expires(&self) -> Option<u64> {
        self.tokens.expires
    }

    /// Whether all tokens that were minted were burned; `None` when none was minted.
    pub fn token_burned(&self) -> Option<bool> {
        let mut burned = self.tokens.burned.iter();
        (!self.tokens.burned.is_empty()).then(|| burned.all(|burn| *burn == BurnOutcome::Accepted))
    }

    /// The report as one JSON object.
    pub fn to_json(&self) -> String {
        #[expect(clippy::expect_used, reason = "the document has string keys only")]
        serde_json::to_string(self).expect("a report is valid JSON")
    }

    /// Whether anything was sent in this run.
    pub(crate) fn was_sent(&self) -> bool {
        self.files.iter().any(|file| !file.attempts.is_empty())
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        document::Document::from(self).serialize(serializer)
    }
}

impl FileReport {
    pub(crate) fn planned(dist: &Dist) -> Self {
        let distribution = &dist.distribution;
        let name = distribution.metadata().get(Field::Name);
        Self {
            filename: dist.filename().to_owned(),
            path: dist.path.clone(),
            project: name.unwrap_or_else(|| dist.project()).to_owned(),
            version: distribution.filename().version().to_string(),
            size: dist.digests.size(),
            sha256: dist.digests.sha256().to_owned(),
            blake2b_256: dist.digests.blake2b_256().to_owned(),
            outcome: Outcome::failed(FailureKind::NotTried, "nothing was sent"),
            verification: Verification::NotAsked,
            attempts: Vec::new(),
            url: None,
            attestations: Vec::new(),
        }
    }

    /// The file name.
    pub fn filename(&self) -> &str {
        &self.filename
    }

    /// Its path as the caller wrote it, if it was read from one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The project, as its metadata spells it.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The version, as PEP 440 spells it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The sha256 in lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its outcome.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What the index shows of it.
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// Every attempt to send it.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The attestations that were sent with it, or were to be sent, and those that the run made.
    pub fn attestations(&self) -> &[FileAttestation] {
        &self.attestations
    }

    /// Where the index serves it, if its listing was seen.
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }
}
