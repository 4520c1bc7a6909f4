//! Signing with the Sigstore instance of a local index, and everything that goes wrong on the way.

use std::time::Duration;

use pypi_attestations::{
    Attestation, Certify, Error, ErrorKind, Identity, Sign, SigningCertificate, Sigstore, Statement,
};
use pypi_http::{CancelToken, Flow as _, RetryPolicy, Secret, Step, drive};
use pypi_local_index::{Clock, Fault, Identity as Job, LocalIndex, Route};

const NAME: &str = "demo-1.0-py3-none-any.whl";
const SUBJECT: &str = "repo:octo-org/demo:ref:refs/heads/main";
const GET: &str = "/entries/";

/// An index whose time stands still, without a socket.
fn index() -> LocalIndex {
    index_at(Clock::fixed(1_760_000_000))
}

fn index_at(clock: Clock) -> LocalIndex {
    let builder = LocalIndex::builder().clock(clock);
    builder.start_in_memory().expect("an index")
}

fn sigstore(index: &LocalIndex) -> Sigstore {
    Sigstore::from_trust_config(&index.sigstore_trust_config()).expect("an instance")
}

fn job() -> Job {
    Job::github("octo-org/demo", "release.yml")
}

fn token(index: &LocalIndex) -> Secret {
    index.id_token(job(), Sigstore::AUDIENCE).expect("a token")
}

fn certify(index: &LocalIndex) -> Result<SigningCertificate, Error> {
    drive(
        Certify::new(&sigstore(index), &token(index), SUBJECT)?,
        index,
    )
}

