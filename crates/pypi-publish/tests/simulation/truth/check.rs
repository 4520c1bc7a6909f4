//! Whether a report agrees with what is really so.

use std::collections::BTreeMap;

use pypi_publish::{ErrorKind, FileReport, Report};
use pypi_upload::{Existing, Outcome, Verification};

use super::Truth;
use crate::{case::Case, signatures::Signatures, world::lock};

impl Truth {
    /// CI systems kill a job about ten seconds after the first signal; a mint under way may take five of them.
    pub(crate) fn check_end_after_cancel(&self, millis: u64) {
        assert!(
            millis <= 15_000,
            "it ended {millis} ms after it was cancelled"
        );
    }

    pub(crate) fn check_time(&self, millis: u64) {
        // No request takes longer than the deadline of an upload with its body, and no pause longer than a minute or what
        // the index asks for.
        let most = (self.requests as u64 + 1) * 20 * 60 * 1000;
        assert!(
            millis <= most,
            "{} requests took {millis} ms",
            self.requests
        );
    }

    pub(crate) fn check(&self, case: &Case<'_>, report: &Report) {
        let files = case.files.len();
        // Sigstore is asked for as long as a certificate lives.
        let signing = match case.settings.signs {
            Some(_) => (files + 2) * 100,
            None => 0,
        };
        let most = (files + 6) * (case.settings.attempts as usize + 2) * 12 + signing;
        assert!(
            self.requests <= most,
            "{} requests for {files} files",
            self.requests
        );
        assert_eq!(report.files().len(), files, "every file is reported");
        let there: BTreeMap<String, String> = case
            .index
            .files()
            .into_iter()
            .map(|file| (file.filename, file.sha256))
            .collect();
        for file in report.files() {
            let (name, outcome) = (file.filename(), file.outcome());
            let is_there = there.get(name).map(String::as_str) == Some(file.sha256());
            let is_ours = self.stored.get(name).map(String::as_str) == Some(file.sha256());
            match outcome {
                Outcome::Uploaded { .. } | Outcome::AlreadyPresent { .. } => {
                    let is_accepted =
                        outcome.name() == "uploaded" || case.settings.existing != Existing::Never;
                    assert!(is_accepted, "{name} existed and is reported as {outcome}");
                    assert!(is_there, "{name} is reported as {outcome} and is not there");
                }
                Outcome::Exists { listed, .. } => {
                    assert_eq!(case.settings.existing, Existing::IndexSays);
                    // Without a comparison, the reply of something in front of the index cannot be told from its own.
                    let is_listed = listed.is_none() || listed.as_ref() == there.get(name);
                    assert!(is_listed, "{name} is reported as {outcome}");
                }
                Outcome::Unknown(_) => {}
                _ => assert!(!is_ours, "{name} was stored and is reported as {outcome}"),
            }
            let is_forgotten = outcome.to_string().contains("before its turn");
            let is_stopped = report.error().is_some_and(|error| {
                matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Deadline)
            });
            assert!(!is_forgotten || is_stopped, "{name} was forgotten");
            match file.verification() {
                Verification::Confirmed => assert!(is_there, "{name} is confirmed"),
                Verification::Different { .. } => panic!("{name}: nothing changes what is stored"),
                _ => {}
            }
        }
        let is_whole = report
            .files()
            .iter()
            .all(|file| file.outcome().is_present());
        assert_eq!(report.is_success(), is_whole);
        self.check_tokens(case, report);
        let events = lock(&self.events);
        self.signatures.check(
            case,
            report,
            events.get(self.first_event..).unwrap_or_default(),
        );
        drop(events);
        self.check_secrets(report);
    }

    fn check_tokens(&self, case: &Case<'_>, report: &Report) {
        let now = case.index.clock().now();
        for token in &self.tokens {
            let is_dead = token.is_burned || token.expires <= now;
            assert!(is_dead || token.burns > 0, "nobody tried to burn a token");
            assert!(
                token.is_burned || report.token_burned() != Some(true),
                "a token that lives is reported as burned"
            );
        }
        if self.tokens.is_empty() {
            assert_eq!(report.token_burned(), None);
        } else {
            assert!(report.token_burned().is_some());
        }
    }

    fn check_secrets(&self, report: &Report) {
        self.check_text(&report.to_json(), "the report");
        self.check_text(&format!("{report:?}"), "the report's debug output");
        for event in lock(&self.events).iter() {
            self.check_text(event, "an event");
        }
    }

    /// Where nothing goes wrong, everything is published at the first attempt, or the second if the token expires in the first.
    pub(crate) fn check_calm(&self, case: &Case<'_>, report: &Report) {
        let weather = &case.world;
        let is_calm = self.faults == 0
            && weather.rivals + weather.stale_pages + weather.dropped_tasks == 0
            && weather.cancel.is_none()
            && weather.kill.is_none()
            && case.settings.deadline.is_none()
            && weather.latency < 10_000;
        if !is_calm {
            return;
        }
        let there = case.index.files();
        let is_other = |file: &FileReport| {
            let mut there = there.iter();
            there.any(|other| other.filename == file.filename() && other.sha256 != file.sha256())
        };
        let is_unwanted = |file: &FileReport| {
            case.settings.existing == Existing::Never
                && file.attempts().is_empty()
                && file.outcome().name() == "refused"
                && there.iter().any(|other| other.filename == file.filename())
        };
        let stays = |file: &FileReport| is_other(file) || is_unwanted(file);
        let is_blocked = case.settings.by_dependencies && report.files().iter().any(stays);
        for file in report.files() {
            let outcome = file.outcome();
            let is_well = outcome.is_present() || stays(file) || is_blocked;
            assert!(is_well, "{}: {outcome}", file.filename());
            let most = if weather.upload_latency < 100_000 {
                1
            } else {
                2
            };
            assert!(file.attempts().len() <= most, "{}", file.filename());
            let is_verified = *file.verification() == Verification::Confirmed;
            let asked = case.settings.verifies
                && case.settings.knows_simple
                && outcome.is_present()
                && outcome.name() != "exists";
            assert!(
                is_verified || !asked,
                "{}: {}",
                file.filename(),
                file.verification()
            );
        }
        Signatures::check_calm(case, report);
        assert_ne!(report.token_burned(), Some(false));
    }
}
