//! No request makes the local index panic or answer 500, and it does not show its tokens. An input is a method and a path on a line, header lines, an
//! empty line, and a body, in which `{TOKEN}` stands for an API token.
#![no_main]

mod warehouse;

use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = input.split_at(end.unwrap_or(input.len()));
    let Ok(head) = std::str::from_utf8(head) else {
        return;
    };
    let body = body.get(2..).unwrap_or_default();
    let mut lines = head.lines();
    let (method, path) = lines
        .next()
        .unwrap_or_default()
        .split_once(' ')
        .unwrap_or_default();
    let index = warehouse::index();
    let token = index.user_token().reveal();
    let url = format!("http://127.0.0.1:0{path}");
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = match value.trim() {
            "{TOKEN}" => warehouse::basic(token),
            value => value.to_owned(),
        };
        let Ok(value) = HeaderValue::from_str(&value) else {
            return;
        };
        request = request.header(name, value);
    }
    if !path.starts_with('/') {
        return;
    }
    let Some(reply) = warehouse::send(index, request, body.to_vec()) else {
        return;
    };
    let status = reply.status();
    let text = String::from_utf8_lossy(reply.body());
    assert!(status != 500, "{text}");
    assert!(!text.contains(token), "{path}");
});
