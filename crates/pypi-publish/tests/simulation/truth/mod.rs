//! What is really so, and whether the publication agrees with it.

mod check;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{header, request::Parts};
use pypi_http::{Reply, TransportError, TransportErrorKind};
use pypi_local_index::StoredFile;
use pypi_publish::{Operation, Task};
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
    /// The pages that are being read, by task, with the token for them.
    reads: BTreeMap<u64, String>,
    pages: Pages,
    pub(crate) signatures: Signatures,
    /// Of the last run.
    first_event: usize,
}

/// Who may read pages, and where.
#[derive(Default)]
struct Pages {
    is_private: bool,
    is_trusted: bool,
    authority: String,
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
    pub(crate) fn new(case: &Case<'_>) -> Self {
        let index = &case.index;
        let mut secrets = BTreeSet::from([index.user_token().reveal().to_owned()]);
        let variables = index.environment();
        let token = |(name, _): &&(String, String)| name == "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
        secrets.extend(variables.iter().find(token).map(|(_, value)| value.clone()));
        Self {
            secrets,
            pages: Pages {
                is_private: case.settings.is_private,
                is_trusted: case.settings.is_trusted,
                authority: index.url().authority().to_owned(),
            },
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
        self.reads.clear();
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
        self.check_read(id, head);
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
        let path = head.uri.path();
        let takes_authorization = path == "/legacy/"
            || path.starts_with("/runner/")
            || self.pages.is_private && path.starts_with("/simple/");
        let authority = head.uri.authority().map(|authority| authority.as_str());
        let is_there = authority == Some(self.pages.authority.as_str());
        let is_authorized = head.headers.contains_key(header::AUTHORIZATION);
        assert!(
            takes_authorization && is_there || !is_authorized,
            "a secret was sent to {}",
            head.uri
        );
    }

    /// A private page is read with credentials, and with a minted token before it is burned.
    fn check_read(&mut self, id: u64, head: &Parts) {
        if !self.pages.is_private || !head.uri.path().starts_with("/simple/") {
            return;
        }
        let value = head.headers.get(header::AUTHORIZATION);
        let value = value.expect("a private page is read without credentials");
        if !self.pages.is_trusted {
            return;
        }
        let is_of = |token: &&Token| *value == basic(&token.secret);
        let token = self.tokens.iter().find(is_of).expect("a minted token");
        assert!(!token.is_burned, "a page is read with a burned token");
        self.reads.insert(id, token.secret.clone());
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
            let is_reading = self.reads.values().any(|token| token == secret);
            assert!(!is_reading, "a token was burned that a page is read with");
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
        self.reads.remove(&id);
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
        self.reads.remove(&id);
        if task.operation() == Operation::Burn {
            self.burn_failed();
        }
        if let Some(upload) = self.uploads.remove(&id)
            && upload.is_complete
        {
            self.complete.insert(upload.filename, Told::Nothing);
        }
    }
}

/// The header for a token.
fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("__token__:{token}")))
}
