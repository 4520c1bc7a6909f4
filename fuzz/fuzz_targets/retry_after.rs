//! No `Retry-After` makes a client wait longer than an hour or so, and no reply at all makes a call that may try twice send three requests.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use libfuzzer_sys::fuzz_target;
use pypi_http::{Body, Call, Clock, Flow, LONGEST_RETRY_AFTER, Reply, RetryPolicy, Step};

fuzz_target!(|input: (u16, &[u8])| {
    let (status, value) = input;
    let (Ok(status), Ok(value)) = (StatusCode::from_u16(status), HeaderValue::from_bytes(value))
    else {
        return;
    };
    let headers =
        HeaderMap::from_iter([(header::RETRY_AFTER, value.clone()), (header::DATE, value)]);
    let reply = Reply::new(status, headers, Vec::new());
    let clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(1_760_000_000));
    let policy = RetryPolicy::default().clock(clock).attempts(2);
    if let Some(pause) = policy.asked(&reply) {
        assert!(pause <= LONGEST_RETRY_AFTER || policy.is_never() || pause > Duration::ZERO);
    }
    let _ = reply.date();
    let request = http::Request::get("http://127.0.0.1:1/").body(Body::default());
    let mut call = Call::new(Ok(request.expect("a request")), policy);
    let (mut requests, mut waited) = (0, Duration::ZERO);
    loop {
        let Ok(step) = call.step();
        match step {
            Step::Send(_) => {
                requests += 1;
                call.received(Ok(reply.clone()));
            }
            Step::Wait(pause) => waited += pause,
            _ => break,
        }
    }
    assert!(requests <= 2, "{requests} requests");
    assert!(waited <= LONGEST_RETRY_AFTER, "{waited:?}");
});
