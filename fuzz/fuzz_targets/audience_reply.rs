//! No reply with an audience makes the exchange panic; its error is one line, and the audience is asked for as a whole.
#![no_main]

mod exchange;

use libfuzzer_sys::fuzz_target;
use pypi_http::{Flow, Step};

fuzz_target!(|input: (u8, &[u8])| {
    let (status, body) = input;
    if exchange::leaks(&String::from_utf8_lossy(body)) {
        return;
    }
    let mut flow = exchange::exchange();
    assert!(
        matches!(flow.step(), Ok(Step::Send(_))),
        "the audience is asked for"
    );
    let status = [200, 403, 404, 500][usize::from(status) % 4];
    match exchange::answer(&mut flow, status, body) {
        Some(Ok(_)) => panic!("an audience is not a token"),
        Some(Err(error)) => {
            let text = error.to_string();
            assert!(text.len() < 2_000 && !text.contains('\n'), "{text}");
        }
        // The ID token is for whichever audience the index says: one for another is an error.
        None => {
            let body = format!(r#"{{"value":"{}"}}"#, exchange::id_token());
            if let Some(Err(error)) = exchange::answer(&mut flow, 200, body.as_bytes()) {
                assert!(!exchange::leaks(&format!("{error} {error:?}")), "{error}");
            }
        }
    }
});
