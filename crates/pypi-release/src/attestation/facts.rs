//! What an attestation says.

use std::time::{SystemTime, UNIX_EPOCH};

use pypi_trusted_upload::{
    attestations::{Attestation, CertificateClaims, LogEntry, PredicateType},
    versioning::Timestamp,
};
use serde_json::{Map, Value, json};

use super::Problem;

/// What an attestation says, verified or not. All of it is untrusted text unless it was verified.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    predicate: PredicateType,
    subject: String,
    sha256: String,
    entry: Option<LogEntry>,
    claims: Option<CertificateClaims>,
    /// Why the certificate or the log entry cannot be read.
    pub(crate) problem: Option<Problem>,
}

impl Facts {
    /// Reads what can be read, and verifies nothing.
    pub(crate) fn of(attestation: &Attestation) -> Self {
        let statement = attestation.statement();
        let (entry, claims) = (attestation.log_entry(), attestation.certificate_claims());
        let problem = entry.as_ref().err().or_else(|| claims.as_ref().err());
        Self {
            predicate: statement.predicate_type(),
            subject: statement.subject_name().to_owned(),
            sha256: statement.subject_sha256().to_owned(),
            problem: problem.map(Problem::from),
            entry: entry.ok(),
            claims: claims.ok(),
        }
    }

    /// The members of its JSON object.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let claims = self.claims.as_ref();
        let of = |claim: fn(&CertificateClaims) -> Option<&str>| claims.and_then(claim);
        let time = self.entry.as_ref().map(LogEntry::integrated_time);
        let seconds = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let json = json!({
            "predicate": self.predicate.uri(),
            "subject": self.subject,
            "sha256": self.sha256,
            "issuer": of(CertificateClaims::issuer),
            "identity": of(CertificateClaims::identity),
            "repository": of(CertificateClaims::repository),
            "workflow": of(CertificateClaims::workflow),
            "ref": of(CertificateClaims::git_ref),
            "commit": of(CertificateClaims::commit),
            "run": of(CertificateClaims::run),
            "environment": of(CertificateClaims::environment),
            "log_index": self.entry.as_ref().map(LogEntry::log_index),
            "integrated_time": seconds.map(|since| since.as_secs()),
        });
        match json {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// When and where the log recorded it, for people.
    pub(crate) fn logged(&self) -> Option<String> {
        let entry = self.entry.as_ref()?;
        let time = text(entry.integrated_time()).unwrap_or_default();
        Some(format!("{time}, log index {}", entry.log_index()))
    }

    /// Its lines for people: names and values.
    pub(crate) fn rows(&self) -> Vec<[String; 2]> {
        let claims = self.claims.as_ref();
        let of = |claim: fn(&CertificateClaims) -> Option<&str>| {
            claims.and_then(claim).map(str::to_owned)
        };
        let rows = [
            ("predicate", Some(self.predicate.uri().to_owned())),
            ("subject", Some(self.subject.clone())),
            ("sha256", Some(self.sha256.clone())),
            ("issuer", of(CertificateClaims::issuer)),
            ("identity", of(CertificateClaims::identity)),
            ("repository", of(CertificateClaims::repository)),
            ("workflow", of(CertificateClaims::workflow)),
            ("ref", of(CertificateClaims::git_ref)),
            ("commit", of(CertificateClaims::commit)),
            ("run", of(CertificateClaims::run)),
            ("environment", of(CertificateClaims::environment)),
            ("logged", self.logged()),
        ];
        let rows = rows.into_iter();
        rows.filter_map(|(name, value)| Some([format!("  {name}"), value?]))
            .collect()
    }
}

/// A time in UTC, as in RFC 3339.
fn text(time: SystemTime) -> Option<String> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let time = Timestamp::from_unix_seconds(since.as_secs()).ok()?;
    Some(time.to_string())
}
