//! Tests of the limits of connections.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::LocalIndex;
use crate::config::{Builder, Fault, Route};
use crate::server::Limits;

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(60);

/// Limits that no test reaches.
const AMPLE: Limits = Limits {
    connections: 512,
    head: LONG,
    quiet: LONG,
};

const REQUEST: &[u8] = b"GET /simple/ HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn start(builder: Builder, limits: Limits) -> LocalIndex {
    builder.start_within(limits).expect("an index")
}

#[expect(clippy::disallowed_methods, reason = "the tests are the client")]
fn connect(index: &LocalIndex) -> TcpStream {
    let addresses = index.url().socket_addrs(|| None).expect("an address");
    let stream = TcpStream::connect(addresses.as_slice()).expect("a connection");
    let patience = stream.set_read_timeout(Some(Duration::from_secs(10)));
    patience.expect("a timeout");
    stream
}

/// How long the index keeps the connection open after these bytes, and what it sends.
#[expect(clippy::disallowed_methods, reason = "the test measures the time")]
fn lifetime(index: &LocalIndex, sent: &[u8]) -> (Duration, String) {
    let mut stream = connect(index);
    stream.write_all(sent).expect("bytes");
    let start = Instant::now();
    let mut received = Vec::new();
    stream
        .read_to_end(&mut received)
        .expect("the end within 10 s");
    (
        start.elapsed(),
        String::from_utf8_lossy(&received).into_owned(),
    )
}

fn assert_short(lifetime: Duration) {
    let expected = SHORT..Duration::from_secs(5);
    assert!(expected.contains(&lifetime), "{lifetime:?}");
}

#[test]
fn a_head_that_does_not_end_and_an_idle_connection_end_in_time() {
    let limits = Limits {
        head: SHORT,
        ..AMPLE
    };
    let index = start(LocalIndex::builder(), limits);
    assert_short(lifetime(&index, b"").0);
    assert_short(lifetime(&index, b"GET /simple/ HTTP/1.1\r\nhost:").0);
    let (idle, response) = lifetime(&index, REQUEST);
    assert_short(idle);
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
}

#[test]
fn a_body_that_stops_ends_in_time() {
    let limits = Limits {
        quiet: SHORT,
        ..AMPLE
    };
    let index = start(LocalIndex::builder(), limits);
    let head = "POST /_/oidc/mint-token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{";
    assert_short(lifetime(&index, head.as_bytes()).0);
    let stalled = LocalIndex::builder().fault(Fault::on(Route::SimpleIndex).stall_response(0));
    let index = start(stalled, limits);
    assert_short(lifetime(&index, REQUEST).0);
}

#[test]
#[cfg(feature = "tls")]
fn a_handshake_that_does_not_end_ends_in_time() {
    let limits = Limits {
        head: SHORT,
        ..AMPLE
    };
    let index = start(LocalIndex::builder().tls(), limits);
    assert_short(lifetime(&index, b"").0);
    assert_short(lifetime(&index, &[22, 3, 1]).0);
    let tunnel = "CONNECT localhost:443 HTTP/1.1\r\nhost: localhost:443\r\n\r\n";
    assert_short(lifetime(&index, tunnel.as_bytes()).0);
}

#[test]
fn more_connections_than_the_limit_wait() {
    let limits = Limits {
        connections: 2,
        ..AMPLE
    };
    let index = start(LocalIndex::builder(), limits);
    let served = [connect(&index), connect(&index)];
    for mut stream in &served {
        stream.write_all(REQUEST).expect("a request");
        stream.read_exact(&mut [0; 12]).expect("a response");
    }
    let mut waiting = connect(&index);
    waiting.write_all(REQUEST).expect("a request");
    waiting.set_read_timeout(Some(SHORT)).expect("a timeout");
    waiting.read_exact(&mut [0]).expect_err("no response yet");
    drop(served);
    waiting.set_read_timeout(Some(LONG)).expect("a timeout");
    let mut status = [0; 12];
    waiting.read_exact(&mut status).expect("a response");
    assert_eq!(&status, b"HTTP/1.1 200");
}
