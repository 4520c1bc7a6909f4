//! The certificate authority's API: a certificate for an ID token and a key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::request::CertReq;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::key::{Curve, verifies};
use super::subject::{Subject, SubjectError};
use super::{Sigstore, pem};
use crate::api::oidc::Keys;
use crate::api::response::Response;
use crate::config::{Claims, Issuer};

/// The audience of ID tokens for Sigstore.
const AUDIENCE: &str = "sigstore";

/// How far ahead `nbf` may be, in seconds; `exp` has no leeway.
const NOT_BEFORE_LEEWAY: u64 = 300;

/// The request for a certificate.
pub(crate) struct CertificateRequest<'r> {
    pub(crate) method: &'r http::Method,
    pub(crate) body: &'r [u8],
    pub(crate) authorization: Option<&'r str>,
    /// In seconds since 1970.
    pub(crate) now: u64,
}

/// Handles `POST /api/v2/signingCert`.
pub(crate) fn certificate(
    sigstore: &Sigstore,
    keys: &Keys,
    request: &CertificateRequest<'_>,
) -> Response {
    if request.method != http::Method::POST {
        return status(StatusCode::NOT_IMPLEMENTED, 12, "Method Not Allowed");
    }
    match issue(sigstore, keys, request) {
        Ok(chain) => Response::json(
            StatusCode::OK,
            &json!({"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}),
        ),
        Err(Refusal { message, reason }) => {
            let reason = reason.map_or_else(|| message.clone(), |why| format!("{message}: {why}"));
            status(StatusCode::BAD_REQUEST, 3, &message).reason(reason)
        }
    }
}

/// An error of gRPC as JSON.
fn status(status: StatusCode, code: u8, message: &str) -> Response {
    let body = json!({"code": code, "message": message, "details": []});
    Response::json(status, &body)
}

/// Why there is no certificate.
struct Refusal {
    message: String,
    /// What Fulcio does not tell its clients.
    reason: Option<String>,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            reason: None,
        }
    }

    fn of_token(reason: &str) -> Self {
        Self {
            message: "There was an error processing the identity token".to_owned(),
            reason: Some(reason.to_owned()),
        }
    }
}

/// The fields that are read. Others are ignored, as Fulcio ignores them.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    credentials: Credentials,
    certificate_signing_request: String,
    public_key_request: PublicKeyRequest,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Credentials {
    oidc_identity_token: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PublicKeyRequest {
    public_key: PublicKey,
    proof_of_possession: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PublicKey {
    content: String,
}

/// The certificates in PEM, the root last.
fn issue(
    sigstore: &Sigstore,
    keys: &Keys,
    request: &CertificateRequest<'_>,
) -> Result<Vec<String>, Refusal> {
    let malformed =
        |error: serde_json::Error| Refusal::new(format!("proto: syntax error: {error}"));
    let fields: Map<String, Value> = serde_json::from_slice(request.body).map_err(malformed)?;
    let body: Body = serde_json::from_value(fields.into()).map_err(malformed)?;
    let in_header = request.authorization.unwrap_or_default();
    let token = match body.credentials.oidc_identity_token.as_str() {
        "" => in_header.strip_prefix("Bearer ").unwrap_or(in_header),
        token => token,
    };
    let (issuer, claims) = authenticate(keys, token, request.now)?;
    // Fulcio reads the key of a CI job before it misses a claim, but refuses an email address at once.
    let subject = match Subject::of(issuer, &claims) {
        Err(SubjectError::Token(reason)) => return Err(Refusal::of_token(reason)),
        subject => subject,
    };
    let challenge = match &subject {
        Ok(subject) => subject.challenge.as_str(),
        Err(_) => claims
            .get("sub")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    };
    let key = match body.certificate_signing_request.as_str() {
        "" => possessed(&body.public_key_request, challenge)?,
        request => requested(request)?,
    };
    let subject = subject.map_err(|error| match error {
        SubjectError::Claim(message) => Refusal::new(message),
        SubjectError::Token(reason) => Refusal::of_token(reason),
    })?;
    let certificate = sigstore
        .authority
        .issue(&subject, key, &sigstore.certificate_log, request.now)
        .ok_or_else(|| Refusal::new("the claims do not fit into a certificate"))?;
    let chain = sigstore.authority.chain();
    let chain = [certificate.as_slice()].into_iter().chain(chain);
    Ok(chain.map(|der| pem::encode("CERTIFICATE", der)).collect())
}

/// The issuer and the claims of a token that is valid at `now`.
fn authenticate(keys: &Keys, token: &str, now: u64) -> Result<(Issuer, Claims), Refusal> {
    let (issuer, claims) = keys.verified_claims(token).ok_or_else(|| {
        Refusal::of_token("it is not a token that one of the index's issuers signed")
    })?;
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == AUDIENCE),
        Some(audience) => audience == AUDIENCE,
        None => false,
    };
    if !is_for_us {
        return Err(Refusal::of_token("its audience is not \"sigstore\""));
    }
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    if time("exp").is_none_or(|exp| exp < now) {
        return Err(Refusal::of_token("it has expired"));
    }
    if time("nbf").is_some_and(|nbf| nbf > now.saturating_add(NOT_BEFORE_LEEWAY)) {
        return Err(Refusal::of_token("it is not valid yet"));
    }
    Ok((issuer, claims))
}

