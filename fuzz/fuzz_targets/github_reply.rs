//! No reply of GitHub makes the client panic, ask for ever, or show the token; its error is one line. An input is the name of a request on a line, a
//! status of three digits, a line for `Location`, and the body.
#![no_main]

mod index;

use libfuzzer_sys::fuzz_target;
use pypi_http::testing::Script;

fuzz_target!(|input: &str| {
    let (request, reply) = input.split_once('\n').unwrap_or_default();
    if index::leaks(input) {
        return;
    }
    let Some(reply) = index::reply(reply) else {
        return;
    };
    let replies = std::iter::repeat_n(reply, 60).map(Ok);
    let script = Script::new(replies).secrets([index::TOKEN]).lenient();
    let clock = script.clock();
    match command::github(&script, request, index::TOKEN, clock) {
        Ok(lines) => assert!(!index::leaks(&lines.concat()) || input.contains("{TOKEN}")),
        Err(message) => {
            assert!(
                index::is_line(&message) && message.len() < 3_000,
                "{message:?}"
            );
            assert!(!index::leaks(&message), "{message}");
        }
    }
    let requests = script.bodies().len();
    assert!(requests <= 50, "{requests} requests");
});
