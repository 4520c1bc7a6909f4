//! The JSON form of a report.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use pypi_metadata::versioning::Timestamp;
use pypi_trusted_publisher::Diagnosis;
use pypi_upload::{Attempt, Outcome};
use serde::Serialize;

use super::{FileReport, Report};
use crate::{Error, FileAttestation, Problem};

/// The version of the JSON form. It changes when a member is removed or gets another meaning, not when one is added.
pub const SCHEMA_VERSION: u32 = 1;

/// The report of a publication, of a run that failed before it, or of a dry run.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Report"))]
pub(super) struct Document<'a> {
    /// Changes when a member is removed or gets another meaning, not when one is added.
    schema_version: u32,
    /// Whether the index has every file and shows none with other content. For a dry run: whether no problem is an error.
    success: bool,
    /// Whether only the plan was made.
    dry_run: bool,
    /// The index: `pypi`, `testpypi` or its host. Null when the command failed before that was known.
    index: Option<&'a str>,
    /// The URL that accepts uploads. Null as `index`.
    upload_url: Option<&'a str>,
    /// Where the credentials come from, such as `github`, `token (UV_PUBLISH_TOKEN)` or `basic`; null when there are none.
    credentials: Option<&'a str>,
    /// When the last minted token expires, in seconds since 1970-01-01 UTC.
    token_expires: Option<u64>,
    /// Whether all minted tokens were burned; null when none was minted.
    token_burned: Option<bool>,
    /// The files in the order of the plan.
    files: Vec<File<'a>>,
    /// What the plan found wrong.
    problems: Vec<PlanProblem<'a>>,
    /// Why the run as a whole failed; null also when only single files did.
    error: Option<RunError<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct File<'a> {
    filename: &'a str,
    /// As it was named; null for a distribution that was not read from a file.
    path: Option<String>,
    /// As the metadata spells it.
    project: &'a str,
    version: &'a str,
    /// In bytes.
    size: u64,
    hashes: Hashes<'a>,
    /// Null in a dry run.
    #[cfg_attr(test, schemars(extend("enum" = ["uploaded", "already_present", "exists", "staged", "refused", "failed", "unknown", null])))]
    outcome: Option<&'a str>,
    /// The outcome in one sentence.
    detail: Option<String>,
    /// The category of a refusal or a failure, such as `authentication` or `transport`.
    reason: Option<&'a str>,
    /// How it is known that the index has the file.
    #[cfg_attr(test, schemars(extend("enum" = ["identical_reply", "listed", "listed_after_failure", "listed_after_refusal", "reply", null])))]
    evidence: Option<&'a str>,
    /// For the outcome `unknown`: why the index could not say whether it has the file.
    lookup_error: Option<&'a str>,
    /// What the index shows.
    #[cfg_attr(test, schemars(extend("enum" = ["confirmed", "different", "not_shown_yet", "unknown", "not_asked"])))]
    verification: &'a str,
    /// The verification in one sentence.
    verification_detail: String,
    /// Where the index serves the file, if its listing was seen.
    url: Option<&'a str>,
    /// Every time the file was sent.
    attempts: Vec<FileAttempt<'a>>,
    /// The attestations that were sent with it, or were to be sent, and those that the run made.
    attestations: Vec<Attested<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Attested<'a> {
    /// The predicate type, such as `https://docs.pypi.org/attestations/publish/v1`.
    predicate: &'a str,
    /// The index of its entry in the transparency log; null if the entry cannot be read.
    log_index: Option<u64>,
    /// When the log recorded it, in seconds since 1970-01-01 UTC; null as `log_index`.
    integrated_time: Option<u64>,
    /// Whether this run made it, it was stored beside the file, or the program gave it with the file.
    #[cfg_attr(test, schemars(extend("enum" = ["given", "sidecar", "signed"])))]
    source: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Hashes<'a> {
    /// In lower-case hex.
    sha256: &'a str,
    /// In lower-case hex.
    blake2b_256: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FileAttempt<'a> {
    /// When it began, in UTC.
    started: Option<String>,
    /// In seconds.
    duration: f64,
    /// The bytes of the file that were sent.
    bytes: u64,
    /// The status of the reply; null without one.
    status: Option<u16>,
    /// The sentence of the index, or what happened instead of a reply.
    message: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PlanProblem<'a> {
    file: &'a str,
    /// The path of the file as it was named; null as that of a file, and for a problem of the settings.
    path: Option<String>,
    /// The identifier of the rule, as `pypi-release check --rules` lists it.
    rule: &'a str,
    /// `error`, `warning` or `hint`.
    severity: String,
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RunError<'a> {
    /// `attestation`, `cancelled`, `deadline`, `identity`, `plan` or `unavailable`; of the command also `settings` or `usage`.
    kind: &'a str,
    /// The error and its causes on one line.
    message: String,
    help: Option<&'a str>,
    /// Why the index rejected the ID token, with the publisher that would match and what to change.
    #[cfg_attr(
        test,
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    diagnosis: Option<&'a Diagnosis>,
}