/// The key of a request with a proof of possession: the signature of the challenge.
fn possessed(
    request: &PublicKeyRequest,
    challenge: &str,
) -> Result<SubjectPublicKeyInfoOwned, Refusal> {
    let key = public_key(&request.public_key.content).ok_or_else(|| {
        Refusal::new("The public key supplied in the request could not be parsed")
    })?;
    permitted(&key)?;
    let proof = bytes(&request.proof_of_possession).unwrap_or_default();
    match verifies(&key, challenge.as_bytes(), &proof) {
        true => Ok(key),
        false => Err(unverified(&format!("it must be that of {challenge:?}"))),
    }
}

fn public_key(text: &str) -> Option<SubjectPublicKeyInfoOwned> {
    let blocks = pem::decode(text.as_bytes())?;
    let block = blocks.first().filter(|block| block.label == "PUBLIC KEY")?;
    SubjectPublicKeyInfoOwned::from_der(&block.der).ok()
}

/// The key of a PKCS#10 request, which is signed with it. Its subject is ignored.
fn requested(request: &str) -> Result<SubjectPublicKeyInfoOwned, Refusal> {
    let parse = || {
        let text = bytes(request)?;
        let blocks = pem::decode(&text)?;
        let block = blocks.first()?;
        CertReq::from_der(&block.der).ok()
    };
    let request = parse()
        .ok_or_else(|| Refusal::new("The certificate signing request could not be parsed"))?;
    permitted(&request.info.public_key)?;
    let signed = request.info.to_der().unwrap_or_default();
    match verifies(
        &request.info.public_key,
        &signed,
        request.signature.raw_bytes(),
    ) {
        true => Ok(request.info.public_key),
        false => Err(unverified(
            "it must be that of the certificate signing request",
        )),
    }
}

/// PyPI reads no other signatures than those of P-256 keys.
fn permitted(key: &SubjectPublicKeyInfoOwned) -> Result<(), Refusal> {
    match Curve::of(key) {
        Some(Curve::P256) => Ok(()),
        _ => Err(Refusal::new("signing algorithm not permitted")),
    }
}

fn unverified(reason: &str) -> Refusal {
    Refusal {
        message: "The signature supplied in the request could not be verified".to_owned(),
        reason: Some(reason.to_owned()),
    }
}

/// The bytes of a field, in one of the alphabets that the JSON of protocol buffers allows.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let decoded = STANDARD.decode(text);
    decoded.or_else(|_| URL_SAFE.decode(text)).ok()
}