fn sha256(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

fn sign(certificate: &SigningCertificate, index: &LocalIndex, number: u8) -> Sign {
    let statement = Statement::publish(NAME, &sha256(number)).expect("a statement");
    certificate
        .sign(&sigstore(index), statement)
        .expect("a flow")
}

fn signed(index: &LocalIndex) -> Result<Attestation, Error> {
    drive(sign(&certify(index)?, index, 1), index)
}

/// Whether others verify it: as PyPI does, for the job.
#[track_caller]
fn is_verified(attestation: &Attestation, index: &LocalIndex, number: u8) {
    let json = attestation.to_json();
    let attestation = Attestation::parse(json.as_bytes()).expect("as it was written");
    let identity = Identity::github("octo-org/demo", "release.yml");
    let sigstore = sigstore(index);
    let verified = sigstore.verifier().verify(
        &attestation,
        |name| name == NAME,
        &sha256(number),
        &identity,
    );
    verified.expect("verified");
}

/// The requests for certificates and entries: method, and status as the client saw it.
fn requests(index: &LocalIndex) -> Vec<String> {
    let requests = index.requests().into_iter();
    let signing =
        requests.filter(|request| matches!(request.route, Route::Certificate | Route::LogEntry));
    signing
        .map(|request| format!("{} {}", request.method, request.status))
        .collect()
}

/// Signs on an index with these faults, which end well after these requests.
#[track_caller]
fn heals(faults: impl IntoIterator<Item = Fault>, expected: &[&str]) {
    let index = index();
    faults.into_iter().for_each(|fault| index.add_fault(fault));
    let attestation = signed(&index).expect("signed");
    is_verified(&attestation, &index, 1);
    assert_eq!(requests(&index), expected);
}

#[test]
fn an_attestation_is_verified_by_everyone() {
    let index = index();
    let attestation = signed(&index).expect("signed");
    assert_eq!(requests(&index), ["POST 200", "POST 201"]);
    is_verified(&attestation, &index, 1);
    let again = Attestation::from_bundle(attestation.to_bundle().as_bytes());
    assert_eq!(again.as_ref(), Ok(&attestation));
    assert!(
        attestation.to_json().len() < 10_000,
        "{}",
        attestation.to_json().len()
    );
}

#[test]
fn one_certificate_signs_twenty_files_at_once() {
    let index = index();
    let certificate = certify(&index).expect("a certificate");
    let attestations: Vec<Attestation> = std::thread::scope(|scope| {
        let sign = |number| {
            let flow = sign(&certificate, &index, number);
            let index = &index;
            scope.spawn(move || drive(flow, index).expect("signed"))
        };
        let threads: Vec<_> = (0..20).map(sign).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    for (number, attestation) in (0..).zip(&attestations) {
        is_verified(attestation, &index, number);
    }
    let certificates = requests(&index)
        .iter()
        .filter(|line| *line == "POST 200")
        .count();
    assert_eq!((certificates, requests(&index).len()), (1, 21));
}

#[test]
fn an_answer_that_was_lost_after_the_log_took_the_entry_is_fetched() {
    let entry = || Fault::on(Route::LogEntry).nth(1);
    heals(
        [entry()
            .respond(502, "text/html", "<h1>bad</h1>")
            .after_commit()],
        &["POST 200", "POST 502", "POST 409", "GET 200"],
    );
    heals(
        [entry().respond(499, "", "").after_commit()],
        &["POST 200", "POST 499", "POST 409", "GET 200"],
    );
    let index = index();
    index.add_fault(entry().lose_response());
    is_verified(&signed(&index).expect("signed"), &index, 1);
    assert_eq!(requests(&index).last().map(String::as_str), Some("GET 200"));
    let index = self::index();
    index.add_fault(entry().truncate(100));
    is_verified(&signed(&index).expect("signed"), &index, 1);
    assert_eq!(requests(&index).last().map(String::as_str), Some("GET 200"));
}

#[test]
fn a_request_that_did_not_arrive_is_sent_again() {
    heals(
        [Fault::on(Route::LogEntry).through(3).respond(503, "", "")],
        &["POST 200", "POST 503", "POST 503", "POST 503", "POST 201"],
    );
    let message =
        r#"{"code": 13, "message": "error communicating with CA backend", "details": []}"#;
    heals(
        [Fault::on(Route::Certificate)
            .nth(1)
            .respond(500, "application/json", message)],
        &["POST 500", "POST 200", "POST 201"],
    );
    heals(
        [Fault::on(Route::Certificate)
            .nth(1)
            .respond(502, "", "")
            .after_commit()],
        &["POST 502", "POST 200", "POST 201"],
    );
}

#[test]
fn an_entry_that_is_not_seen_is_fetched_again_and_then_made_anew() {
    let lost = || {
        Fault::on(Route::LogEntry)
            .nth(1)
            .respond(502, "", "")
            .after_commit()
    };
    let unseen = || {
        Fault::on(Route::LogEntry)
            .path_contains(GET)
            .respond(404, "", "")
    };
    heals(
        [lost(), unseen().through(2)],
        &[
            "POST 200", "POST 502", "POST 409", "GET 404", "GET 404", "GET 200",
        ],
    );
    heals(
        [lost(), unseen()],
        &[
            "POST 200", "POST 502", "POST 409", "GET 404", "GET 404", "GET 404", "GET 404",
            "GET 404", "POST 201",
        ],
    );
}

#[test]
fn an_entry_after_the_end_of_the_certificate_needs_a_new_one() {
    let clock = Clock::fixed(1_760_000_000);
    let index = index_at(clock.clone());
    let certificate = certify(&index).expect("a certificate");
    clock.advance(Duration::from_secs(599));
    drive(sign(&certificate, &index, 1), &index).expect("in time");
    clock.advance(Duration::from_secs(120));
    let error = drive(sign(&certificate, &index, 1), &index).expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Expired, "{error}");
    assert_eq!(
        error.help(),
        Some("sign again: a signing certificate is valid for ten minutes")
    );
    let attestation = signed(&index).expect("with a new certificate");
    is_verified(&attestation, &index, 1);
}

/// Each pause lets the time of the index pass.
#[test]
fn a_log_that_is_down_for_longer_than_the_certificate_lives_is_given_up() {
    let index = index();
    let certificate = certify(&index).expect("a certificate");
    index.add_fault(Fault::on(Route::LogEntry).respond(502, "text/html", ""));
    let started = index.clock().now();
    let error = drive(sign(&certificate, &index, 1), &index).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let elapsed = index.clock().now() - started;
    assert!((540..=600).contains(&elapsed), "{elapsed}");
}

#[test]
fn an_id_token_that_is_rejected_can_be_told_apart() {
    let clock = Clock::fixed(1_760_000_000);
    let index = index_at(clock.clone());
    let stale = token(&index);
    let foreign = index.id_token(job(), "pypi").expect("a token");
    clock.advance(Duration::from_secs(24 * 3600));
    for token in [stale, foreign, Secret::new("not-a-token-at-all")] {
        let flow = Certify::new(&sigstore(&index), &token, SUBJECT).expect("a flow");
        let error = drive(flow, &index).expect_err("rejected");
        assert_eq!(error.kind(), ErrorKind::CertificateRefused, "{error}");
        assert!(error.is_id_token(), "{error}");
        let text = format!("{error} {error:?} {:?}", error.help());
        assert!(!text.contains(&token.reveal()[..8]), "{text}");
    }
    let flow = Certify::new(&sigstore(&index), &token(&index), "another subject");
    let error = drive(flow.expect("a flow"), &index).expect_err("rejected");
    assert_eq!(error.kind(), ErrorKind::CertificateRefused, "{error}");
    assert!(!error.is_id_token());
    assert!(error.help().is_some_and(|help| help.contains("`sub`")));
}

#[test]
fn a_google_account_is_challenged_by_its_email_address() {
    let index = index();
    let email = "release@demo.iam.gserviceaccount.com";
    let token = index.id_token(Job::google(email), Sigstore::AUDIENCE);
    let flow = Certify::new(&sigstore(&index), &token.expect("a token"), email).expect("a flow");
    let certificate = drive(flow, &index).expect("a certificate");
    assert_eq!(certificate.claims().identity(), Some(email));
    let attestation = drive(sign(&certificate, &index, 1), &index).expect("signed");
    let sigstore = sigstore(&index);
    let identity = Identity::google(email);
    let verified = sigstore
        .verifier()
        .verify(&attestation, |_| true, &sha256(1), &identity);
    verified.expect("verified");
}

#[test]
fn what_the_root_does_not_verify_is_not_returned() {
    let (index, other) = (index(), index());
    let mixed = |index: &LocalIndex, root: &LocalIndex| {
        let json = |index: &LocalIndex| -> serde_json::Value {
            serde_json::from_str(&index.sigstore_trust_config()).expect("JSON")
        };
        let mut config = json(index);
        config["trustedRoot"] = json(root)["trustedRoot"].clone();
        Sigstore::from_trust_config(&config.to_string()).expect("an instance")
    };
    let certificate = certify(&index).expect("a certificate");
    let statement = Statement::publish(NAME, &sha256(1)).expect("a statement");
    let flow = certificate.sign(&mixed(&index, &other), statement.clone());
    let error = drive(flow.expect("a flow"), &index).expect_err("another root");
    assert_eq!(error.kind(), ErrorKind::InclusionPromise, "{error}");
    // The certificate of one instance, and the log of another.
    let flow = certificate.sign(&sigstore(&other), statement);
    let error = drive(flow.expect("a flow"), &other).expect_err("another authority");
    assert_eq!(error.kind(), ErrorKind::CertificateChain, "{error}");
}

/// The verifier reads the clock of the machine.
#[test]
fn an_entry_in_the_future_is_verified_when_its_time_has_come() {
    let clock = Clock::system();
    let index = index_at(clock.clone());
    let certificate = certify(&index).expect("a certificate");
    clock.advance(Duration::from_secs(2));
    let mut flow = sign(&certificate, &index, 1);
    let attestation = loop {
        match flow.step().expect("in some seconds") {
            Step::Send(request) => flow.received(pypi_http::Transport::send(&index, *request)),
            Step::Wait(pause) => {
                assert_eq!(pause, Duration::from_secs(5));
                assert!(
                    flow.failure()
                        .is_some_and(|why| why.contains("in the future"))
                );
                CancelToken::new().sleep(Duration::from_secs(3));
            }
            Step::Done(attestation) => break attestation,
            step => unreachable!("{step:?}"),
        }
    };
    is_verified(&attestation, &index, 1);
    assert_eq!(requests(&index), ["POST 200", "POST 201"], "one entry");
}

#[test]
fn an_entry_far_in_the_future_is_an_error() {
    let clock = Clock::system();
    let index = index_at(clock.clone());
    clock.advance(Duration::from_secs(300));
    let certificate = certify(&index).expect("a certificate");
    let flow = sign(&certificate, &index, 1);
    let before = clock.now();
    let error = drive(flow, &index).expect_err("far in the future");
    assert_eq!(error.kind(), ErrorKind::Future, "{error}");
    let waited = clock.now() - before;
    assert!((60..90).contains(&waited), "a minute: {waited}");
}

#[test]
fn a_policy_without_retries_ends_with_the_first_failure() {
    let index = index();
    let certificate = certify(&index).expect("a certificate");
    index.add_fault(Fault::on(Route::LogEntry).respond(502, "text/html", ""));
    let flow = sign(&certificate, &index, 1).retry(RetryPolicy::never());
    let error = drive(flow, &index).expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(requests(&index), ["POST 200", "POST 502"]);
}
