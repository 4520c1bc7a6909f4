//! What is really so, and whether the publication and its report agree with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use http::{header, request::Parts};
use pypi_http::{Reply, TransportError, TransportErrorKind};
use pypi_local_index::{LocalIndex, StoredFile};
use pypi_publish::{ErrorKind, FileReport, Operation, Report, Task};
use pypi_upload::{Existing, Outcome, Verification};
use serde_json::Value;

use crate::{case::Case, faults::Fault, signatures::Signatures, world::lock};

/// The record of a case. Each `check_` panics when a rule is broken.
#[derive(Default)]
pub(crate) struct Truth {
    transcript: Vec<String>,
    events: Arc<Mutex<Vec<String>>>,
    pub(crate) faults: usize,
    requests: usize,
    secrets: BTreeSet<String>,
    /// The files that the index stored from requests of this run, with their sha256.
    stored: BTreeMap<String, String>,
    uploads: BTreeMap<u64, Upload>,
    /// What became of the last complete body of each file.
    complete: BTreeMap<String, Told>,
    renewed: BTreeSet<String>,
    tokens: Vec<Token>,
    pub(crate) signatures: Signatures,
    /// Of the last run.
    first_event: usize,
}

struct Upload {
    filename: String,
    is_complete: bool,
}

/// What a task was told of a request.
#[derive(Clone, Debug)]
enum Told {
    Nothing,
    Status(u16, String),
}

/// A minted token that the client was given.
struct Token {
    secret: String,
    expires: u64,
    is_burned: bool,
    burns: usize,
}

impl Truth {
    pub(crate) fn new(index: &LocalIndex) -> Self {
        let mut secrets = BTreeSet::from([index.user_token().reveal().to_owned()]);
        let variables = index.environment();
        let token = |(name, _): &&(String, String)| name == "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
        secrets.extend(variables.iter().find(token).map(|(_, value)| value.clone()));
        Self {
            secrets,
            ..Self::default()
        }
    }

