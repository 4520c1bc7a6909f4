//! What a transport sends.

use std::collections::HashMap;

use http::{HeaderValue, header};

use super::{
    bench::{Bench, Subject, get, post, reply},
    connection::Connection,
    rule::Rule,
    server::Server,
    shared::Received,
};
use crate::{Body, FileStamp, Part, TransportErrorKind};

pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    lengths(bench).await;
    unreadable(bench).await;
    headers(bench).await;
}

async fn lengths<S: Subject>(bench: &mut Bench<'_, S>) {
    let text: String = ('a'..='z').cycle().take(300 * 1024).collect();
    for (case, body) in [
        ("POST without a body", String::new()),
        ("POST of 1 byte", "x".to_owned()),
        ("POST of 300 KiB", text),
    ] {
        // Three parts, of which one is empty.
        let (first, last) = body.split_at(body.len() / 3);
        let parts = [first, "", last].map(Part::from);
        let (got, seen) = bench
            .exchange(|url| post(url, Body::new(parts)), answer_all)
            .await;
        bench.expect_reply(Rule::ContentLength, case, &got, 200, b"ok");
        let Some(received) = seen.requests.first() else {
            continue;
        };
        let length = received.values("content-length");
        let is_exact = length == [body.len().to_string()];
        let found = format_args!("the Content-Length is {length:?}");
        bench.expect(Rule::ContentLength, case, is_exact, found);
        plain(bench, case, received);
        let is_same = received.body == body.as_bytes();
        let found = format_args!("other {} bytes arrived", received.body.len());
        bench.expect(Rule::ContentLength, case, is_same || !is_exact, found);
    }
    let case = "GET without a body";
    let (got, seen) = bench.exchange(get, answer_all).await;
    bench.expect_reply(Rule::ContentLength, case, &got, 200, b"ok");
    if let Some(received) = seen.requests.first() {
        plain(bench, case, received);
    }
}

fn plain<S: Subject>(bench: &mut Bench<'_, S>, case: &str, received: &Received) {
    let coding = received.values("transfer-encoding");
    let found = format_args!("sent with Transfer-Encoding {coding:?}");
    bench.expect(Rule::ContentLength, case, coding.is_empty(), found);
}

async fn unreadable<S: Subject>(bench: &mut Bench<'_, S>) {
    let text = vec![b'x'; 700 * 1024];
    for (case, readable, missing) in [
        ("nothing of the body can be read", 0, 1024),
        (
            "the second half of the body cannot be read",
            text.len(),
            text.len(),
        ),
        ("the last byte of the body cannot be read", text.len(), 1),
    ] {
        let first = text.get(..readable).unwrap_or_default().to_vec();
        // No file has an empty name.
        let last = Part::file("", FileStamp::of_size(missing as u64));
        let body = Body::new([first.into(), last]);
        let (got, seen) = bench.exchange(|url| post(url, body), answer_all).await;
        bench.expect_error(Rule::BodyError, case, &got, &[TransportErrorKind::Body]);
        bench.expect_abandoned(Rule::BodyError, case, &seen);
        bench.expect_begun(Rule::BodyError, case, &seen, 1);
    }
}

async fn headers<S: Subject>(bench: &mut Bench<'_, S>) {
    let case = "two requests and a cookie between them";
    let server = Server::start(|connection| {
        while connection.request().is_some() {
            connection
                .send("HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let mut request = get(&server.url("/one?q=a%20b&r=%2F"));
    let headers = request.headers_mut();
    let mut secret = HeaderValue::from_static("Basic X190b2tlbl9fOng=");
    secret.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, secret);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.append("x-repeated", HeaderValue::from_static("one"));
    headers.append("x-repeated", HeaderValue::from_static("two"));
    let headers = request.headers();
    let given: HashMap<String, Vec<String>> = headers
        .keys()
        .map(|name| {
            let values = headers.get_all(name).iter();
            let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            (name.as_str().to_owned(), values.collect())
        })
        .collect();

    for request in [request.clone(), request] {
        let got = bench.send(request).await;
        bench.expect_reply(Rule::Headers, case, &got, 200, b"ok");
    }
    let seen = server.finish().await;
    for received in &seen.requests {
        let found = format_args!("the path is {}", received.path);
        let is_same = received.path == "/one?q=a%20b&r=%2F";
        bench.expect(Rule::Headers, case, is_same, found);
        for (name, values) in &given {
            let found = received.values(name);
            let is_same = found == *values;
            let found = format_args!("{name} is {found:?} instead of {values:?}");
            bench.expect(Rule::Headers, case, is_same, found);
        }
        for (name, value) in &received.headers {
            let is_given = given.contains_key(name) || ADDED.contains(&name.as_str());
            let found = format_args!("{name}: {value} was added");
            bench.expect(Rule::Headers, case, is_given, found);
        }
        let hosts = received.values("host").len();
        let found = format_args!("{hosts} Host headers");
        bench.expect(Rule::Headers, case, hosts == 1, found);
    }
}

/// What a transport may add; how it codes the body is a rule of its own.
const ADDED: [&str; 5] = [
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
];

fn answer_all(connection: &mut Connection) {
    while connection.request().is_some() {
        connection.send(reply(200, "ok"));
    }
}
