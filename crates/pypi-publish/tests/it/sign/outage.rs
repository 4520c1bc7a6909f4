//! Sigstore that is down, and runs that end while they sign.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use http::Request;
use pypi_http::{Body, CancelToken, Reply, Transport, TransportError};
use pypi_local_index::{Fault, LocalIndex, Route};
use pypi_metadata::Finding;
use pypi_publish::{Attest, ErrorKind, Next, Source};

use super::{NOW, count, dists, index, problems, publisher, required, run, sigstore, sources};
use crate::folder::release;

#[test]
fn a_log_that_is_down_for_some_time_is_waited_for() {
    let (local, folder) = (index(), release());
    for route in [Route::LogEntry, Route::Certificate] {
        local.add_fault(
            Fault::on(route)
                .through(3)
                .respond(503, "text/plain", "busy"),
        );
    }
    local.add_fault(Fault::on(Route::LogEntry).nth(5).lose_response());
    let report = run(&local, required(&local), &folder).expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(problems(&report), [""; 0]);
}

#[test]
fn nothing_is_uploaded_when_the_log_stays_down() {
    let (local, folder) = (index(), release());
    local.add_fault(
        Fault::on(Route::LogEntry)
            .from(2)
            .respond(503, "text/plain", "busy"),
    );
    let publisher = publisher(&local, required(&local));
    let publication = publisher.publication(publisher.plan(dists(&folder)));
    let report = publication.expect("a plan without errors").run(&local);
    let error = report.error().expect("an error");
    assert_eq!(error.kind(), ErrorKind::Attestation);
    assert!(error.is_transient());
    let text = error.causes();
    let start = "could not sign demo-1.0.tar.gz: 2 of 2 files were not uploaded: the transparency log at http://";
    assert!(text.starts_with(start), "{text}");
    assert_eq!(count(&local, Route::Upload), 0);
    assert_eq!(count(&local, Route::Mint), 0);
    assert_eq!(
        sources(&report),
        [vec![Source::Signed], vec![]],
        "what is in the log is said"
    );
    let reasons: Vec<String> = report
        .files()
        .iter()
        .map(|file| file.outcome().to_string())
        .collect();
    assert_eq!(
        reasons[0],
        "not uploaded: not tried: could not sign demo-1.0.tar.gz"
    );
    assert!(
        reasons[1]
            .starts_with("not uploaded: could not sign demo-1.0.tar.gz: the transparency log")
    );
    assert_eq!(
        problems(&report),
        [
            "warning attestation-logged demo-1.0.tar.gz: its signature may be in the transparency log, from which nothing is removed"
        ]
    );
    let waited = local.clock().now() - NOW;
    assert!(
        (300..=700).contains(&waited),
        "about ten minutes, not {waited} s"
    );
}

#[test]
fn as_a_best_effort_files_are_uploaded_without_an_attestation() {
    let (local, folder) = (index(), release());
    local.add_fault(Fault::on(Route::LogEntry).nth(1).respond(
        400,
        "application/json",
        r#"{"code":400,"message":"no"}"#,
    ));
    let report = run(&local, Attest::best_effort(sigstore(&local)), &folder).expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(sources(&report), [vec![], vec![Source::Signed]]);
    assert_eq!(
        problems(&report),
        [
            "warning attestation-not-signed demo-1.0-py3-none-any.whl: it is sent without an attestation: could not sign demo-1.0-py3-none-any.whl: the transparency log rejected the entry: 400 Bad Request: no"
        ]
    );
}

#[test]
fn what_is_sent_without_an_attestation_cannot_be_signed_later() {
    let (local, folder) = (index(), release());
    local.add_fault(Fault::on(Route::LogEntry).respond(503, "text/plain", "busy"));
    let report = run(&local, Attest::best_effort(sigstore(&local)), &folder).expect("published");
    let findings = report.problems().iter().map(|problem| problem.finding());
    let is_unsigned = |one: &&Finding| one.rule().id() == "attestation-not-signed";
    let helps: Vec<_> = findings.filter(is_unsigned).map(Finding::help).collect();
    assert_eq!(helps, [None]);
}

/// Advances the clock after each reply to a path.
pub(super) struct Slow<'a> {
    pub(super) index: &'a LocalIndex,
    pub(super) path: &'static str,
    /// After how many replies, and how far.
    pub(super) left: AtomicU64,
    pub(super) by: Duration,
}