impl<'a> From<&'a Report> for Document<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            success: report.is_success(),
            dry_run: report.is_dry_run,
            index: Some(&report.target.index),
            upload_url: Some(report.target.upload_url.as_str()),
            credentials: report.target.credentials.as_deref(),
            token_expires: report.token_expires(),
            token_burned: report.token_burned(),
            files: report
                .files
                .iter()
                .map(|file| File::new(file, report.is_dry_run))
                .collect(),
            problems: report.problems.iter().map(PlanProblem::from).collect(),
            error: report.error.as_ref().map(RunError::from),
        }
    }
}

impl<'a> File<'a> {
    fn new(file: &'a FileReport, is_dry_run: bool) -> Self {
        let outcome = (!is_dry_run).then_some(&file.outcome);
        Self {
            filename: &file.filename,
            path: file.path.as_deref().map(shown),
            project: &file.project,
            version: &file.version,
            size: file.size,
            hashes: Hashes {
                sha256: &file.sha256,
                blake2b_256: &file.blake2b_256,
            },
            outcome: outcome.map(Outcome::name),
            detail: outcome.map(ToString::to_string),
            reason: outcome.and_then(|outcome| match outcome {
                Outcome::Refused(refusal) => Some(refusal.kind.name()),
                Outcome::Failed(failure) => Some(failure.kind.name()),
                _ => None,
            }),
            evidence: outcome.and_then(|outcome| Some(outcome.evidence()?.name())),
            lookup_error: match outcome {
                Some(Outcome::Unknown(doubt)) => Some(&doubt.lookup),
                _ => None,
            },
            verification: file.verification.name(),
            verification_detail: file.verification.to_string(),
            url: file.url.as_ref().map(url::Url::as_str),
            attempts: file.attempts.iter().map(FileAttempt::from).collect(),
            attestations: file.attestations.iter().map(Attested::from).collect(),
        }
    }
}

impl<'a> From<&'a Attempt> for FileAttempt<'a> {
    fn from(attempt: &'a Attempt) -> Self {
        Self {
            started: utc(attempt.started),
            duration: attempt.duration.as_secs_f64(),
            bytes: attempt.bytes,
            status: attempt.status,
            message: &attempt.message,
        }
    }
}

impl<'a> From<&'a FileAttestation> for Attested<'a> {
    fn from(attestation: &'a FileAttestation) -> Self {
        Self {
            predicate: attestation.predicate(),
            log_index: attestation.log_index(),
            integrated_time: attestation.integrated_time(),
            source: attestation.source().name(),
        }
    }
}

impl<'a> From<&'a Problem> for PlanProblem<'a> {
    fn from(problem: &'a Problem) -> Self {
        let finding = problem.finding();
        Self {
            file: problem.file(),
            path: problem.path().map(shown),
            rule: finding.rule().id(),
            severity: finding.severity().to_string(),
            message: finding.message(),
            help: finding.help(),
        }
    }
}

