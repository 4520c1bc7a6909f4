//! Files that are signed before they are sent, with the Sigstore instance of a local index.

mod identity;
mod outage;

use std::sync::{Arc, Mutex};

use pypi_attestations::{Provenance, Sigstore};
use pypi_http::{RetryPolicy, drive};
use pypi_local_index::{Clock, Fault, Identity, LocalIndex, Route, Verification};
use pypi_publish::{Attest, Dists, Error, ErrorKind, Event, Publisher, Report, Source};
use pypi_trusted_publisher::Environment;
use pypi_upload::{Index, ProvenanceLookup};
use tempfile::TempDir;

use crate::folder::{folder, release, wheel_for, write};

const NOW: u64 = 1_760_000_000;

fn job() -> Identity {
    Identity::github("octo-org/demo", "release.yml")
}

/// An index that verifies attestations, for this job.
fn index_for(job: &Identity) -> LocalIndex {
    LocalIndex::builder()
        .clock(Clock::fixed(NOW))
        .identity(job.clone())
        .pending_publisher("demo", job.publisher())
        .verification(Verification::sigstore())
        .start_in_memory()
        .expect("an index")
}

fn index() -> LocalIndex {
    index_for(&job())
}

fn sigstore(local: &LocalIndex) -> Sigstore {
    Sigstore::from_trust_config(&local.sigstore_trust_config()).expect("an instance")
}

fn required(local: &LocalIndex) -> Attest {
    Attest::required(sigstore(local))
}

fn publisher(local: &LocalIndex, attest: Attest) -> Publisher {
    let index = Index::custom(local.upload_url().as_str())
        .and_then(|index| index.simple_api(local.simple_url().as_str()));
    let clock = pypi_http::Clock::from(local.clock().clone());
    Publisher::index(index.expect("a URL"))
        .trusted_publishing(Environment::from_vars(local.environment()))
        .clock(clock.clone())
        .retry(RetryPolicy::default().clock(clock).seed(1))
        .attest(attest)
}

fn dists(folder: &TempDir) -> Dists {
    Dists::read_dir(folder.path()).expect("a folder")
}

fn run(local: &LocalIndex, attest: Attest, folder: &TempDir) -> Result<Report, Error> {
    publisher(local, attest).publish(dists(folder), local)
}

/// How many requests of this kind the index got.
fn count(local: &LocalIndex, route: Route) -> usize {
    let path = match route {
        Route::Certificate => "/sigstore/fulcio/api/v2/signingCert",
        Route::LogEntry => "/sigstore/rekor/api/v1/log/entries",
        Route::Mint => "/_/oidc/mint-token",
        _ => "/legacy/",
    };
    let requests = local.requests();
    requests.iter().filter(|one| one.path == path).count()
}

/// The problems of a report, without hints.
fn problems(report: &Report) -> Vec<String> {
    let problems = report.problems().iter();
    problems
        .filter(|problem| problem.finding().rule().id().starts_with("attestation"))
        .map(|problem| {
            let finding = problem.finding();
            format!(
                "{} {} {}: {finding}",
                finding.severity(),
                finding.rule().id(),
                problem.file()
            )
        })
        .collect()
}

fn sources(report: &Report) -> Vec<Vec<Source>> {
    let files = report.files().iter();
    files
        .map(|file| file.attestations().iter().map(|one| one.source()).collect())
        .collect()
}

#[test]
fn files_are_signed_accepted_and_served_with_their_provenance() {
    let (local, folder) = (index(), release());
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let publisher = publisher(&local, required(&local)).observer(move |event: &Event<'_>| {
        if let Event::Signed {
            filename,
            log_index,
            ..
        } = event
        {
            let mut log = log.lock().expect("no panic");
            log.push((filename.to_string(), *log_index));
        }
    });
    let report = publisher
        .publish(dists(&folder), &local)
        .expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(problems(&report), [""; 0]);
    assert_eq!(sources(&report), [[Source::Signed], [Source::Signed]]);
    assert_eq!(count(&local, Route::Certificate), 1, "one for both files");
    assert_eq!(count(&local, Route::LogEntry), 2);

    let reported = report.files().iter().map(|file| {
        let index = file.attestations()[0].log_index().expect("an entry");
        (file.filename().to_owned(), index)
    });
    let reported = reported.collect::<Vec<_>>();
    assert_eq!(*events.lock().expect("no panic"), reported);

    let index = Index::custom(local.upload_url().as_str())
        .and_then(|index| index.simple_api(local.simple_url().as_str()))
        .expect("a URL");
    for file in report.files() {
        let url = index.provenance_url("demo", "1.0", file.filename());
        let lookup = ProvenanceLookup::new(&url.expect("a URL"), RetryPolicy::never());
        let json = drive(lookup, &local)
            .expect("an answer")
            .expect("provenance");
        let provenance = Provenance::parse(&json).expect("provenance");
        let served = provenance.bundles()[0].attestations()[0].to_json();
        assert_eq!(served, file.attestations()[0].json());
    }

    let printed = format!("{publisher:?}{report:?}{}", report.to_json());
    assert!(!printed.contains("eyJ"), "no token is printed: {printed}");
}

