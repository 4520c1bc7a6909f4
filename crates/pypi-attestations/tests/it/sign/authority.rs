//! The answers of the certificate authority.

use std::error::Error as _;
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header;
use pypi_attestations::{ErrorKind, SIGN_BUDGET};
use pypi_http::{Flow, RetryPolicy, TransportErrorKind, drive};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

use super::certificate::{pem, requested_key};
use super::fake::{self, Answer, Fake, broken, certificates, error, reply, with};
use super::{ISSUER, SAN, SUBJECT, TOKEN, certified, certify};

const PATH: &str = "POST /fulcio/api/v2/signingCert";

/// The error of an answer that is final.
#[track_caller]
fn refused(answer: Answer, kind: ErrorKind, text: &str) -> pypi_attestations::Error {
    let fake = Fake::new([answer]);
    let error = certified(&fake).expect_err(text);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    assert_eq!(fake.lines(), [PATH], "{text}");
    error
}

#[test]
fn the_key_of_the_request_signs_the_subject() {
    let fake = Fake::new([fake::certificate(200)]);
    let certificate = certified(&fake).expect("a certificate");
    assert_eq!(fake.lines(), [PATH]);
    let request = &fake.posted()[0];
    assert_eq!(request["credentials"]["oidcIdentityToken"], TOKEN);
    assert_eq!(
        request["publicKeyRequest"]["publicKey"]["algorithm"],
        "ECDSA"
    );
    let proof = request["publicKeyRequest"]["proofOfPossession"].as_str();
    let proof = STANDARD.decode(proof.expect("text")).expect("base64");
    let key = requested_key(request);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key[26..])
        .verify(SUBJECT.as_bytes(), &proof)
        .expect("possession is proved");
    assert_eq!(certificate.claims().identity(), Some(SAN));
    assert_eq!(certificate.claims().issuer(), Some(ISSUER));
    let text = format!("{certificate:?}");
    assert_eq!(text, format!("SigningCertificate(\"{SAN} of {ISSUER}\")"));
}

#[test]
fn every_success_is_one() {
    for status in [200, 201, 202] {
        assert!(
            certified(&Fake::new([fake::certificate(status)])).is_ok(),
            "{status}"
        );
    }
}

#[test]
fn a_server_that_is_down_is_asked_again() {
    for answer in [
        error(500, "error communicating with CA backend"),
        error(500, "Error entering certificate in CTL @ 'x'"),
        reply(429, ""),
        reply(499, ""),
        reply(502, "<html>"),
        reply(503, ""),
        reply(504, ""),
        broken(TransportErrorKind::Connect),
        broken(TransportErrorKind::Interrupted),
        broken(TransportErrorKind::Timeout),
    ] {
        let fake = Fake::new([answer, fake::certificate(200)]);
        certified(&fake).expect("a certificate");
        assert_eq!(fake.lines(), [PATH, "wait", PATH]);
        let [first, second] = fake.posted().try_into().expect("two requests");
        assert_eq!(first, second, "a token may be used again");
    }
}

#[test]
fn a_servers_retry_after_is_kept() {
    let busy = with(429, [(header::RETRY_AFTER, "17".to_owned())], "");
    let fake = Fake::new([busy, fake::certificate(200)]);
    certified(&fake).expect("a certificate");
    assert_eq!(fake.waited(), Duration::from_secs(17));
}

#[test]
fn a_rejected_id_token_can_be_told_apart() {
    for (status, message) in [
        (400, "There was an error processing the identity token"),
        (
            400,
            "There was an error processing the credentials for this request",
        ),
        (401, "no token"),
    ] {
        let error = certified(&Fake::new([error(status, message)])).expect_err(message);
        assert_eq!(error.kind(), ErrorKind::CertificateRefused, "{message}");
        assert!(error.is_id_token(), "{message}");
        assert!(
            error
                .help()
                .is_some_and(|help| help.contains("new ID token")),
            "{message}"
        );
    }
    let error = refused(
        error(400, "There was an error processing the identity token"),
        ErrorKind::CertificateRefused,
        "the certificate authority rejected the request: 400 Bad Request: There was an error processing the identity token",
    );
    assert!(error.source().is_none());
}

#[test]
fn other_refusals_are_not_of_the_id_token() {
    let error = refused(
        error(
            400,
            "The signature supplied in the request could not be verified",
        ),
        ErrorKind::CertificateRefused,
        "the certificate authority rejected the request: 400 Bad Request: The signature supplied in the request could not be verified",
    );
    assert!(!error.is_id_token());
    assert!(error.help().is_some_and(|help| help.contains("`email`")));
    for (answer, said) in [
        (
            fake::error(400, "The public key supplied\nin the request is insecure"),
            "400 Bad Request: The public key supplied in the request is insecure",
        ),
        (reply(403, "<html>blocked</html>"), "403 Forbidden"),
        (reply(404, ""), "404 Not Found"),
        (reply(301, ""), "301 Moved Permanently"),
    ] {
        let text = format!("the certificate authority rejected the request: {said}");
        let error = refused(answer, ErrorKind::CertificateRefused, &text);
        assert!(!error.is_id_token(), "{said}");
    }
}

