//! What goes wrong at a request.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use pypi_http::{Reply, TransportErrorKind};

use crate::random::Random;

#[derive(Clone, Debug)]
pub(crate) enum Fault {
    None,
    /// No connection.
    Connect(TransportErrorKind),
    /// The connection breaks after part of the body.
    CutBody,
    /// The connection breaks after all of the body, and the index does not get the request.
    LostBefore,
    /// The index handles the request, and its reply is lost.
    LostAfter,
    /// The index handles the request, and its reply is cut.
    CutReply,
    /// Something in front of the index replies in its place.
    Instead(u16),
    /// The index handles the request, and something in front of it replies this.
    After(u16),
    /// The reply comes after the deadline; the index may handle the request.
    Late(bool),
}

const STATUSES: [u16; 17] = [
    202, 204, 301, 307, 400, 401, 403, 404, 408, 409, 413, 425, 429, 500, 502, 503, 504,
];

pub(crate) fn fault(random: &mut Random, method: &Method) -> Fault {
    let status = *random.pick(&STATUSES);
    // A success that the index never gave cannot be told from one that it gave.
    let is_success = (200..300).contains(&status);
    match random.between(0, 9) {
        0 => Fault::Connect(TransportErrorKind::Connect),
        1 if random.chance(100) => Fault::Connect(TransportErrorKind::Tls),
        1 | 2 => Fault::CutBody,
        3 => Fault::LostBefore,
        4 => Fault::LostAfter,
        5 => Fault::CutReply,
        // A 404 in place of a page cannot be told from that of the index.
        6 if !is_success && (status != 404 || *method == Method::POST) => Fault::Instead(status),
        // No server refuses what it has stored; what is in front of it may fail.
        7 if *method == Method::POST && (is_success || status >= 500) => Fault::After(status),
        8 => Fault::Late(true),
        9 => Fault::Late(false),
        _ => Fault::LostAfter,
    }
}

/// A reply that is not the index's own. It repeats a secret of the request, as careless proxies do.
pub(crate) fn reply(random: &mut Random, status: u16, authorization: Option<&str>) -> Reply {
    let mut headers = HeaderMap::new();
    let seconds = random.between(0, 40);
    if matches!(status, 429 | 503) && random.chance(500) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if (300..400).contains(&status) {
        let location = HeaderValue::from_static("https://elsewhere.example/legacy/");
        headers.insert(header::LOCATION, location);
    }
    let sentences = [
        "",
        "busy",
        "Invalid or non-existent authentication information.",
        "token is expired",
        "<h1>Error</h1>",
    ];
    let mut body = (*random.pick(&sentences)).to_owned();
    if let Some(secret) = authorization.filter(|_| random.chance(300)) {
        body.push_str(&format!(" for {secret}"));
    }
    let status = StatusCode::from_u16(status).expect("a status");
    Reply::new(status, headers, body.into_bytes())
}
