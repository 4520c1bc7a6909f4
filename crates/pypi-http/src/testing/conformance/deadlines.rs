//! Servers that stall, and requests with a deadline.

use std::{thread, time::Duration};

use super::{
    bench::{Bench, DEADLINE, Subject, get, hurried, large_body, post, reply, with},
    connection::Connection,
    rule::Rule,
    server::FullQueue,
    shared::PATIENCE,
};
use crate::{
    CancelToken, Deadline, Reply,
    TransportErrorKind::{Connect, Timeout},
};

pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    while_connecting(bench).await;
    while_sending(bench).await;
    while_waiting(bench).await;
    while_reading(bench).await;
    after_body(bench).await;
}

async fn while_connecting<S: Subject>(bench: &mut Bench<'_, S>) {
    let Some(queue) = FullQueue::new() else {
        return;
    };
    let request = hurried(get(&queue.url()));
    let returned = CancelToken::new();
    let over = returned.clone();
    let server = thread::spawn(move || {
        over.sleep(PATIENCE);
        drop(queue);
    });
    let got = bench.send(request).await;
    returned.cancel();
    server.join().expect("the server ended");
    let (case, kinds) = ("a connect that stalls", &[Connect, Timeout]);
    bench.expect_end(Rule::DeadlineWhileConnecting, case, &got, kinds, DEADLINE);
}

async fn while_sending<S: Subject>(bench: &mut Bench<'_, S>) {
    let case = "a server that reads no body";
    let script = |connection: &mut Connection| {
        connection.head();
        connection.stall();
        connection.rest();
    };
    let request = |url: &str| hurried(post(url, large_body()));
    let (got, seen) = bench.exchange(request, script).await;
    let rule = Rule::DeadlineWhileSending;
    bench.expect_end(rule, case, &got, &[Timeout], DEADLINE);
    bench.expect_abandoned(rule, case, &seen);
    bench.expect_begun(Rule::SendOnce, case, &seen, 1);
}

async fn while_waiting<S: Subject>(bench: &mut Bench<'_, S>) {
    let case = "a server that sends no reply";
    let script = |connection: &mut Connection| {
        connection.request();
        connection.stall();
    };
    let request = |url: &str| hurried(post(url, "body"));
    let (got, seen) = bench.exchange(request, script).await;
    let rule = Rule::DeadlineWhileWaiting;
    bench.expect_end(rule, case, &got, &[Timeout], DEADLINE);
    bench.expect_begun(Rule::SendOnce, case, &seen, 1);

    let case = "a reply in time";
    let script = |connection: &mut Connection| {
        connection.request();
        connection.pause(DEADLINE);
        connection.send(reply(200, "ok"));
    };
    let request = |url: &str| with(post(url, "body"), Deadline::total(DEADLINE + PATIENCE));
    let (got, _) = bench.exchange(request, script).await;
    bench.expect_reply(rule, case, &got, 200, b"ok");
}

/// Sends `text`, then `again` and again, far within the deadline of each read.
fn drip(connection: &Connection, text: &str, again: &str) {
    let pause = DEADLINE / 5;
    let mut is_open = connection.send(text);
    for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
        is_open = is_open && connection.send(again);
        connection.pause(pause);
    }
}

async fn while_reading<S: Subject>(bench: &mut Bench<'_, S>) {
    for (case, text, again) in [
        (
            "a body that arrives byte by byte",
            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
            "x",
        ),
        (
            "a head that arrives byte by byte",
            "HTTP/1.1 200 OK\r\nX: ",
            "x",
        ),
        (
            "endless interim replies",
            "",
            "HTTP/1.1 103 Early Hints\r\n\r\n",
        ),
    ] {
        let script = move |connection: &mut Connection| {
            connection.request();
            drip(connection, text, again);
        };
        let (got, _) = bench.exchange(|url| hurried(get(url)), script).await;
        let is_interim = |reply: &Reply| reply.status().is_informational();
        let rule = match got.result.as_ref().is_ok_and(is_interim) {
            true => Rule::InterimReply,
            false => Rule::DeadlineWhileReading,
        };
        bench.expect_end(rule, case, &got, &[Timeout], DEADLINE);
    }
}

async fn after_body<S: Subject>(bench: &mut Bench<'_, S>) {
    let rule = Rule::DeadlineAfterBody;
    let after_body = Deadline::after_body(DEADLINE);
    let case = "a server that sends no reply";
    let script = |connection: &mut Connection| {
        connection.request();
        connection.stall();
    };
    let request = |url: &str| with(post(url, "body"), after_body);
    let (got, _) = bench.exchange(request, script).await;
    bench.expect_end(rule, case, &got, &[Timeout], DEADLINE);

    let case = "a reply that arrives byte by byte";
    let script = |connection: &mut Connection| {
        connection.request();
        drip(
            connection,
            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
            "x",
        );
    };
    let request = |url: &str| with(post(url, "body"), after_body);
    let (got, _) = bench.exchange(request, script).await;
    bench.expect_end(rule, case, &got, &[Timeout], DEADLINE);

    let case = "a body that is read slowly";
    let patient = Duration::from_secs(1);
    let script = move |connection: &mut Connection| {
        connection.head();
        connection.pause(patient + DEADLINE);
        if connection.body() {
            connection.send(reply(200, "ok"));
        }
    };
    let request = |url: &str| with(post(url, large_body()), Deadline::after_body(patient));
    let (got, _) = bench.exchange(request, script).await;
    bench.expect_reply(rule, case, &got, 200, b"ok");
}
