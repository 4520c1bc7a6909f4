//! Connections that are refused, closed or reset.

use super::{
    bench::{Bench, Subject, get, large_body, post, reply},
    connection::Connection,
    rule::Rule,
    server::{Server, closed_address},
};
use crate::TransportErrorKind::{Connect, Interrupted, Reply};

pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    let refused = bench
        .send(post(&format!("http://{}/", closed_address()), "body"))
        .await;
    bench.expect_error(
        Rule::ConnectRefused,
        "nothing listens",
        &refused,
        &[Connect],
    );

    before_reply(bench).await;
    kept_alive(bench).await;
    while_sending(bench).await;
    in_reply(bench).await;
    early_reply(bench).await;
}

async fn before_reply<S: Subject>(bench: &mut Bench<'_, S>) {
    for (case, is_read) in [
        ("reset when the request begins", false),
        ("closed after the request", true),
    ] {
        for method in ["GET", "POST"] {
            let case = format!("{case} ({method})");
            let script = move |connection: &mut Connection| {
                match is_read {
                    true => connection.request(),
                    false => connection.arrives(),
                };
            };
            let request = |url: &str| match method {
                "GET" => get(url),
                _ => post(url, "body"),
            };
            let (got, seen) = bench.exchange(request, script).await;
            bench.expect_error(Rule::ClosedBeforeReply, &case, &got, &[Interrupted]);
            bench.expect_begun(Rule::SendOnce, &case, &seen, 1);
        }
    }
}

/// The server ends a connection on which it has replied once.
async fn kept_alive<S: Subject>(bench: &mut Bench<'_, S>) {
    for (case, is_read) in [
        ("a connection that was used before is reset", false),
        ("a connection that was used before is closed", true),
    ] {
        let server = Server::start(move |connection| {
            while let Some(number) = connection.arrives() {
                if number > 1 {
                    if is_read {
                        connection.request();
                    }
                    return;
                }
                connection.request();
                connection.send(reply(200, "first"));
            }
        });
        let first = bench.send(get(&server.url("/"))).await;
        bench.expect_reply(Rule::Reply, case, &first, 200, b"first");
        let second = bench.send(post(&server.url("/"), "body")).await;
        bench.expect_error(Rule::ClosedBeforeReply, case, &second, &[Interrupted]);
        let seen = server.finish().await;
        bench.expect_begun(Rule::SendOnce, case, &seen, 2);
    }

    // Whether the client notices in time is open. If it does, it opens a new connection.
    let case = "an idle connection is closed";
    let server = Server::start(|connection| {
        connection.request();
        connection.send(reply(200, "ok"));
    });
    for _ in 0..3 {
        let got = bench.send(post(&server.url("/"), "body")).await;
        match got.result {
            Ok(_) => bench.expect_reply(Rule::Reply, case, &got, 200, b"ok"),
            Err(_) => bench.expect_error(Rule::ClosedBeforeReply, case, &got, &[Interrupted]),
        }
    }
    let seen = server.finish().await;
    bench.expect_begun(Rule::SendOnce, case, &seen, 3);
}

async fn while_sending<S: Subject>(bench: &mut Bench<'_, S>) {
    let case = "reset after 64 KiB of the body";
    let script = |connection: &mut Connection| {
        connection.head();
        connection.body_part(64 * 1024);
    };
    let (got, seen) = bench.exchange(|url| post(url, large_body()), script).await;
    bench.expect_error(Rule::ClosedWhileSending, case, &got, &[Interrupted]);
    bench.expect_begun(Rule::SendOnce, case, &seen, 1);
}

async fn in_reply<S: Subject>(bench: &mut Bench<'_, S>) {
    for (case, text, kinds) in [
        (
            "half a head",
            "HTTP/1.1 200 OK\r\nContent-Le",
            &[Interrupted, Reply][..],
        ),
        (
            "no HTTP",
            "SSH-2.0-OpenSSH_9.9\r\n\r\n",
            &[Interrupted, Reply],
        ),
        (
            "a head without its body",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
            &[Reply],
        ),
        (
            "half a body",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            &[Reply],
        ),
        (
            "a chunked head without its body",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            &[Reply],
        ),
        (
            "half a chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf",
            &[Reply],
        ),
        (
            "chunks without the last",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            &[Reply],
        ),
        (
            "a chunk size that is not a number",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhalf\r\n",
            &[Reply],
        ),
    ] {
        let script = move |connection: &mut Connection| {
            connection.request();
            connection.send(text);
        };
        let (got, seen) = bench.exchange(get, script).await;
        bench.expect_error(Rule::ClosedInReply, case, &got, kinds);
        bench.expect_begun(Rule::SendOnce, case, &seen, 1);
    }
}

async fn early_reply<S: Subject>(bench: &mut Bench<'_, S>) {
    let head =
        "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 8\r\n\r\ntoo long";
    let case = "413 to a body that is read to its end";
    let script = move |connection: &mut Connection| {
        connection.head();
        connection.send(head);
        connection.drain();
    };
    let (got, _) = bench.exchange(|url| post(url, large_body()), script).await;
    bench.expect_reply(Rule::EarlyReply, case, &got, 413, b"too long");

    let case = "413 to a body that is not read";
    let script = move |connection: &mut Connection| {
        connection.head();
        connection.body_part(64 * 1024);
        connection.send(head);
    };
    let (got, seen) = bench.exchange(|url| post(url, large_body()), script).await;
    match got.result {
        Ok(_) => bench.expect_reply(Rule::EarlyReply, case, &got, 413, b"too long"),
        Err(_) => bench.expect_error(Rule::EarlyReply, case, &got, &[Interrupted, Reply]),
    }
    bench.expect_begun(Rule::SendOnce, case, &seen, 1);
}
