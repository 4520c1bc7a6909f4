//! An index without a socket.

use std::time::Duration;

use http::{Request, header};
use pypi_http::{
    Body, CancelToken, Deadline, Reply, Transport, TransportError, TransportErrorKind,
};
use pypi_local_index::{Clock, Fault, LocalIndex, Route};

const NOW: u64 = 1_760_000_000;

fn index(fault: Fault) -> LocalIndex {
    let builder = LocalIndex::builder().clock(Clock::fixed(NOW)).fault(fault);
    builder.start_in_memory().expect("an index")
}

fn get(index: &LocalIndex, path: &str) -> Result<Reply, TransportError> {
    let url = index.url().join(path).expect("a URL");
    let request = Request::get(url.as_str())
        .extension(Deadline::total(Duration::from_secs(30)))
        .body(Body::default());
    Transport::send(index, request.expect("a request"))
}

#[test]
fn it_responds_like_an_index_with_a_socket() {
    let fault = || {
        Fault::on(Route::Audience)
            .nth(2)
            .respond(503, "text/plain", "busy")
    };
    let memory = index(fault());
    let reply = get(&memory, "/_/oidc/audience").expect("a reply");
    assert_eq!(
        (reply.status().as_u16(), reply.body()),
        (200, br#"{"audience":"pypi"}"#.as_slice())
    );
    assert_eq!(
        get(&memory, "/_/oidc/audience").expect("a reply").status(),
        503
    );
    assert_eq!(
        get(&memory, "/simple/demo/").expect("a reply").status(),
        404
    );
    assert_eq!(memory.requests().len(), 3);
    assert_eq!(memory.url().port(), Some(0), "nothing can connect to it");
}

#[test]
fn faults_of_the_connection_are_errors_of_the_transport() {
    let on = || Fault::on(Route::Audience);
    for (fault, kind) in [
        (on().reset_before_body(), TransportErrorKind::Interrupted),
        (on().reset_after_body(), TransportErrorKind::Interrupted),
        (on().lose_response(), TransportErrorKind::Interrupted),
        (on().truncate(3), TransportErrorKind::Reply),
        (on().stall_response(3), TransportErrorKind::Timeout),
    ] {
        let error = get(&index(fault), "/_/oidc/audience").expect_err("a fault");
        assert_eq!(error.kind(), kind);
    }
}

#[test]
fn time_passes_without_waiting() {
    let index = index(Fault::on(Route::Audience).stall_response(0));
    let clock = pypi_http::Clock::from(index.clock().clone());
    Transport::wait(&index, Duration::from_millis(1500), &CancelToken::new());
    Transport::wait(&index, Duration::from_millis(500), &CancelToken::new());
    assert_eq!(
        (index.clock().now(), clock.unix_seconds()),
        (NOW + 2, NOW + 2)
    );
    get(&index, "/_/oidc/audience").expect_err("a fault");
    assert_eq!(
        index.clock().now(),
        NOW + 32,
        "the deadline of the request passed"
    );
}

#[test]
fn a_slow_body_ends_at_the_deadline() {
    let index = index(Fault::on(Route::Upload).slow_body(1));
    let request = Request::post(index.upload_url().as_str())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from("--x--\r\n"));
    let error = Transport::send(&index, request.expect("a request")).expect_err("a fault");
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
}

#[test]
fn a_cancelled_request_does_not_arrive() {
    let index = index(Fault::on(Route::Audience));
    let cancel = CancelToken::new();
    cancel.cancel();
    let url = index.url().join("/_/oidc/audience").expect("a URL");
    let request = Request::get(url.as_str())
        .extension(cancel)
        .body(Body::default());
    let error = Transport::send(&index, request.expect("a request")).expect_err("cancelled");
    assert_eq!(
        (error.kind(), index.requests().len()),
        (TransportErrorKind::Cancelled, 0)
    );
}

#[test]
fn a_stale_page_has_its_age() {
    let index = index(Fault::on(Route::SimpleIndex).nth(2).stale());
    let age = |reply: Reply| reply.headers().get(header::AGE).cloned();
    assert_eq!(age(get(&index, "/simple/").expect("a reply")), None);
    index.clock().advance(Duration::from_secs(5));
    assert_eq!(
        age(get(&index, "/simple/").expect("a reply")).expect("an age"),
        "5"
    );
}
