//! Private certificate authorities and client certificates.

use std::error::Error as _;

use pypi_http::{
    BlockingClient, ClientErrorKind, ClientOptions, Secret, TransportErrorKind,
    testing::transport_conformance,
};

use crate::{
    client::{client, get},
    support::{Authority, Forwarder, Pem, Recorder},
};

fn trusting(authority: &Authority) -> ClientOptions {
    ClientOptions::default()
        .ca_certificates(authority.pem().as_bytes())
        .expect("certificates")
}

fn identified(options: ClientOptions, pem: &Pem) -> ClientOptions {
    let key = Secret::new(pem.key.as_str());
    options
        .client_certificate(pem.certificate.as_bytes(), &key)
        .expect("a client certificate")
}

#[test]
fn a_private_authority_is_trusted_if_it_is_given() {
    let (authority, other) = (Authority::new("ours"), Authority::new("another"));
    let recorder = Recorder::start();
    let server = Forwarder::start(&authority, recorder.address());
    let url = format!("https://{}/simple/", server.address());
    for options in [
        trusting(&authority),
        trusting(&authority).without_system_certificates(),
        trusting(&other)
            .ca_certificates(authority.pem().as_bytes())
            .expect("certificates"),
    ] {
        let reply = get(&client(options), &url).expect("a reply");
        assert_eq!(reply.body(), b"hello");
    }
    assert_eq!(recorder.heads().len(), 3);

    for options in [
        ClientOptions::default(),
        trusting(&other),
        trusting(&other).without_system_certificates(),
    ] {
        let error = get(&client(options), &url).expect_err("another authority");
        assert_eq!(
            error.kind(),
            TransportErrorKind::Tls,
            "{}",
            error.causes(None)
        );
    }
    assert_eq!(recorder.heads().len(), 3, "nothing was sent");
}

#[test]
fn a_client_certificate_is_shown_to_a_server_that_asks() {
    let (authority, staff) = (Authority::new("ours"), Authority::new("staff"));
    let recorder = Recorder::start();
    let server = Forwarder::for_clients(&authority, &staff, recorder.address());
    let url = format!("https://{}/simple/", server.address());

    let options = identified(trusting(&authority), &staff.issue(&["release"]));
    let reply = get(&client(options), &url).expect("a reply");
    assert_eq!(reply.body(), b"hello");
    assert!(server.clients().iter().all(|client| client.has_certificate));

    let stranger = identified(trusting(&authority), &authority.issue(&["release"]));
    for options in [trusting(&authority), stranger] {
        let error = get(&client(options), &url).expect_err("no certificate of the staff");
        assert_eq!(
            error.kind(),
            TransportErrorKind::ClientCertificate,
            "{}",
            error.causes(None)
        );
    }
    assert_eq!(recorder.heads().len(), 1);
}

#[test]
fn certificate_and_key_may_be_in_one_text() {
    let (authority, staff) = (Authority::new("ours"), Authority::new("staff"));
    let recorder = Recorder::start();
    let server = Forwarder::for_clients(&authority, &staff, recorder.address());
    let pem = staff.issue(&["release"]);
    let both = format!("{}{}", pem.key, pem.certificate);
    let options = trusting(&authority)
        .client_certificate(both.as_bytes(), &Secret::new(both.as_str()))
        .expect("a client certificate");
    let url = format!("https://{}/", server.address());
    assert!(get(&client(options), &url).is_ok());
}

#[test]
fn certificates_that_cannot_be_used_are_rejected_at_once() {
    let authority = Authority::new("ours");
    for pem in ["", "hello", &authority.issue(&["release"]).key] {
        let error = ClientOptions::default()
            .ca_certificates(pem.as_bytes())
            .expect_err("not a certificate");
        assert_eq!(error.kind(), ClientErrorKind::CaCertificates);
        assert!(error.help().is_some());
    }
    let nobody = ClientOptions::default().without_system_certificates();
    let error = BlockingClient::with_options(nobody).expect_err("nobody to trust");
    assert_eq!(error.kind(), ClientErrorKind::CaCertificates);

    let (one, other) = (authority.issue(&["release"]), authority.issue(&["release"]));
    for (certificate, key) in [
        (one.certificate.as_str(), ""),
        (one.certificate.as_str(), other.key.as_str()),
        (
            one.certificate.as_str(),
            "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        ),
        ("", one.key.as_str()),
    ] {
        // OpenSSL does not compare them before the handshake.
        if key == other.key && cfg!(not(any(feature = "rustls", feature = "aws-lc"))) {
            continue;
        }
        let error = ClientOptions::default()
            .client_certificate(certificate.as_bytes(), &Secret::new(key))
            .expect_err("no pair");
        assert_eq!(error.kind(), ClientErrorKind::ClientCertificate);
        assert!(error.source().is_some() && error.help().is_some());
    }
}

#[test]
fn a_private_key_never_prints() {
    let authority = Authority::new("ours");
    let pem = authority.issue(&["release"]);
    let options = identified(trusting(&authority), &pem);
    let shown = format!("{options:?} {:?}", client(options.clone()));
    for line in pem.key.lines().filter(|line| !line.starts_with('-')) {
        assert!(!shown.contains(line), "{shown}");
    }
}

#[test]
fn a_client_with_certificates_conforms() {
    let authority = Authority::new("ours");
    let options = identified(trusting(&authority), &authority.issue(&["release"]));
    transport_conformance(&client(options.clone())).assert();
    transport_conformance(&client(options.without_system_certificates())).assert();
}