#[test]
fn a_reply_without_a_certificate_that_can_be_used_is_an_error() {
    let cannot = "cannot use the reply of the certificate authority";
    for (answer, why) in [
        (reply(200, "<html>"), "expected value at line 1 column 1"),
        (
            reply(200, "{}"),
            "`signedCertificateEmbeddedSct` is missing",
        ),
        (
            reply(
                200,
                r#"{"signedCertificateDetachedSct": {"chain": {"certificates": ["x"]}}}"#,
            ),
            "it has the proof of certificate transparency (SCT) beside the certificate, and an attestation has no place for it",
        ),
        (
            reply(
                200,
                r#"{"signedCertificateEmbeddedSct": {"chain": {"certificates": []}}}"#,
            ),
            "`certificates` is not a list of at least one string",
        ),
    ] {
        refused(answer, ErrorKind::Certificate, &format!("{cannot}: {why}"));
    }
    for (pem, text) in [
        ("text".to_owned(), cannot),
        (
            pem(b"no key", Some(SAN), Some(ISSUER)),
            "cannot read the certificate that",
        ),
    ] {
        let error =
            certified(&Fake::new([certificates(200, move |_| pem.clone())])).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Certificate);
        assert!(error.to_string().starts_with(text), "{error}");
    }
    let anonymous =
        "the certificate authority issued a certificate that names no identity or no OIDC issuer";
    let answer = certificates(200, |key| pem(key, None, Some(ISSUER)));
    refused(answer, ErrorKind::Certificate, anonymous);
    let answer = certificates(200, |key| pem(key, Some(SAN), None));
    refused(answer, ErrorKind::Certificate, anonymous);
}

#[test]
fn a_certificate_for_another_key_is_an_error() {
    let requests = Fake::new([fake::certificate(200)]);
    certified(&requests).expect("a certificate");
    let key = requested_key(&requests.posted()[0]);
    let other = certificates(200, move |_| pem(&key, Some(SAN), Some(ISSUER)));
    refused(
        other,
        ErrorKind::Certificate,
        "the certificate authority issued a certificate for another key",
    );
}

#[test]
fn the_id_token_prints_nowhere() {
    let flow = certify();
    assert!(!format!("{flow:?}").contains(TOKEN));
    for status in [400, 503] {
        let echo = error(
            status,
            &format!("rejected: {TOKEN} is not a token, {}", &TOKEN[30..]),
        );
        let fake = Fake::new([echo]);
        let error = drive(certify().retry(RetryPolicy::never()), &fake).expect_err("refused");
        let text = format!("{error} {error:?} {:?}", error.help());
        assert!(
            text.contains("rejected: [redacted] is not a token, [redacted]"),
            "{text}"
        );
        for at in (0..TOKEN.len() - 8).step_by(4) {
            assert!(!text.contains(&TOKEN[at..at + 8]), "{text}");
        }
    }
}

#[test]
fn a_message_of_the_server_is_one_short_line() {
    let long = format!("a\r\nb {}", "é ".repeat(10_000));
    let error = certified(&Fake::new([error(400, &long)])).expect_err("refused");
    assert!(error.to_string().chars().count() < 600);
    assert!(error.to_string().contains(": a b é"), "{error}");
}

#[test]
fn a_server_that_stays_down_is_given_up_after_ten_minutes() {
    let fake = Fake::new([error(503, "error communicating with CA backend")]);
    let mut flow = certify();
    let error = drive(&mut flow, &fake).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(
        fake.waited() <= SIGN_BUDGET && fake.waited() > SIGN_BUDGET / 10 * 9,
        "{:?}",
        fake.waited()
    );
    assert_eq!(
        error.to_string(),
        format!(
            "the certificate authority at http://127.0.0.1:8000 is not available, tried {} times: 503 Service Unavailable: error communicating with CA backend",
            flow.attempts()
        )
    );
    assert_eq!(flow.failure(), Some("503 Service Unavailable"));
    assert!(flow.attempts() > 20, "{}", flow.attempts());

    let fake = Fake::new([broken(TransportErrorKind::Timeout)]);
    let mut flow = certify();
    let error = drive(&mut flow, &fake).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.source().is_some(), "the error of the transport");
    let timeouts = Duration::from_secs(30) * (flow.attempts() - 1);
    assert!(
        fake.waited() + timeouts <= SIGN_BUDGET,
        "{:?}",
        fake.waited()
    );
}

#[test]
fn a_policy_of_the_caller_and_a_hopeless_transport_end_it_early() {
    let fake = Fake::new([reply(503, "")]);
    let error = drive(certify().retry(RetryPolicy::never()), &fake).expect_err("down");
    assert!(error.to_string().contains("tried once: 503"), "{error}");
    assert_eq!(
        (error.kind(), fake.lines().len()),
        (ErrorKind::Unavailable, 1)
    );
    for kind in [
        TransportErrorKind::Tls,
        TransportErrorKind::Cancelled,
        TransportErrorKind::Unusable,
    ] {
        let fake = Fake::new([broken(kind)]);
        let error = certified(&fake).expect_err("no transport");
        assert_eq!(
            (error.kind(), fake.lines().len()),
            (ErrorKind::Unavailable, 1)
        );
    }
}

#[test]
fn a_step_before_the_reply_repeats_the_request() {
    let mut flow = certify();
    for _ in 0..3 {
        assert!(matches!(flow.step(), Ok(pypi_http::Step::Send(_))));
        assert_eq!(flow.attempts(), 1);
    }
    let secret = pypi_http::Secret::new(TOKEN);
    assert!(!format!("{flow:?} {secret:?}").contains(TOKEN));
}
