//! What a transport makes of a reply.

use http::header;

use super::{
    bench::{Bench, DEADLINE, LATE, Subject, get, hurried, post, reply, with},
    connection::Connection,
    rule::Rule,
    server::Server,
};
use crate::{MAX_REPLY_BODY, ReplyLimit, TransportErrorKind};

pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    statuses(bench).await;
    redirects(bench).await;
    codings(bench).await;
    interim(bench).await;
    without_body(bench).await;
    limits(bench).await;
    endless(bench).await;
    fresh(bench).await;
}

/// Every status is a reply, and none is a reason to send the request again.
async fn statuses<S: Subject>(bench: &mut Bench<'_, S>) {
    let statuses = [
        200, 201, 202, 400, 401, 403, 404, 408, 409, 413, 421, 422, 425, 429, 500, 502, 503, 504,
        599,
    ];
    let server = Server::start(|connection| {
        while connection.request().is_some() {
            let status = connection
                .path()
                .trim_start_matches('/')
                .parse()
                .unwrap_or(200);
            let reply = reply(status, "text");
            let headers = "\r\nRetry-After: 0\r\nWWW-Authenticate: Basic realm=\"x\"\r\nX-Twice: a\r\nX-Twice: b\r\nContent-";
            connection.send(reply.replacen("\r\nContent-", headers, 1));
        }
    });
    for status in statuses {
        let case = status.to_string();
        let request = post(&server.url(&format!("/{status}")), "body");
        let got = bench.send(request).await;
        bench.expect_reply(Rule::Reply, &case, &got, status, b"text");
        let Ok(reply) = &got.result else { continue };
        let twice: Vec<_> = reply.headers().get_all("x-twice").iter().collect();
        let is_whole = reply.header(&header::RETRY_AFTER) == Some("0") && twice == ["a", "b"];
        bench.expect(
            Rule::Reply,
            &case,
            is_whole,
            "headers of the reply are missing",
        );
    }
    let seen = server.finish().await;
    bench.expect_begun(
        Rule::SendOnce,
        "replies of any status",
        &seen,
        statuses.len(),
    );
}

async fn redirects<S: Subject>(bench: &mut Bench<'_, S>) {
    for status in [301, 302, 303, 307, 308] {
        for method in ["GET", "POST"] {
            let case = format!("{status} to a {method}");
            let script = move |connection: &mut Connection| {
                while connection.request().is_some() {
                    let is_first = connection.path() == "/";
                    let status = if is_first { status } else { 200 };
                    let location = "\r\nLocation: /elsewhere\r\nContent-";
                    connection.send(reply(status, "moved").replacen("\r\nContent-", location, 1));
                }
            };
            let request = |url: &str| match method {
                "GET" => get(url),
                _ => post(url, "body"),
            };
            let (got, seen) = bench.exchange(request, script).await;
            bench.expect_reply(Rule::Redirect, &case, &got, status, b"moved");
            bench.expect_begun(Rule::Redirect, &case, &seen, 1);
        }
    }
}

async fn codings<S: Subject>(bench: &mut Bench<'_, S>) {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nwhol\r\n1\r\ne\r\n0\r\nX-Trailer: c\r\n\r\n";
    for (case, text) in [
        ("a chunked reply", chunked),
        (
            "a reply that ends with the connection",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwhole",
        ),
        ("a reply of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nwhole"),
    ] {
        let script = move |connection: &mut Connection| {
            connection.request();
            connection.send(text);
        };
        let (got, _) = bench.exchange(get, script).await;
        bench.expect_reply(Rule::Reply, case, &got, 200, b"whole");
    }
}

async fn interim<S: Subject>(bench: &mut Bench<'_, S>) {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    for (case, interim) in [
        ("100", "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
        ("102", "HTTP/1.1 102 Processing\r\n\r\n".to_owned()),
        ("103", early.to_owned()),
        (
            "100 and 103",
            format!("HTTP/1.1 100 Continue\r\n\r\n{early}"),
        ),
    ] {
        for is_early in [true, false] {
            let interim = interim.clone();
            let script = move |connection: &mut Connection| {
                connection.head();
                if is_early {
                    connection.send(&interim);
                }
                if connection.body() && !is_early {
                    connection.send(&interim);
                }
                connection.send(reply(200, "final"));
            };
            let time = if is_early { "before" } else { "after" };
            let case = format!("{case} {time} the body");
            let (got, _) = bench.exchange(|url| post(url, "body"), script).await;
            bench.expect_reply(Rule::InterimReply, &case, &got, 200, b"final");
        }
    }
}

