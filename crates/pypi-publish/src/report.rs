//! The outcome of every file.

use pypi_metadata::Field;
use pypi_trusted_publisher::{BurnOutcome, Provider};
use pypi_upload::{Index, Outcome, Verification};
use serde_json::{Value, json};

use crate::Plan;

/// The outcome of every file of a publication. It contains no secret and can be kept as an audit record.
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
    index: Index,
    files: Vec<FileReport>,
    pub(crate) provider: Option<Provider>,
    pub(crate) token_expires: Option<u64>,
    pub(crate) burned: Option<BurnOutcome>,
}

/// The outcome of one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    filename: String,
    project: String,
    version: String,
    size: u64,
    sha256: String,
    blake2b_256: String,
    outcome: Outcome,
    verified: Option<bool>,
}

impl Report {
    pub(crate) fn new(index: &Index) -> Self {
        Self {
            index: index.clone(),
            files: Vec::new(),
            provider: None,
            token_expires: None,
            burned: None,
        }
    }

    pub(crate) fn fill(
        &mut self,
        plan: &Plan,
        outcomes: &[Option<Outcome>],
        verification: &Verification,
    ) {
        self.files = plan
            .dists
            .iter()
            .zip(outcomes)
            .map(|(dist, outcome)| {
                let filename = dist.filename().to_owned();
                let outcome = outcome.clone().unwrap_or_else(Outcome::not_tried);
                let verified = match &outcome {
                    // It was found present because it is listed with the same sha256.
                    Outcome::AlreadyPresent { .. } => Some(true),
                    _ if verification.confirmed.contains(&filename) => Some(true),
                    _ if verification.missing.contains(&filename) => Some(false),
                    _ if verification.different.contains(&filename) => Some(false),
                    _ => None,
                };
                FileReport {
                    project: dist
                        .distribution
                        .metadata()
                        .get(Field::Name)
                        .unwrap_or_default()
                        .to_owned(),
                    version: dist.distribution.filename().version().to_string(),
                    size: dist.digests.size(),
                    sha256: dist.digests.sha256().to_owned(),
                    blake2b_256: dist.digests.blake2b_256().to_owned(),
                    filename,
                    outcome,
                    verified,
                }
            })
            .collect();
    }

    /// The index that the files were published to.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The files, in the order in which they were sent.
    pub fn files(&self) -> &[FileReport] {
        &self.files
    }

    /// Whether the index has every file, and lists each one as far as it could be asked.
    pub fn is_success(&self) -> bool {
        self.files
            .iter()
            .all(|file| file.outcome.is_present() && file.verified != Some(false))
    }

    /// The CI service that issued the ID token, when a token was minted.
    pub fn provider(&self) -> Option<Provider> {
        self.provider
    }

    /// The result of burning the minted token.
    pub fn burned(&self) -> Option<BurnOutcome> {
        self.burned
    }

    /// The report as one JSON object; the schema is stable, keys may be added.
    ///
    /// `index`, `upload_url`, `success`, `files` (each with `filename`, `project`, `version`, `size`, `sha256`,
    /// `blake2b_256`, `outcome`, `detail`, `attempts`, `verified`), `provider`, `token_expires`, `token_burned`.
    pub fn to_json(&self) -> String {
        json!({
            "index": self.index.name(),
            "upload_url": self.index.upload_url().as_str(),
            "success": self.is_success(),
            "files": self.files.iter().map(FileReport::json).collect::<Vec<_>>(),
            "provider": self.provider.map(|provider| provider.to_string()),
            "token_expires": self.token_expires,
            "token_burned": self.burned.map(|burned| burned == BurnOutcome::Accepted),
        })
        .to_string()
    }
}

impl FileReport {
    /// The file name.
    pub fn filename(&self) -> &str {
        &self.filename
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

    /// Whether the simple API lists it with our sha256; `None` when it was not asked.
    pub fn verified(&self) -> Option<bool> {
        self.verified
    }

    fn json(&self) -> Value {
        let attempts = match &self.outcome {
            Outcome::Uploaded { attempts, .. } => Some(*attempts),
            Outcome::Failed(failure) => Some(failure.attempts),
            _ => None,
        };
        json!({
            "filename": self.filename,
            "project": self.project,
            "version": self.version,
            "size": self.size,
            "sha256": self.sha256,
            "blake2b_256": self.blake2b_256,
            "outcome": self.outcome.name(),
            "detail": self.outcome.to_string(),
            "attempts": attempts,
            "verified": self.verified,
        })
    }
}