impl<'a> From<&'a Error> for RunError<'a> {
    fn from(error: &'a Error) -> Self {
        Self {
            kind: error.kind().name(),
            message: error.causes(),
            help: error.help(),
            diagnosis: error.diagnosis(),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn utc(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Timestamp::from_unix_seconds(seconds).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use schemars::generate::SchemaSettings;

    use super::*;

    /// The report of a publication, of a run that failed before it, or of a dry run.
    #[derive(Serialize, schemars::JsonSchema)]
    #[schemars(title = "Report")]
    struct Printed<'a> {
        #[serde(flatten)]
        report: Document<'a>,
        /// What the index had before, of `pypi-release publish --index local --seed-folder` only.
        #[serde(skip_serializing_if = "Option::is_none")]
        rehearsal: Option<Rehearsal<'a>>,
    }

    #[derive(Serialize, schemars::JsonSchema)]
    struct Rehearsal<'a> {
        /// The projects of the files.
        projects: Vec<ProjectBefore<'a>>,
        /// The releases of the files.
        releases: Vec<ReleaseBefore<'a>>,
        /// In the order of the plan.
        files: Vec<FileBefore<'a>>,
    }

    #[derive(Serialize, schemars::JsonSchema)]
    struct ProjectBefore<'a> {
        /// Normalized.
        name: &'a str,
        exists: bool,
        /// Null if the project is new.
        #[schemars(extend("enum" = ["active", "archived", "quarantined", null]))]
        status: Option<&'a str>,
        /// The owners and maintainers that are known; null if the project is new.
        members: Option<Vec<&'a str>>,
        /// How many releases have wheels or sdists.
        releases: u64,
        /// How many wheels and sdists it has.
        files: u64,
        /// What counts against `total_limit`.
        bytes: u64,
        /// The largest size of a file in bytes; null if the project is new.
        file_limit: Option<u64>,
        /// The largest size of the project in bytes; null if it is new.
        total_limit: Option<u64>,
    }

    #[derive(Serialize, schemars::JsonSchema)]
    struct ReleaseBefore<'a> {
        /// The normalized name.
        project: &'a str,
        version: &'a str,
        exists: bool,
        /// How many wheels and sdists it has.
        files: u64,
        /// The name of its sdist, if it has one. It cannot have another.
        sdist: Option<&'a str>,
        /// When its first file was uploaded, in UTC; null if it has no files.
        since: Option<&'a str>,
        /// The reason, which may be empty, if it is yanked.
        yanked: Option<&'a str>,
        /// Whether it is too old for new files.
        closed: bool,
    }

    #[derive(Serialize, schemars::JsonSchema)]
    struct FileBefore<'a> {
        filename: &'a str,
        /// `deleted`: the name was used by a file that was deleted. `different`: the index has other bytes with this name.
        /// `duplicate`: it has the bytes with another name. `same`: it has the file.
        #[schemars(extend("enum" = ["deleted", "different", "duplicate", "new", "same"]))]
        state: &'a str,
        /// For `different` and `same`: the SHA-256 of the file that the index has, in lower-case hex.
        sha256_on_index: Option<&'a str>,
        /// For `duplicate`: the name of the file that the index has.
        same_bytes_as: Option<&'a str>,
    }

    /// Write it with `UPDATE_SCHEMA=1 cargo test -p pypi-publish schema`.
    #[test]
    fn the_schema_in_the_documentation_is_that_of_the_document() {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let schema = settings
            .into_generator()
            .into_root_schema_for::<Printed<'_>>();
        let schema = serde_json::to_string_pretty(&schema);
        let schema = format!("{}\n", schema.expect("JSON"));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
        #[expect(clippy::disallowed_methods, reason = "a test's own file")]
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &schema).expect("written");
        }
        #[expect(clippy::disallowed_methods, reason = "a test's own file")]
        let documented = std::fs::read_to_string(path).expect("the schema");
        assert_eq!(documented, schema);
    }
}