impl Transport for Slow<'_> {
    fn send(&self, request: Request<Body>) -> Result<Reply, TransportError> {
        let is_meant = request.uri().path().ends_with(self.path);
        let reply = self.index.send(request);
        if is_meant && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.index.clock().advance(self.by);
        }
        reply
    }

    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        self.index.wait(duration, cancel);
    }
}

#[test]
fn an_expired_certificate_is_replaced() {
    for (path, entries) in [("/signingCert", 3), ("/log/entries", 2)] {
        let (local, folder) = (index(), release());
        let slow = Slow {
            index: &local,
            path,
            left: AtomicU64::new(1),
            by: Duration::from_secs(601),
        };
        let report = publisher(&local, required(&local)).publish(dists(&folder), &slow);
        let report = report.expect("published");
        assert!(report.is_success(), "{}", report.to_json());
        assert_eq!(count(&local, Route::Certificate), 2, "after {path}");
        assert_eq!(count(&local, Route::LogEntry), entries, "after {path}");
    }
}

/// Steps a publication by hand until `is_over` says so of a request that was sent; then it is not answered.
fn until(
    local: &LocalIndex,
    publication: &mut pypi_publish::Publication,
    is_over: impl Fn(&Request<Body>) -> bool,
) -> pypi_publish::Task {
    loop {
        let Next::Start(mut task) = publication.advance() else {
            panic!("a task is started");
        };
        loop {
            let Ok(step) = pypi_http::Flow::step(&mut task);
            match step {
                pypi_http::Step::Send(request) if is_over(&request) => return task,
                pypi_http::Step::Send(request) => {
                    let reply = local.send(*request);
                    pypi_http::Flow::received(&mut task, reply);
                }
                pypi_http::Step::Wait(pause) => local.clock().advance(pause),
                pypi_http::Step::Done(finished) => {
                    publication.finish(finished);
                    break;
                }
                step => panic!("unknown: {step:?}"),
            }
        }
    }
}

/// What the report says of a run that ends, in this way, while the second file is being recorded.
fn interrupted(
    how: impl FnOnce(&mut pypi_publish::Publication, pypi_publish::Task),
) -> pypi_publish::Report {
    let (local, folder) = (index(), release());
    let publisher = publisher(&local, required(&local));
    let publication = publisher.publication(publisher.plan(dists(&folder)));
    let mut publication = publication.expect("a plan without errors");
    let entries = AtomicU64::new(0);
    let task = until(&local, &mut publication, |request| {
        let is_entry = request.uri().path().ends_with("/log/entries");
        is_entry && entries.fetch_add(1, Ordering::SeqCst) == 1
    });
    how(&mut publication, task);
    let report = publication.run(&local);
    assert_eq!(count(&local, Route::Upload), 0);
    assert_eq!(count(&local, Route::Mint), 0);
    report
}

const LOGGED: &str = "warning attestation-logged demo-1.0.tar.gz: its signature may be in the transparency log, from which nothing is removed";

#[test]
fn a_cancelled_run_says_what_the_log_may_have() {
    let report = interrupted(|publication, task| {
        publication.cancel();
        publication.finish(task.abandon());
    });
    let error = report.error().expect("an error");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(sources(&report), [vec![Source::Signed], vec![]]);
    assert_eq!(problems(&report), [LOGGED]);
}

#[test]
fn a_dropped_task_counts_as_failed() {
    let report = interrupted(|_, task| drop(task));
    let error = report.error().expect("an error");
    assert_eq!(error.kind(), ErrorKind::Attestation);
    assert_eq!(
        error.to_string(),
        "its task was dropped: 2 of 2 files were not uploaded"
    );
    let [first, second] = problems(&report).try_into().expect("two problems");
    assert!(
        first.contains("demo-1.0-py3-none-any.whl"),
        "its signature is lost: {first}"
    );
    assert_eq!(second, LOGGED);
}

#[test]
fn the_deadline_of_a_run_ends_its_signatures() {
    let (local, folder) = (index(), release());
    local.add_fault(Fault::on(Route::LogEntry).respond(503, "text/plain", "busy"));
    let publisher = publisher(&local, required(&local)).deadline(Duration::from_secs(60));
    let publication = publisher.publication(publisher.plan(dists(&folder)));
    let report = publication.expect("a plan without errors").run(&local);
    let error = report.error().expect("an error");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(local.clock().now() - NOW <= 61);
    assert_eq!(count(&local, Route::Upload), 0);
}