#[test]
fn what_the_index_has_is_not_signed_again() {
    let (local, folder) = (index(), release());
    run(&local, required(&local), &folder).expect("published");
    let again = run(&local, required(&local), &folder).expect("nothing to do");
    assert!(again.is_success());
    assert_eq!(count(&local, Route::Certificate), 1);
    assert_eq!(sources(&again), [[], []] as [[Source; 0]; 2]);
}

/// A folder whose files have been signed before, by this job.
fn signed_before(local: &LocalIndex) -> TempDir {
    let folder = release();
    let off = publisher(local, required(local));
    let publication = off.publication(off.plan(dists(&folder)));
    let mut publication = publication.expect("a plan without errors");
    // The uploads fail, so that only the signatures are left.
    local.add_fault(Fault::on(Route::Upload).respond(400, "text/plain", "no"));
    let report = publication.run(local);
    local.clear_faults();
    for file in report.files() {
        let name = format!("{}.publish.attestation", file.filename());
        write(&folder, &name, file.attestations()[0].json().as_bytes());
    }
    folder
}

#[test]
fn a_matching_attestation_is_used_and_not_made_again() {
    let local = index();
    let folder = signed_before(&local);
    assert_eq!(count(&local, Route::LogEntry), 2);
    let report = run(&local, required(&local), &folder).expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(sources(&report), [[Source::Sidecar], [Source::Sidecar]]);
    assert_eq!(count(&local, Route::LogEntry), 2);
    assert_eq!(problems(&report), [""; 0]);
}

#[test]
fn an_attestation_that_does_not_verify_is_an_error_before_anything_is_sent() {
    let (local, other) = (index(), index());
    let folder = signed_before(&other);
    let error = run(&local, required(&local), &folder).expect_err("another instance");
    assert_eq!(error.kind(), ErrorKind::Plan);
    let finding = error.problems()[0].finding();
    assert_eq!(finding.rule().id(), "attestation");
    assert!(
        finding
            .message()
            .starts_with("the attestation beside it does not verify: "),
        "{finding}"
    );
    assert!(
        finding
            .help()
            .is_some_and(|help| help.starts_with("delete it"))
    );
    assert!(local.requests().is_empty());
    // Where none is sent, none matters.
    write(&folder, "demo-1.0.tar.gz.publish.attestation", b"[]");
    let report = run(&local, Attest::off(), &folder).expect("published");
    assert_eq!(sources(&report), [[], []] as [[Source; 0]; 2]);
}

#[test]
fn the_attestation_of_another_workflow_is_reported() {
    let other = Identity::github("octo-org/demo", "other.yml");
    let mut builder = LocalIndex::builder()
        .clock(Clock::fixed(NOW))
        .identity(job());
    for job in [&job(), &other] {
        builder = builder.publisher("demo", job.publisher());
    }
    let local = builder
        .verification(Verification::sigstore())
        .start_in_memory()
        .expect("an index");
    let folder = signed_before(&local);
    let as_other = Environment::from_vars(local.environment_of(other));
    let publisher = publisher(&local, required(&local)).trusted_publishing(as_other);
    let report = publisher.publish(dists(&folder), &local).expect("a report");
    let outcomes: Vec<_> = report
        .files()
        .iter()
        .map(|file| file.outcome().name())
        .collect();
    assert_eq!(outcomes, ["refused", "refused"]);
    let problems = problems(&report);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(
        problems
            .iter()
            .all(|one| one.contains("which this job has not signed")),
        "not a matter of letter case: {problems:#?}"
    );
}

#[test]
fn a_reusable_workflow_is_reported_before_the_upload() {
    let called = "octo-org/demo/.github/workflows/publish.yml@refs/heads/main";
    let local = LocalIndex::builder()
        .clock(Clock::fixed(NOW))
        .identity(job().claim("job_workflow_ref", called))
        .publisher(
            "demo",
            Identity::github("octo-org/demo", "publish.yml").publisher(),
        )
        .verification(Verification::sigstore())
        .start_in_memory()
        .expect("an index");
    let report = run(&local, required(&local), &release()).expect("a report");
    let outcomes: Vec<_> = report
        .files()
        .iter()
        .map(|file| file.outcome().name())
        .collect();
    assert_eq!(outcomes, ["refused", "refused"], "as it was predicted");
    let [problem] = problems(&report).try_into().expect("one problem");
    assert!(
        problem.contains("the job is in the reusable workflow"),
        "{problem}"
    );
}

#[test]
fn many_files_are_signed_with_several_certificates_at_once() {
    let platforms = (5..25).map(|number| wheel_for(&format!("manylinux_2_{number}_x86_64")));
    let (local, folder) = (index(), folder(platforms));
    let report = run(&local, required(&local), &folder).expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(count(&local, Route::Certificate), 3);
    assert_eq!(count(&local, Route::LogEntry), 20);
}