/// A reply that has no body ends with its head, also when the connection stays open.
async fn without_body<S: Subject>(bench: &mut Bench<'_, S>) {
    for (status, text) in [
        (204, "HTTP/1.1 204 No Content\r\n\r\n"),
        (
            304,
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        ),
        (200, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let case = format!("{status} without a body");
        let script = move |connection: &mut Connection| {
            while connection.request().is_some() {
                connection.send(text);
            }
        };
        let (got, _) = bench.exchange(get, script).await;
        bench.expect_reply(Rule::Reply, &case, &got, status, b"");
        bench.expect(Rule::Reply, &case, got.took <= LATE, &got);
    }
}

async fn limits<S: Subject>(bench: &mut Bench<'_, S>) {
    let own = Some(1000);
    for (limit, length) in [
        (own, 1000),
        (own, 1001),
        (own, 100_000),
        (None, MAX_REPLY_BODY),
        (None, MAX_REPLY_BODY + 1),
        (Some(2 * MAX_REPLY_BODY), MAX_REPLY_BODY + 1),
    ] {
        for coding in ["declared", "chunked", "undeclared"] {
            let most = limit.unwrap_or(MAX_REPLY_BODY);
            let case = format!("{length} bytes ({coding}) with a limit of {most}");
            let request = |url: &str| match limit {
                Some(limit) => with(get(url), ReplyLimit::new(limit)),
                None => get(url),
            };
            let script = move |connection: &mut Connection| {
                connection.request();
                let body = "x".repeat(length);
                connection.send(match coding {
                    "declared" => reply(200, &body),
                    "chunked" => format!("{CHUNKED}{length:x}\r\n{body}\r\n0\r\n\r\n"),
                    _ => format!("{UNDECLARED}{body}"),
                });
            };
            let (got, _) = bench.exchange(request, script).await;
            if length <= most {
                bench.expect_reply(
                    Rule::ReplyLimit,
                    &case,
                    &got,
                    200,
                    "x".repeat(length).as_bytes(),
                );
            } else {
                bench.expect_error(
                    Rule::ReplyLimit,
                    &case,
                    &got,
                    &[TransportErrorKind::TooLong],
                );
            }
        }
    }
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const UNDECLARED: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

async fn endless<S: Subject>(bench: &mut Bench<'_, S>) {
    let declared = "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n";
    let line = format!("X-Header: {}\r\n", "x".repeat(1000));
    let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
    for (case, head, text) in [
        ("a body of 1 TiB", declared, chunk.clone()),
        ("an endless body", UNDECLARED, chunk.clone()),
        ("an endless chunked body", CHUNKED, chunk),
        ("an endless chunk size", CHUNKED, "1".repeat(1024)),
        ("an endless head", "HTTP/1.1 200 OK\r\n", line),
        (
            "an endless header",
            "HTTP/1.1 200 OK\r\nX: ",
            "x".repeat(1024),
        ),
    ] {
        let script = move |connection: &mut Connection| {
            connection.request();
            if connection.send(head) {
                connection.flood(text.as_bytes(), FLOOD);
            }
        };
        let limit = ReplyLimit::new(10_000);
        let (got, seen) = bench.exchange(|url| with(get(url), limit), script).await;
        let kinds: &[_] = match case.contains("body") {
            true => &[TransportErrorKind::TooLong],
            false => &[TransportErrorKind::Reply, TransportErrorKind::Interrupted],
        };
        bench.expect_error(Rule::BoundedRead, case, &got, kinds);
        let found = format_args!("{} bytes were read", seen.written);
        bench.expect(Rule::BoundedRead, case, seen.written < FLOOD, found);
        let found = "the connection is still open";
        bench.expect(Rule::BoundedRead, case, !seen.was_left_open, found);
    }
}

/// More than the buffers of the two sockets.
const FLOOD: u64 = 48 * 1024 * 1024;

async fn fresh<S: Subject>(bench: &mut Bench<'_, S>) {
    let case = "a request after one that timed out";
    let server = Server::start(|connection| {
        while connection.request().is_some() {
            let is_late = connection.path() == "/late";
            if is_late {
                connection.pause(DEADLINE * 2);
            }
            connection.send(reply(200, if is_late { "stale" } else { "fresh" }));
        }
    });
    bench.send(hurried(get(&server.url("/late")))).await;
    let got = bench.send(get(&server.url("/"))).await;
    bench.expect_reply(Rule::FreshReply, case, &got, 200, b"fresh");
    server.finish().await;

    let case = "a request after a reply that was too long";
    let server = Server::start(|connection| {
        while connection.request().is_some() {
            let is_long = connection.path() == "/long";
            let text = if is_long {
                reply(200, &reply(200, "stale").repeat(10))
            } else {
                reply(200, "fresh")
            };
            connection.send(text);
        }
    });
    bench
        .send(with(get(&server.url("/long")), ReplyLimit::new(10)))
        .await;
    let got = bench.send(get(&server.url("/"))).await;
    bench.expect_reply(Rule::FreshReply, case, &got, 200, b"fresh");
    server.finish().await;
}
