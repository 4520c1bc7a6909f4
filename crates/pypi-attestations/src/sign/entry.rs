//! The transparency log, Rekor v1: a signature becomes an entry.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{StatusCode, header};
use pypi_http::{Body, Clock, Redactor, Reply, RequestError, RetryPolicy, Step, TransportError};
use serde_json::json;
use url::Url;

use super::certificate::SigningCertificate;
use super::instance::below;
use super::requests::{Requests, get, message, post, said};
use crate::statement::PAYLOAD_TYPE;
use crate::{Error, ErrorKind, Statement};

/// Has the log record a signature of a statement.
///
/// ```text
/// POST ──201──> done
///  │ └─409──> GET ──200──> done
///  │           └──404, for some time──> POST with a new signature, which is a new entry
///  └─ no reply, 429, 499, 5xx: the same bytes again, which is a 409 if they had arrived
/// ```
pub(super) struct Record {
    rekor: Url,
    certificate: SigningCertificate,
    statement: Statement,
    signature: Vec<u8>,
    signatures: u32,
    /// How often an entry that exists was requested; `None` before that.
    lookups: Option<u32>,
    requests: Requests,
}

impl Record {
    pub(super) fn new(
        rekor: &Url,
        certificate: SigningCertificate,
        statement: Statement,
    ) -> Result<Self, Error> {
        let signature = certificate.signature(&statement.pae())?;
        let request = proposal(rekor, &certificate, &statement, &signature);
        Ok(Self {
            rekor: rekor.clone(),
            certificate,
            statement,
            signature,
            signatures: 1,
            lookups: None,
            requests: Requests::new(request),
        })
    }

    pub(super) fn retry(&mut self, policy: RetryPolicy) {
        self.requests.retry(policy);
    }

    pub(super) fn clock(&mut self, clock: Clock) {
        self.requests.clock(clock);
    }

    /// The reply that has the entry.
    pub(super) fn step(&mut self) -> Result<Step<Reply>, Error> {
        loop {
            let answer = match self.requests.step().output() {
                Ok(answer) => answer,
                Err(step) => return Ok(step),
            };
            let nothing_secret = Redactor::default();
            let reply = self.requests.complete(answer, LOG, &nothing_secret)?;
            match (reply.status(), self.lookups) {
                (status, _) if status.is_success() => return Ok(Step::Done(reply)),
                (StatusCode::CONFLICT, None) => self.exists(&reply)?,
                (StatusCode::NOT_FOUND, Some(count)) => self.look_again(&reply, count)?,
                _ => {
                    let said = said(&reply, &nothing_secret);
                    let text = format!("the transparency log rejected the entry: {said}");
                    return Err(Error::new(ErrorKind::LogRefused, text));
                }
            }
        }
    }

    pub(super) fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.requests.received(reply);
    }

    /// The log has an entry of this signature already: the reply to an earlier attempt was lost.
    fn exists(&mut self, reply: &Reply) -> Result<(), Error> {
        let Some(id) = id(reply) else {
            return self.sign_again();
        };
        let url = below(&self.rekor, &format!("{ENTRIES}/{id}"));
        self.lookups = Some(1);
        self.requests.begin(get(&url));
        Ok(())
    }

    /// An entry that exists may take some time until every server of the log shows it.
    fn look_again(&mut self, reply: &Reply, count: u32) -> Result<(), Error> {
        if count < MAX_LOOKUPS && self.requests.again(reply) {
            self.lookups = Some(count + 1);
            return Ok(());
        }
        self.sign_again()
    }

    /// A new signature makes a new entry.
    fn sign_again(&mut self) -> Result<(), Error> {
        if self.signatures == MAX_SIGNATURES {
            let text = format!(
                "the transparency log says of {MAX_SIGNATURES} signatures that it has an entry, and returns none"
            );
            return Err(Error::new(ErrorKind::Unavailable, text));
        }
        self.signatures += 1;
        self.signature = self.certificate.signature(&self.statement.pae())?;
        self.lookups = None;
        self.requests.begin(proposal(
            &self.rekor,
            &self.certificate,
            &self.statement,
            &self.signature,
        ));
        Ok(())
    }

    pub(super) fn attempts(&self) -> u32 {
        self.requests.attempts()
    }

    pub(super) fn failure(&self) -> Option<&str> {
        self.requests.failure()
    }

    pub(super) fn certificate(&self) -> &SigningCertificate {
        &self.certificate
    }

    pub(super) fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The signature that the entry is about.
    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }
}

const LOG: &str = "the transparency log";
const ENTRIES: &str = "/api/v1/log/entries";

/// How often an entry that exists is requested before the statement is signed again.
const MAX_LOOKUPS: u32 = 5;

/// How many signatures are tried.
const MAX_SIGNATURES: u32 = 3;

/// The request to record a signature.
fn proposal(
    rekor: &Url,
    certificate: &SigningCertificate,
    statement: &Statement,
    signature: &[u8],
) -> Result<http::Request<Body>, RequestError> {
    let envelope = json!({
        "payload": STANDARD.encode(statement.as_bytes()),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"sig": STANDARD.encode(signature), "keyid": ""}],
    });
    let entry = json!({
        "apiVersion": "0.0.1",
        "kind": "dsse",
        "spec": {"proposedContent": {
            "envelope": envelope.to_string(),
            "verifiers": [STANDARD.encode(certificate.pem())],
        }},
    });
    post(&below(rekor, ENTRIES), &entry)
}

/// The id of the entry that exists, from the header or from the end of the message. The host in the header is ignored.
fn id(reply: &Reply) -> Option<String> {
    let of_header = reply.header(&header::LOCATION).and_then(|location| {
        let path = location.split(['?', '#']).next()?;
        entry_id(path.rsplit('/').next()?)
    });
    of_header.or_else(|| {
        let message = message(reply)?;
        entry_id(message.split_whitespace().next_back()?)
    })
}

/// The hex digits of a leaf hash, with or without the id of its tree in front.
fn entry_id(text: &str) -> Option<String> {
    let text = text.trim_matches(['"', '\'', '.', ',', '(', ')', '[', ']']);
    let is_id = matches!(text.len(), 64 | 80) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;

    use super::*;

    fn conflict(location: &str, message: &str) -> Reply {
        let location = location.parse().expect("a header");
        let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
        let body = json!({"code": 409, "message": message}).to_string();
        Reply::new(StatusCode::CONFLICT, headers, body.into_bytes())
    }

    proptest! {
        #[test]
        fn an_id_is_found_in_either_place(
            digits in "[0-9a-f]{64}|[0-9a-f]{80}",
            base in "(https?://[a-z.]{1,20})?(/[a-z0-9.]{0,8}){0,4}/",
            words in "([ -~]{0,40} )?",
        ) {
            let of_header = conflict(&format!("{base}{digits}"), "");
            prop_assert_eq!(id(&of_header), Some(digits.clone()));
            let of_message = conflict(&base, &format!("{words}{digits}"));
            prop_assert_eq!(id(&of_message), Some(digits));
        }

        /// An id becomes a part of a URL.
        #[test]
        fn an_id_has_hex_digits_only(location in "[ -~]{0,100}", message in ".{0,100}") {
            if let Some(id) = id(&conflict(&location, &message)) {
                prop_assert!(matches!(id.len(), 64 | 80));
                prop_assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
            }
        }
    }
}
