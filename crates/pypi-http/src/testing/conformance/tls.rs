//! `https` URLs of servers that do not speak TLS.

use super::{
    bench::{Bench, DEADLINE, Subject, hurried, post, reply, with},
    connection::Connection,
    rule::Rule,
};
use crate::{
    CancelToken,
    TransportErrorKind::{Cancelled, Connect, Timeout, Tls, Unusable},
};

pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    let nothing_sent = &[Connect, Tls, Unusable];
    for (case, is_answered) in [
        ("plain HTTP on an https URL", true),
        ("closed in the handshake", false),
    ] {
        let script = move |connection: &mut Connection| {
            if connection.arrives().is_some() && is_answered {
                connection.send(reply(400, "this is not TLS"));
            }
        };
        let (got, seen) = bench
            .exchange(|url| post(&secure(url), "secret"), script)
            .await;
        bench.expect_error(Rule::TlsFailure, case, &got, nothing_sent);
        let is_handshake = seen.first_bytes.iter().all(|byte| *byte == HANDSHAKE);
        bench.expect(
            Rule::TlsFailure,
            case,
            is_handshake,
            "the request was sent in the clear",
        );
    }

    let case = "a handshake that stalls";
    let script = |connection: &mut Connection| {
        connection.arrives();
        connection.stall();
    };
    let request = |url: &str| hurried(post(&secure(url), "secret"));
    let (got, _) = bench.exchange(request, script).await;
    let kinds = &[Connect, Timeout, Unusable];
    bench.expect_end(Rule::DeadlineWhileConnecting, case, &got, kinds, DEADLINE);

    let cancel = CancelToken::new();
    let token = cancel.clone();
    let script = move |connection: &mut Connection| {
        connection.arrives();
        token.cancel();
        connection.stall();
    };
    let request = |url: &str| with(post(&secure(url), "secret"), cancel);
    let (got, _) = bench.exchange(request, script).await;
    let kinds = &[Cancelled, Unusable];
    bench.expect_end(Rule::CancelWhileConnecting, case, &got, kinds, DEADLINE);
}

/// The first byte of a TLS record with a ClientHello: [RFC 8446, section 5.1](https://www.rfc-editor.org/rfc/rfc8446#section-5.1).
const HANDSHAKE: u8 = 22;

fn secure(url: &str) -> String {
    url.replacen("http:", "https:", 1)
}
