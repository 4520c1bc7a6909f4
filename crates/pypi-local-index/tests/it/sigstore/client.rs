//! The flows of `pypi-attestations` as a client, without a socket, and with the faults of the real services.

use pypi_attestations::{Attestation, Certify, Error, ErrorKind, Sigstore, Statement};
use pypi_http::{Transport as _, drive};
use pypi_local_index::{Clock, Fault, LocalIndex, Route};

use super::{SUBJECT, job};

const FILE: &str = "demo-1.0.tar.gz";

fn start() -> LocalIndex {
    let builder = LocalIndex::builder().clock(Clock::fixed(1_760_000_000));
    builder.start_in_memory().expect("an index")
}

/// Signs as a publishing tool does.
fn attest(index: &LocalIndex) -> Result<Attestation, Error> {
    let sigstore = Sigstore::from_trust_config(&index.sigstore_trust_config())?;
    let token = index
        .id_token(job(), Sigstore::AUDIENCE)
        .expect("an ID token");
    let certificate = drive(Certify::new(&sigstore, &token, SUBJECT)?, index)?;
    let statement = Statement::publish(FILE, &"ab".repeat(32))?;
    drive(certificate.sign(&sigstore, statement)?, index)
}

#[test]
fn a_client_signs_through_the_faults_of_an_outage() {
    let index = start();
    for fault in [
        Fault::on(Route::Certificate)
            .nth(1)
            .respond(503, "text/plain", "busy"),
        Fault::on(Route::Certificate).nth(2).lose_response(),
        Fault::on(Route::LogEntry)
            .nth(1)
            .respond(502, "text/html", "Bad Gateway"),
        Fault::on(Route::LogEntry).nth(2).lose_response(),
    ] {
        index.add_fault(fault);
    }
    let attestation = attest(&index).expect("an attestation");
    assert_eq!(attestation.subject_name(), FILE);
    // The third request says that the entry exists, and the fourth fetches it.
    let statuses = |route| {
        let requests = index.requests().into_iter();
        let requests = requests.filter(move |request| request.route == route);
        requests.map(|request| request.status).collect::<Vec<u16>>()
    };
    assert_eq!(statuses(Route::Certificate), [503, 0, 200]);
    assert_eq!(statuses(Route::LogEntry), [502, 0, 409, 200]);
}

/// The log was down for 45 minutes in August 2026, and the certificate is valid for ten.
#[test]
fn a_client_gives_up_when_its_budget_is_spent() {
    let index = start();
    index.add_fault(Fault::on(Route::LogEntry).respond(502, "text/html", "Bad Gateway"));
    let begin = index.clock().now();
    let error = attest(&index).expect_err("no log");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(
        index.clock().now() - begin >= 540,
        "the pauses take the time of the index"
    );
    index.clear_faults();
    attest(&index).expect("an attestation");
}

#[test]
fn an_entry_after_the_end_of_the_certificate_has_expired() {
    let index = start();
    let sigstore =
        Sigstore::from_trust_config(&index.sigstore_trust_config()).expect("an instance");
    let token = index
        .id_token(job(), Sigstore::AUDIENCE)
        .expect("an ID token");
    let certify = Certify::new(&sigstore, &token, SUBJECT).expect("a flow");
    let certificate = drive(certify, &index).expect("a certificate");
    index.wait(
        std::time::Duration::from_secs(601),
        &pypi_http::CancelToken::default(),
    );
    let statement = Statement::publish(FILE, &"ab".repeat(32)).expect("a statement");
    let sign = certificate.sign(&sigstore, statement).expect("a flow");
    let error = drive(sign, &index).expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Expired, "{error}");

    // The ID token was valid for five minutes.
    let certify = Certify::new(&sigstore, &token, SUBJECT).expect("a flow");
    let error = drive(certify, &index).expect_err("an old token");
    assert_eq!(error.kind(), ErrorKind::CertificateRefused, "{error}");
    assert!(error.is_id_token());
}
