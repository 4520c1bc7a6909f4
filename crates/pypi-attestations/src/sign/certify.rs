//! The certificate authority, Fulcio: an ID token becomes a signing certificate.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use pypi_http::{Flow, Redactor, Reply, RetryPolicy, Secret, Step, TransportError};
use serde_json::{Value, json};
use sigstore_verify::types::DerCertificate;

use super::certificate::SigningCertificate;
use super::instance::{Sigstore, below};
use super::key::{Key, pem};
use super::requests::{Requests, message, post, said};
use crate::json::{list, member};
use crate::{Error, ErrorKind};

/// Requests a signing certificate for a new key.
///
/// A request without a reply, or with a status that says so, is repeated for up to [`SIGN_BUDGET`](crate::SIGN_BUDGET); the ID token may be used
/// more than once. It is sent to the certificate authority only and prints nowhere, also where the server repeats it.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Certify, Sigstore};
/// use pypi_http::{Flow, Secret, Step};
///
/// let token = Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln");
/// let sigstore = Sigstore::staging()?;
/// let mut certify = Certify::new(&sigstore, &token, "repo:octo-org/demo:environment:pypi")?;
/// let Step::Send(request) = certify.step()? else { panic!("the first step sends") };
/// assert_eq!(request.uri().path(), "/api/v2/signingCert");
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// `CreateSigningCertificateRequest` of [Fulcio](https://github.com/sigstore/fulcio/blob/main/fulcio.proto) (read 2026-11-21).
pub struct Certify {
    key: Option<Key>,
    redactor: Redactor,
    requests: Requests,
}

impl Certify {
    /// A request with an ID token whose audience is [`Sigstore::AUDIENCE`]. `subject` is the claim of it that the certificate
    /// authority compares: `sub`, and `email` for Google accounts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when no key can be made. The flow fails with:
    ///
    /// - [`ErrorKind::CertificateRefused`]; [`Error::is_id_token`] is true where a new ID token may help.
    /// - [`ErrorKind::Certificate`]: the reply has no certificate that can be used.
    /// - [`ErrorKind::Unavailable`].
    pub fn new(instance: &Sigstore, id_token: &Secret, subject: &str) -> Result<Self, Error> {
        let key = Key::generate()?;
        let proof = key.sign(subject.as_bytes())?;
        let url = below(instance.fulcio_url(), "/api/v2/signingCert");
        let body = json!({
            "credentials": {"oidcIdentityToken": id_token.reveal()},
            "publicKeyRequest": {
                "publicKey": {"algorithm": "ECDSA", "content": pem("PUBLIC KEY", &key.public())},
                "proofOfPossession": STANDARD.encode(proof),
            },
        });
        Ok(Self {
            key: Some(key),
            redactor: Redactor::new([id_token]),
            requests: Requests::new(post(&url, &body)),
        })
    }

    /// How often to send the request, and how long to pause; by default until the budget is used up, with pauses of up to 30
    /// seconds.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.requests.retry(policy);
        self
    }

    /// Why the last attempt has to be repeated, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.requests.failure()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.requests.attempts()
    }

    fn issued(
        &mut self,
        answer: Result<Reply, TransportError>,
    ) -> Result<SigningCertificate, Error> {
        let reply = self.requests.complete(answer, AUTHORITY, &self.redactor)?;
        if !reply.status().is_success() {
            return Err(refused(&reply, &self.redactor));
        }
        let der = certificate(reply.body())?;
        let key = self
            .key
            .take()
            .ok_or_else(|| Error::new(ErrorKind::Key, "the certificate was taken before"))?;
        SigningCertificate::new(key, der)
    }
}

const AUTHORITY: &str = "the certificate authority";

impl Flow for Certify {
    type Output = SigningCertificate;
    type Error = Error;

    fn step(&mut self) -> Result<Step<SigningCertificate>, Error> {
        match self.requests.step().output() {
            Ok(answer) => self.issued(answer).map(Step::Done),
            Err(step) => Ok(step),
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.requests.received(reply);
    }
}

/// What an error of the certificate authority means. Its messages are the constants of Fulcio's `pkg/server/error.go`.
fn refused(reply: &Reply, redactor: &Redactor) -> Error {
    let said = said(reply, redactor);
    let text = format!("the certificate authority rejected the request: {said}");
    let error = Error::new(ErrorKind::CertificateRefused, text);
    let message = message(reply).unwrap_or_default();
    let is = |start: &str| message.starts_with(start);
    let of_token = is("There was an error processing the identity token")
        || is("There was an error processing the credentials");
    if of_token || reply.status() == StatusCode::UNAUTHORIZED {
        return error.of_id_token().with_help(
            "use a new ID token with audience `sigstore`, of an issuer that this Sigstore instance accepts",
        );
    }
    if is("The signature supplied") {
        return error.with_help(
            "sign the claim that the certificate authority compares: `sub`, and `email` for Google accounts",
        );
    }
    error
}

/// The certificate in a reply, in DER.
fn certificate(json: &[u8]) -> Result<Vec<u8>, Error> {
    let unfit = |why: String| {
        let text = format!("cannot use the reply of the certificate authority: {why}");
        Error::new(ErrorKind::Certificate, text)
    };
    let reply: Value = serde_json::from_slice(json).map_err(|error| unfit(error.to_string()))?;
    if reply
        .get("signedCertificateDetachedSct")
        .is_some_and(Value::is_object)
    {
        return Err(unfit(
            "it has the proof of certificate transparency (SCT) beside the certificate, and an attestation has no place for it"
                .to_owned(),
        )
        .with_help("use a Sigstore instance whose certificates have the SCT in them"));
    }
    let pem = leaf(&reply).map_err(unfit)?;
    DerCertificate::from_pem(pem)
        .map(|certificate| certificate.as_bytes().to_vec())
        .map_err(|error| unfit(format!("its first certificate is not PEM: {error}")))
}

/// The first certificate of the chain.
fn leaf(reply: &Value) -> Result<&str, String> {
    let chain = member(member(reply, "signedCertificateEmbeddedSct")?, "chain")?;
    let first = list(chain, "certificates")?.first();
    first
        .and_then(Value::as_str)
        .ok_or_else(|| "`certificates` is not a list of at least one string".to_owned())
}

impl fmt::Debug for Certify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certify")
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}