    /// Where events are written to.
    pub(crate) fn log(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.events)
    }

    pub(crate) fn note(&mut self, now: u64, line: String) {
        self.transcript.push(format!("{now:>9} ms  {line}"));
    }

    pub(crate) fn transcript(&self) -> String {
        self.transcript.join("\n")
    }

    /// A second run begins. It reports what it does itself, and what the index lists.
    pub(crate) fn begin_again(&mut self) {
        self.stored.clear();
        self.complete.clear();
        self.renewed.clear();
        self.uploads.clear();
        // Nobody can burn the tokens of a process that was killed.
        self.tokens.clear();
        self.requests = 0;
        self.signatures = Signatures::default();
        self.first_event = lock(&self.events).len();
    }

    pub(crate) fn sending(&mut self, now: u64, id: u64, task: &Task, head: &Parts, fault: &Fault) {
        self.requests += 1;
        if !matches!(fault, Fault::None) {
            self.faults += 1;
        }
        let what = task.file().unwrap_or_default();
        self.note(
            now,
            format!(
                "task {id} {} {} {what} {fault:?}",
                head.method,
                head.uri.path()
            ),
        );
        self.check_head(head);
        self.signatures.sending(id, head);
        if let (Operation::Upload, Some(filename), "POST") =
            (task.operation(), task.file(), head.method.as_str())
        {
            self.check_repetition(filename);
            let upload = Upload {
                filename: filename.to_owned(),
                is_complete: false,
            };
            self.uploads.insert(id, upload);
        }
    }

    /// No secret but in the header made for it, and that only where it belongs.
    fn check_head(&self, head: &Parts) {
        let mut visible = format!("{} {head:?}", head.uri);
        for (name, value) in &head.headers {
            if name != header::AUTHORIZATION {
                visible.push_str(value.to_str().unwrap_or_default());
            }
        }
        self.check_text(&visible, "a request");
        let takes_authorization =
            head.uri.path() == "/legacy/" || head.uri.path().starts_with("/runner/");
        let is_authorized = head.headers.contains_key(header::AUTHORIZATION);
        assert!(
            takes_authorization || !is_authorized,
            "a secret was sent to {}",
            head.uri
        );
    }

    fn check_text(&self, text: &str, what: &str) {
        for secret in &self.secrets {
            let start = secret.get(..secret.len().min(60)).unwrap_or(secret);
            assert!(!text.contains(start), "{what} contains a secret: {text}");
        }
    }

    /// A complete body is sent again only after no reply, 408, 425, 429 or 5xx, and once after an expired token.
    fn check_repetition(&mut self, filename: &str) {
        let may_repeat = match self.complete.get(filename) {
            None | Some(Told::Nothing) => true,
            Some(Told::Status(status, text)) => {
                let is_expired = *status == 403 && text.contains("expired");
                matches!(status, 408 | 425 | 429 | 500..=599)
                    || is_expired && self.renewed.insert(filename.to_owned())
            }
        };
        let last = self.complete.remove(filename);
        assert!(may_repeat, "{filename} was sent again after {last:?}");
    }

    pub(crate) fn body_left(&mut self, id: u64) {
        if let Some(upload) = self.uploads.get_mut(&id) {
            upload.is_complete = true;
        }
    }

    pub(crate) fn stored(&mut self, now: u64, file: StoredFile) {
        self.note(now, format!("the index stores {}", file.filename));
        self.stored.insert(file.filename, file.sha256);
    }

    /// The index has handled a request.
    pub(crate) fn handled(
        &mut self,
        _: Option<u64>,
        head: &Parts,
        body: &[u8],
        reply: &Result<Reply, TransportError>,
    ) {
        let Ok(reply) = reply else {
            return;
        };
        if head.uri.path() == "/_/oidc/burn-token" {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let secret = body["token"].as_str().unwrap_or_default();
            let token = self.tokens.iter_mut().find(|token| token.secret == secret);
            if let Some(token) = token {
                token.is_burned |= reply.status().is_success();
            }
        }
        let json: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
        for name in ["token", "value"] {
            self.secrets.extend(json[name].as_str().map(str::to_owned));
        }
    }

    /// A task is told how its request ended.
    pub(crate) fn replied(&mut self, id: u64, head: &Parts, reply: &Result<Reply, TransportError>) {
        self.signatures.replied(id, head, reply);
        let told = match reply {
            Ok(reply) => {
                let text = String::from_utf8_lossy(reply.body()).into_owned();
                Told::Status(reply.status().as_u16(), text)
            }
            Err(_) => Told::Nothing,
        };
        if let Some(upload) = self.uploads.remove(&id)
            && upload.is_complete
        {
            self.complete.insert(upload.filename, told);
        }
        match (head.uri.path(), reply) {
            ("/_/oidc/mint-token", Ok(reply)) if reply.status() == 200 => self.minted(reply),
            ("/_/oidc/burn-token", Err(error)) if error.kind() == TransportErrorKind::Cancelled => {
            }
            ("/_/oidc/burn-token", _) => self.burn_failed(),
            _ => {}
        }
    }

    /// Unless the index has burned it.
    fn burn_failed(&mut self) {
        for token in self.tokens.iter_mut().filter(|token| !token.is_burned) {
            token.burns += 1;
        }
    }

    fn minted(&mut self, reply: &Reply) {
        let json: Value = serde_json::from_slice(reply.body()).expect("JSON");
        self.tokens.push(Token {
            secret: json["token"].as_str().expect("a token").to_owned(),
            expires: json["expires"].as_u64().expect("a time"),
            is_burned: false,
            burns: 0,
        });
    }

    pub(crate) fn dropped(&mut self, id: u64, task: &Task) {
        self.signatures.dropped(id);
        if task.operation() == Operation::Burn {
            self.burn_failed();
        }
        if let Some(upload) = self.uploads.remove(&id)
            && upload.is_complete
        {
            self.complete.insert(upload.filename, Told::Nothing);
        }
    }

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
