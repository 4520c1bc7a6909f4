//! Publications run by the drivers, blocking and async.

use std::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::{Context, Waker},
    time::Duration,
};

use pypi_http::testing::{Script, reply};
use pypi_http::{
    AsyncTransport, Body, CancelToken, Reply, Transport, TransportError, TransportErrorKind,
};
use pypi_metadata::testing;
use pypi_publish::{Dists, ErrorKind, Publication};
use tempfile::TempDir;

use crate::{
    folder::release,
    hand::Time,
    schedule::{outcomes, publisher},
    token::trusted,
};

/// A publication with an API token, which uploads after one lookup.
fn publication() -> (Publication, TempDir) {
    let folder = release();
    let publisher = publisher(&Time::start()).verify(None);
    let plan = publisher.plan(Dists::read_dir(folder.path()).expect("a folder"));
    (publisher.publication(plan).expect("no errors"), folder)
}

const WHEEL: &str = "demo-1.0-py3-none-any.whl";
const SDIST: &str = "demo-1.0.tar.gz";

/// Panics at each first upload of a file.
struct Panics(Script, AtomicU32);

impl Panics {
    fn new() -> Self {
        let answers = [reply(404, ""), reply(200, "")];
        Self(Script::new(answers).lenient(), AtomicU32::new(0))
    }

    fn reply(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        assert!(
            request.method() == "GET" || self.1.fetch_add(1, Ordering::Relaxed) > 0,
            "a bug of the transport"
        );
        Transport::send(&self.0, request)
    }
}

impl Transport for Panics {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.reply(request)
    }
}

impl AsyncTransport for Panics {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.reply(request)
    }

    async fn wait(&self, _: Duration, _: &CancelToken) {}
}

#[test]
fn a_task_that_panics_is_abandoned_and_the_run_goes_on() {
    let (mut publication, _folder) = publication();
    let report = publication.run(&Panics::new());
    assert_eq!(outcomes(&report), [(WHEEL, "failed"), (SDIST, "uploaded")]);

    let (mut publication, _folder) = self::publication();
    let transport = Panics::new();
    let report = block_on(publication.run_async(&transport));
    assert_eq!(outcomes(&report), [(WHEEL, "failed"), (SDIST, "uploaded")]);
}

/// Answers lookups; an upload never ends by itself.
struct Hangs(CancelToken);

impl Hangs {
    fn lookup(request: &http::Request<Body>) -> Option<Result<Reply, TransportError>> {
        (request.method() == "GET").then(|| reply(404, ""))
    }
}

impl Transport for Hangs {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        if let Some(reply) = Self::lookup(&request) {
            return reply;
        }
        self.0.cancel();
        CancelToken::of(&request).sleep(Duration::from_secs(3600));
        Err(TransportError::new(TransportErrorKind::Cancelled))
    }
}

impl AsyncTransport for Hangs {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        match Self::lookup(&request) {
            Some(reply) => reply,
            None => std::future::pending().await,
        }
    }

    async fn wait(&self, _: Duration, _: &CancelToken) {}
}

#[test]
fn a_run_is_cancelled_from_another_thread() {
    let (mut publication, _folder) = publication();
    let (is_sending, cancel) = (CancelToken::new(), publication.cancel_token());
    let transport = Hangs(is_sending.clone());
    let report = std::thread::scope(|scope| {
        scope.spawn(move || {
            is_sending.sleep(Duration::from_secs(3600));
            cancel.cancel();
        });
        publication.run(&transport)
    });
    assert_eq!(
        report.error().expect("a failed run").kind(),
        ErrorKind::Cancelled
    );
    assert_eq!(outcomes(&report), [(WHEEL, "failed"), (SDIST, "failed")]);
}

/// Replies to all but the request for a token, which cancels the run and ends by its own token only. Pauses take no time.
struct NeverMints(CancelToken);

impl NeverMints {
    fn reply(&self, request: &http::Request<Body>) -> Option<Result<Reply, TransportError>> {
        let path = request.uri().path();
        if request.method() == "POST" {
            self.0.cancel();
            return None;
        }
        Some(if path.ends_with("/audience") {
            reply(200, r#"{"audience":"pypi"}"#)
        } else if path.starts_with("/simple/") {
            reply(404, "")
        } else {
            let jwt = r#"{"value":"eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJweXBpIn0.c2ln"}"#;
            reply(200, jwt)
        })
    }
}

impl Transport for NeverMints {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.reply(&request).unwrap_or_else(|| {
            CancelToken::of(&request).sleep(Duration::from_secs(3600));
            Err(TransportError::new(TransportErrorKind::Cancelled))
        })
    }

    fn wait(&self, _: Duration, _: &CancelToken) {}
}

impl AsyncTransport for NeverMints {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        if let Some(reply) = self.reply(&request) {
            return reply;
        }
        CancelToken::of(&request).cancelled().await;
        Err(TransportError::new(TransportErrorKind::Cancelled))
    }

    async fn wait(&self, _: Duration, _: &CancelToken) {}
}

#[test]
fn a_run_is_cancelled_while_nothing_but_the_request_for_a_token_runs() {
    let folder = release();
    let publisher = trusted(&Time::start());
    let publication = || {
        let plan = publisher.plan(Dists::read_dir(folder.path()).expect("a folder"));
        publisher.publication(plan).expect("no errors")
    };
    let mut blocking = publication();
    let transport = NeverMints(blocking.cancel_token());
    let mut reports = vec![blocking.run(&transport)];
    let mut publication = publication();
    let transport = NeverMints(publication.cancel_token());
    reports.push(block_on(publication.run_async(&transport)));
    for report in reports {
        let error = report.error().expect("a failed run");
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
        assert_eq!(outcomes(&report), [(WHEEL, "failed"), (SDIST, "failed")]);
        assert!(transport.0.is_cancelled(), "a token was requested");
    }
}

#[test]
fn a_run_whose_future_was_dropped_is_ended_by_another() {
    let (mut publication, _folder) = publication();
    let hangs = Hangs(CancelToken::new());
    {
        let mut run = pin!(publication.run_async(&hangs));
        let mut context = Context::from_waker(Waker::noop());
        assert!(run.as_mut().poll(&mut context).is_pending());
    }
    publication.cancel();
    let report = block_on(publication.run_async(&hangs));
    assert_eq!(outcomes(&report), [(WHEEL, "unknown"), (SDIST, "failed")]);
}

#[test]
fn both_drivers_run_several_tasks() {
    let files = [testing::wheel("a", "1.0"), testing::wheel("b", "1.0")];
    let folder = crate::folder::folder(files);
    let publisher = publisher(&Time::start()).verify(None);
    let plan = || publisher.plan(Dists::read_dir(folder.path()).expect("a folder"));
    let answers = || (0..4).map(|place| reply(if place < 2 { 404 } else { 200 }, ""));
    let script = Script::new(answers());
    let report = publisher
        .publication(plan())
        .expect("no errors")
        .run(&script);
    assert!(report.is_success(), "{}", report.to_json());
    let script = Script::new(answers());
    let mut publication = publisher.publication(plan()).expect("no errors");
    assert!(block_on(publication.run_async(&script)).is_success());
}

/// Polls a future that never waits.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
