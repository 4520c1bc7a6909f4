//! What is really so of the signatures of a case.

use std::collections::{BTreeMap, BTreeSet};

use http::request::Parts;
use pypi_http::{Reply, TransportError};
use pypi_publish::{FileReport, Report, Source};
use pypi_upload::Outcome;
use serde_json::Value;

use crate::case::{Case, Signs};

/// The record of a run. Each `check_` panics when a rule is broken.
#[derive(Default)]
pub(crate) struct Signatures {
    /// The tasks that were given a certificate and have not used it yet.
    unused: BTreeSet<u64>,
    has_uploaded: bool,
    /// ID tokens for Sigstore, and the others.
    tokens: BTreeSet<String>,
    others: BTreeSet<String>,
}

const FULCIO: &str = "/sigstore/fulcio/api/v2/signingCert";
const REKOR: &str = "/sigstore/rekor/api/v1/log/entries";

impl Signatures {
    pub(crate) fn sending(&mut self, id: u64, head: &Parts) {
        match head.uri.path() {
            "/legacy/" => self.has_uploaded = true,
            path if path.starts_with("/sigstore/") => {
                assert!(!self.has_uploaded, "a file is signed after an upload");
                if path == REKOR {
                    self.unused.remove(&id);
                }
            }
            _ => {}
        }
    }

    /// The index has handled a request.
    pub(crate) fn handled(
        &mut self,
        case: &Case<'_>,
        head: &Parts,
        body: &[u8],
        reply: &Result<Reply, TransportError>,
    ) {
        let text = String::from_utf8_lossy(body);
        let path = head.uri.path();
        let sends = |tokens: &BTreeSet<String>| tokens.iter().any(|token| text.contains(token));
        assert!(
            path == FULCIO || !sends(&self.tokens),
            "Sigstore's token at {path}"
        );
        assert!(
            path != FULCIO || !sends(&self.others),
            "the index's token at Sigstore"
        );
        let is_attested = text.contains("name=\"attestations\"");
        if path == "/legacy/" && case.settings.signs == Some(Signs::Required) {
            assert!(is_attested, "a file is uploaded without an attestation");
        }
        if let (true, Ok(reply)) = (path.starts_with("/runner/"), reply) {
            let json: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
            let is_ours = head
                .uri
                .query()
                .is_some_and(|query| query.contains("audience=sigstore"));
            let tokens = match is_ours {
                true => &mut self.tokens,
                false => &mut self.others,
            };
            tokens.extend(json["value"].as_str().map(str::to_owned));
        }
    }

    /// A task is told how its request ended.
    pub(crate) fn replied(&mut self, id: u64, head: &Parts, reply: &Result<Reply, TransportError>) {
        if let (FULCIO, Ok(reply)) = (head.uri.path(), reply)
            && String::from_utf8_lossy(reply.body()).contains("BEGIN CERTIFICATE")
        {
            self.unused.insert(id);
        }
    }

    pub(crate) fn dropped(&mut self, id: u64) {
        self.unused.remove(&id);
    }

    pub(crate) fn check(&self, case: &Case<'_>, report: &Report, events: &[String]) {
        let is_stopped = report.error().is_some_and(|error| {
            use pypi_publish::ErrorKind::{Cancelled, Deadline};
            matches!(error.kind(), Cancelled | Deadline)
        });
        assert!(
            self.unused.is_empty() || is_stopped,
            "a certificate was not used"
        );
        for file in report.files() {
            let text = file.outcome().to_string();
            assert!(
                !text.contains("Invalid attestations"),
                "{}: {text}",
                file.filename()
            );
        }
        if case.world.dropped_tasks == 0 {
            check_events(report, events);
        }
    }

    /// Where nothing goes wrong, every file that was sent has an attestation.
    pub(crate) fn check_calm(case: &Case<'_>, report: &Report) {
        let is_bare = |file: &&FileReport| {
            let is_ours = matches!(file.outcome(), Outcome::Uploaded { .. });
            is_ours && file.attestations().is_empty()
        };
        let bare = report.files().iter().find(is_bare);
        assert!(case.settings.signs.is_none() || bare.is_none(), "{bare:?}");
    }
}

/// What was announced as signed is in the report.
fn check_events(report: &Report, events: &[String]) {
    let reported: BTreeMap<&str, Option<u64>> = report
        .files()
        .iter()
        .filter_map(|file| {
            let mut attestations = file.attestations().iter();
            let signed = attestations.find(|one| one.source() == Source::Signed)?;
            Some((file.filename(), signed.log_index()))
        })
        .collect();
    for event in events {
        let event: Value = serde_json::from_str(event).expect("JSON");
        if event["event"] == "signed" {
            let filename = event["filename"].as_str().expect("a name");
            let index = reported.get(filename);
            assert_eq!(
                index,
                Some(&event["log_index"].as_u64()),
                "{filename} was signed"
            );
        }
    }
}
