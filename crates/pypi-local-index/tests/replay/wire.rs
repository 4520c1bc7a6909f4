//! Requests with unusual paths, methods and syntax.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_local_index::LocalIndex;
use pypi_metadata::testing::wheel;
use serde_json::Value;

use crate::client::{Form, Response, basic, exchange, multipart, send_or_cut};
use crate::upload::{ask as ask_form, authorization};

/// Sends the request of the case. `None` if the connection is closed without a response.
pub(crate) fn ask(index: &LocalIndex, case: &Value) -> Option<Response> {
    let about = case["about"].as_str().expect("text");
    match case["raw_request_base64"].as_str() {
        Some(request) => {
            let request = STANDARD.decode(request).expect("base64");
            exchange(index, &with_credentials(index, case, about, request))
        }
        None if about.starts_with("a description of ") => {
            let authorization = basic(index.token("alice").expect("a token").reveal());
            let multipart = multipart();
            let headers = [
                ("authorization", authorization.as_str()),
                ("content-type", &multipart),
            ];
            let form = Form::of("oracle-existing", &wheel("oracle-existing", "1.0"));
            let form = form.field("description", &"x".repeat(3 * 1024 * 1024));
            send_or_cut(index, "POST /legacy/", &headers, &form.bytes())
        }
        None => ask_form(index, case),
    }
}

/// The request with the credentials that the recording replaces by words, and with `connection: close`.
fn with_credentials(index: &LocalIndex, case: &Value, about: &str, request: Vec<u8>) -> Vec<u8> {
    let end = position(&request, b"\r\n\r\n").unwrap_or(request.len());
    let (head, body) = request.split_at(end);
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let (name, user) = ("authorization: ", case["auth"].as_str().unwrap_or("alice"));
    let lines: Vec<String> = head
        .split("\r\n")
        .map(|line| match line.split_once(": <") {
            Some((key, _)) if key.eq_ignore_ascii_case(name.trim_end_matches(": ")) => {
                let value = credentials(index, case, about, user);
                format!("{key}: {value}")
            }
            _ => line.to_owned(),
        })
        .collect();
    let head = lines.join("\r\n");
    let head: Vec<u8> = head.chars().map(|c| u32::from(c) as u8).collect();
    [&head, body].concat()
}

/// The value of `Authorization` that the words of a recording describe.
fn credentials(index: &LocalIndex, case: &Value, about: &str, user: &str) -> String {
    let Some(token) = index.token(user).map(|token| token.reveal().to_owned()) else {
        return authorization(index, case).unwrap_or_default();
    };
    let encoded = |text: &str| STANDARD.encode(text);
    let whole = basic(&token);
    if about.contains("two blanks after Basic") {
        whole.replace("Basic ", "Basic  ")
    } else if about.contains("__TOKEN__") {
        format!("Basic {}", encoded(&format!("__TOKEN__:{token}")))
    } else if about.contains("no colon") {
        format!("Basic {}", encoded(&token))
    } else if about.contains("basic in lower case") || about.starts_with("basic ") {
        whole.replace("Basic", "basic")
    } else if about.contains("BASIC") {
        whole.replace("Basic", "BASIC")
    } else if about.contains("no scheme") || about.contains("without a scheme") {
        token
    } else {
        whole
    }
}

fn position(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|at| at == pattern)
}
