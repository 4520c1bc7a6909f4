//! Requests and pauses that are cancelled.

use std::{thread, time::Duration};

use super::{
    bench::{Bench, LATE, Subject, get, large_body, post, reply, with},
    connection::Connection,
    rule::Rule,
    server::FullQueue,
    shared::PATIENCE,
};
use crate::{CancelToken, TransportErrorKind::Cancelled};

/// When a token is cancelled, after what it interrupts has begun.
const SOON: Duration = Duration::from_millis(50);

pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    before_sending(bench).await;
    while_connecting(bench).await;
    while_sending(bench).await;
    while_waiting(bench).await;
    while_reading(bench).await;
    wait(bench).await;
}

async fn before_sending<S: Subject>(bench: &mut Bench<'_, S>) {
    let cancel = CancelToken::new();
    cancel.cancel();
    let script = |connection: &mut Connection| {
        connection.request();
        connection.send(reply(200, "ok"));
    };
    let request = |url: &str| with(post(url, "body"), cancel);
    let (got, seen) = bench.exchange(request, script).await;
    let (rule, case) = (Rule::CancelBeforeSending, "a cancelled token");
    bench.expect_end(rule, case, &got, &[Cancelled], SOON);
    bench.expect_begun(rule, case, &seen, 0);
}

async fn while_connecting<S: Subject>(bench: &mut Bench<'_, S>) {
    let Some(queue) = FullQueue::new() else {
        return;
    };
    let (cancel, returned) = (CancelToken::new(), CancelToken::new());
    let request = with(get(&queue.url()), cancel.clone());
    let over = returned.clone();
    let server = thread::spawn(move || {
        over.sleep(SOON);
        cancel.cancel();
        over.sleep(PATIENCE);
        drop(queue);
    });
    let got = bench.send(request).await;
    returned.cancel();
    server.join().expect("the server ended");
    let (rule, case) = (Rule::CancelWhileConnecting, "a connect that stalls");
    bench.expect_end(rule, case, &got, &[Cancelled], SOON);
}

async fn while_sending<S: Subject>(bench: &mut Bench<'_, S>) {
    let cancel = CancelToken::new();
    let token = cancel.clone();
    let script = move |connection: &mut Connection| {
        connection.head();
        connection.pause(SOON);
        token.cancel();
        connection.stall();
        connection.rest();
    };
    let request = |url: &str| with(post(url, large_body()), cancel);
    let (got, seen) = bench.exchange(request, script).await;
    let (rule, case) = (Rule::CancelWhileSending, "a server that reads no body");
    bench.expect_end(rule, case, &got, &[Cancelled], SOON);
    bench.expect_abandoned(rule, case, &seen);
}

async fn while_waiting<S: Subject>(bench: &mut Bench<'_, S>) {
    let cancel = CancelToken::new();
    let token = cancel.clone();
    let script = move |connection: &mut Connection| {
        connection.request();
        connection.pause(SOON);
        token.cancel();
        connection.stall();
    };
    let request = |url: &str| with(post(url, "body"), cancel);
    let (got, seen) = bench.exchange(request, script).await;
    let (rule, case) = (Rule::CancelWhileWaiting, "a server that sends no reply");
    bench.expect_end(rule, case, &got, &[Cancelled], SOON);
    bench.expect_begun(Rule::SendOnce, case, &seen, 1);
}

async fn while_reading<S: Subject>(bench: &mut Bench<'_, S>) {
    let cancel = CancelToken::new();
    let token = cancel.clone();
    let script = move |connection: &mut Connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        connection.pause(SOON);
        token.cancel();
        connection.stall();
    };
    let (got, _) = bench.exchange(|url| with(get(url), cancel), script).await;
    let (rule, case) = (Rule::CancelWhileReading, "half a body");
    bench.expect_end(rule, case, &got, &[Cancelled], SOON);
}

async fn wait<S: Subject>(bench: &mut Bench<'_, S>) {
    let cancel = CancelToken::new();
    let took = bench.wait(SOON, &cancel).await;
    let found = format_args!("{} ms", took.as_millis());
    // Timers are exact to a millisecond or two.
    let is_exact = took + SOON / 10 >= SOON && took <= SOON + LATE;
    bench.expect(Rule::Wait, "a pause of 50 ms", is_exact, found);

    let token = cancel.clone();
    let canceller = thread::spawn(move || {
        CancelToken::new().sleep(SOON);
        token.cancel();
    });
    for case in ["cancelled in the pause", "cancelled before the pause"] {
        let took = bench.wait(PATIENCE, &cancel).await;
        let found = format_args!("{} ms", took.as_millis());
        bench.expect(Rule::Wait, case, took <= SOON + LATE, found);
    }
    canceller.join().expect("it cancels");
}
