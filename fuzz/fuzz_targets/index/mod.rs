//! Replies of an index, and the secret that no text may contain.

#![allow(dead_code, reason = "each target uses a part")]

use http::{HeaderMap, HeaderValue, StatusCode, header};
use pypi_http::{Flow, Reply, Secret, Step};

/// The API token: a piece of it in a text is a leak.
pub const TOKEN: &str = "pypi-Zx9qVt3kUwB7yHs2LdNfPcGmRjTe4A";

/// Whether `text` has a piece of the token. An input that has one itself proves nothing.
pub fn leaks(text: &str) -> bool {
    let mut starts = (5..=TOKEN.len() - 8).step_by(4);
    starts.any(|start| text.contains(&TOKEN[start..start + 8]))
}

pub fn secret() -> Secret {
    Secret::new(TOKEN)
}

/// A reply from text: a status of three digits, a line for `Location`, and a body, in which `{TOKEN}` stands for the token.
pub fn reply(text: &str) -> Option<Reply> {
    let (status, rest) = text.split_at_checked(3)?;
    let status = StatusCode::from_bytes(status.as_bytes()).ok()?;
    let (location, body) = rest.split_once('\n').unwrap_or(("", rest));
    let mut headers = HeaderMap::new();
    if let (false, Ok(location)) = (location.is_empty(), HeaderValue::from_str(location)) {
        headers.insert(header::LOCATION, location);
    }
    let body = body.replace("{TOKEN}", TOKEN);
    Some(Reply::new(status, headers, body.into_bytes()))
}

/// Runs a flow to its end with these replies, the last of which is repeated.
pub fn run<F: Flow>(flow: &mut F, replies: &[Reply]) -> Result<F::Output, F::Error> {
    let mut next = 0;
    for _ in 0..100 {
        match flow.step()? {
            Step::Send(_) => {
                flow.received(Ok(replies[next.min(replies.len() - 1)].clone()));
                next += 1;
            }
            Step::Done(output) => return Ok(output),
            _ => {}
        }
    }
    panic!("the flow never ends");
}

/// Whether `text` is one line of printable characters.
pub fn is_line(text: &str) -> bool {
    !text.contains(|c: char| c.is_control())
}
