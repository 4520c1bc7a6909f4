//! A transport that answers from a list, as a certificate authority and a transparency log that sign nothing.

use std::collections::VecDeque;
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, StatusCode};
use pypi_http::{
    Body, CancelToken, Clock, Reply, ReplyLimit, Transport, TransportError, TransportErrorKind,
};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::TOKEN;
use super::certificate::{pem, requested_key};

/// What answers a request; it is given the last body that was posted.
pub(crate) type Answer = Box<dyn Fn(&Value) -> Result<Reply, TransportError> + Send>;

/// Answers each request with the next of a list, and those after it with the last one.
pub(crate) struct Fake {
    now: Arc<AtomicU64>,
    state: Mutex<State>,
}

struct State {
    answers: VecDeque<Answer>,
    lines: Vec<String>,
    posted: Vec<Value>,
    waited: Duration,
}

impl Fake {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            now: Arc::default(),
            state: Mutex::new(State {
                answers: answers.into_iter().collect(),
                lines: Vec::new(),
                posted: Vec::new(),
                waited: Duration::ZERO,
            }),
        }
    }

    /// The virtual time: a pause moves it, and a request takes 20 seconds.
    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Clock::new(move || UNIX_EPOCH + Duration::from_millis(now.load(Ordering::Relaxed)))
    }

    /// What was done, a line per step.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.state().lines.clone()
    }

    /// The bodies that were posted.
    pub(crate) fn posted(&self) -> Vec<Value> {
        self.state().posted.clone()
    }

    /// All pauses together.
    pub(crate) fn waited(&self) -> Duration {
        self.state().waited
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Fake {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        assert!(!format!("{request:?} {}", request.uri()).contains(TOKEN));
        assert!(ReplyLimit::of(&request) < 1024 * 1024, "replies are small");
        self.now.fetch_add(20_000, Ordering::Relaxed);
        let mut state = self.state();
        let line = format!("{} {}", request.method(), request.uri());
        state
            .lines
            .push(line.replace("http://127.0.0.1:8000/sigstore", ""));
        let mut body = Vec::new();
        let mut reader = request.into_body().into_reader();
        reader.read_to_end(&mut body).expect("a body");
        if !body.is_empty() {
            state
                .posted
                .push(serde_json::from_slice(&body).expect("JSON"));
        }
        let posted = state.posted.last().expect("a body was posted").clone();
        if state.answers.len() > 1 {
            return state.answers.pop_front().expect("an answer")(&posted);
        }
        state.answers.front().expect("an answer")(&posted)
    }

    fn wait(&self, duration: Duration, _: &CancelToken) {
        let millis = u64::try_from(duration.as_millis()).expect("a pause");
        self.now.fetch_add(millis, Ordering::Relaxed);
        let mut state = self.state();
        state.waited += duration;
        state.lines.push("wait".to_owned());
    }
}

pub(crate) fn reply(status: u16, body: impl Into<String>) -> Answer {
    with(status, [], body)
}

pub(crate) fn with(
    status: u16,
    headers: impl IntoIterator<Item = (HeaderName, String)>,
    body: impl Into<String>,
) -> Answer {
    let headers: HeaderMap = headers
        .into_iter()
        .map(|(name, value)| (name, value.parse().expect("a header")))
        .collect();
    let (status, body) = (StatusCode::from_u16(status).expect("a status"), body.into());
    Box::new(move |_| {
        Ok(Reply::new(
            status,
            headers.clone(),
            body.clone().into_bytes(),
        ))
    })
}

pub(crate) fn broken(kind: TransportErrorKind) -> Answer {
    Box::new(move |_| Err(TransportError::new(kind)))
}

/// The error of a service, as gRPC and Rekor write it.
pub(crate) fn error(status: u16, message: &str) -> Answer {
    reply(
        status,
        json!({"code": 3, "message": message, "details": []}).to_string(),
    )
}

/// A certificate for the key of the request.
pub(crate) fn certificate(status: u16) -> Answer {
    let (san, issuer) = (super::SAN, super::ISSUER);
    certificates(status, move |key| pem(key, Some(san), Some(issuer)))
}

/// A chain that begins with what `pem` makes of the key of the request.
pub(crate) fn certificates(status: u16, pem: impl Fn(&[u8]) -> String + Send + 'static) -> Answer {
    Box::new(move |posted| {
        let chain = json!({"certificates": [pem(&requested_key(posted)), "a root"]});
        let body = json!({"signedCertificateEmbeddedSct": {"chain": chain}});
        reply(status, body.to_string())(posted)
    })
}

/// The entry of the signature that was posted last, changed by `change` after it was made.
pub(crate) fn entry(
    status: u16,
    change: impl Fn(&mut Value, &mut Value) + Send + 'static,
) -> Answer {
    Box::new(move |posted| {
        let mut body = body(posted);
        let mut entry = json!({
            "integratedTime": 1_760_000_000,
            "logID": "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d",
            "logIndex": 149_945_774,
            "verification": {
                "signedEntryTimestamp": STANDARD.encode("no promise"),
                "inclusionProof": {
                    "logIndex": 28_041_512,
                    "rootHash": "00".repeat(32),
                    "treeSize": 28_041_513,
                    "hashes": ["11".repeat(32)],
                    "checkpoint": format!(
                        "log\n28041513\n{}\n\n— log {}\n",
                        STANDARD.encode([0; 32]),
                        STANDARD.encode("hintsignature")
                    ),
                },
            },
        });
        change(&mut body, &mut entry);
        entry["body"] = STANDARD.encode(body.to_string()).into();
        reply(status, json!({super::ID: entry}).to_string())(posted)
    })
}

/// What a log records of a request.
fn body(posted: &Value) -> Value {
    let proposed = &posted["spec"]["proposedContent"];
    let text = proposed["envelope"].as_str().expect("text");
    let envelope: Value = serde_json::from_str(text).expect("JSON");
    let payload = STANDARD.decode(envelope["payload"].as_str().expect("text"));
    let sha256 = |bytes: &[u8]| {
        let hash = digest(&SHA256, bytes);
        let hex: String = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        json!({"algorithm": "sha256", "value": hex})
    };
    json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": {
        "envelopeHash": sha256(text.as_bytes()),
        "payloadHash": sha256(&payload.expect("base64")),
        "signatures": [{
            "signature": envelope["signatures"][0]["sig"],
            "verifier": proposed["verifiers"][0],
        }],
    }})
}
