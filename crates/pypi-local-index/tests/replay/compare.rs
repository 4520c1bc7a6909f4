//! Whether a response is the recorded one.

use std::collections::BTreeSet;

use pypi_local_index::LocalIndex;
use serde_json::Value;

use crate::client::Response;
use crate::initial_state;

/// The first difference, if there is one. Status 0 means that the connection was closed without a response.
pub(crate) fn difference(
    index: &LocalIndex,
    case: &Value,
    response: Option<&Response>,
) -> Option<String> {
    let id = case["id"].as_str().expect("an id");
    let (recorded_status, reason) = status(case);
    let Some(response) = response else {
        return (recorded_status != 0)
            .then(|| format!("{id}: no response instead of {recorded_status}"));
    };
    let differs = |what: &str, ours: &str, theirs: &str| {
        Some(format!(
            "{id}: {what}\n    ours   {ours}\n    theirs {theirs}"
        ))
    };
    let ours = format!("{} {}", response.status, plain(&response.reason));
    let theirs = format!("{recorded_status} {}", plain(&of_pypi(index, &reason)));
    if ours != theirs {
        return differs("status line", &ours, &theirs);
    }
    for (name, theirs) in case["headers"].as_object().into_iter().flatten() {
        let theirs = of_pypi(index, theirs.as_str().expect("a header"));
        let ours: Vec<&str> = response
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        let ours = ours.join(", ");
        if !is_header_equal(name, &ours, &theirs) {
            return differs(name, &ours, &theirs);
        }
    }
    if let Some(recorded) = case["etag"].as_bool() {
        let has_etag = response.header("etag").is_some();
        if has_etag != recorded {
            return differs("ETag", &has_etag.to_string(), &recorded.to_string());
        }
    }
    body_difference(index, case, response)
        .and_then(|(ours, theirs)| differs("body", &ours, &theirs))
}

/// The recorded status and reason phrase: after 100, those of the response that follows.
fn status(case: &Value) -> (u64, String) {
    let status = case["status"].as_u64().expect("a status");
    let body = case["body"].as_str().unwrap_or_default();
    let mut line = body.lines().next().unwrap_or_default().splitn(3, ' ');
    match (status, line.next(), line.next(), line.next()) {
        (100, Some("HTTP/1.1"), Some(status), Some(reason)) => {
            (status.parse().expect("a status"), reason.to_owned())
        }
        _ => (
            status,
            case["reason"].as_str().unwrap_or_default().to_owned(),
        ),
    }
}

/// Whether a header means the same.
fn is_header_equal(name: &str, ours: &str, theirs: &str) -> bool {
    let set = |text: &str| -> BTreeSet<String> {
        let items = text.split(',').map(|item| item.trim().to_owned());
        items.filter(|item| !item.is_empty()).collect()
    };
    match name {
        "Vary" => set(ours) == set(theirs),
        // The sizes of pages depend on the address of the index, and the serial on what happened before.
        "Content-Range" => ours.split('/').next() == theirs.split('/').next(),
        "X-PyPI-Last-Serial" => ours.parse::<u64>().is_ok(),
        // Each client of the tests uses a connection for a single request.
        "Connection" => true,
        _ => ours == theirs,
    }
}

/// The bodies, if they differ.
fn body_difference(
    index: &LocalIndex,
    case: &Value,
    response: &Response,
) -> Option<(String, String)> {
    let recorded = case["body"]
        .as_str()
        .or_else(|| case["content_type"].as_str().map(|_| ""));
    let Some(recorded) = recorded else {
        let length = case["body_length"].as_u64();
        let is_compressed = response.header("content-encoding").is_some();
        let ours = response.body.len() as u64;
        return length
            .filter(|length| !is_compressed && *length != ours)
            .map(|length| (ours.to_string(), length.to_string()));
    };
    let theirs = of_pypi(index, recorded);
    // Pages of Warehouse's web site are not meant for tools.
    let is_page = theirs.starts_with('(') || theirs.contains("http-equiv");
    let is_empty = theirs.is_empty() || case["status"] == 100;
    if is_page || (is_empty && response.status >= 500) || case["status"] == 100 {
        return None;
    }
    let content_type = response.header("content-type").unwrap_or_default();
    if let Some(recorded) = case["content_type"].as_str()
        && recorded != content_type
    {
        return Some((content_type.to_owned(), recorded.to_owned()));
    }
    let is_json = content_type.ends_with("json") && case["code"].is_null() && !theirs.is_empty();
    let ours = response.text();
    let is_exception = theirs.starts_with("{\"message\": \"");
    let (ours, theirs) = match content_type {
        _ if is_json && !is_exception => (json(&ours), json(&theirs)),
        "text/html; charset=UTF-8" | "application/vnd.pypi.simple.v1+html" => {
            common_lines(&page(&ours), &page(&theirs))
        }
        _ => (sorted(&ours), sorted(&theirs)),
    };
    (ours != theirs).then_some((ours, theirs))
}

/// A recorded text with PyPI's host and the addresses of the index.
fn of_pypi(index: &LocalIndex, recorded: &str) -> String {
    let root = index.url();
    let root = root.as_str().trim_end_matches('/');
    let authority = root.trim_start_matches("http://");
    recorded
        .replace("http://HOST/help/", "https://pypi.org/help/")
        .replace("{pypi}", "pypi.org")
        .replace("http://FILES/packages", &format!("{root}/files"))
        .replace("http://HOST", root)
        .replace("https://HOST", &format!("https://{authority}"))
}

/// A page without its serial.
fn page(text: &str) -> String {
    let text = text.split("<!--SERIAL").next().unwrap_or_default();
    text.to_owned()
}

/// The lines of two pages, of their links only those that both have: the recorded server had more projects.
fn common_lines(ours: &str, theirs: &str) -> (String, String) {
    let is_project = |line: &&str| line.starts_with("<a href=\"/simple/");
    let both: BTreeSet<&str> = ours
        .lines()
        .filter(|line| theirs.lines().any(|other| other == *line))
        .collect();
    let kept = |text: &str| -> String {
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !is_project(line) || both.contains(line))
            .collect();
        lines.join("\n")
    };
    (kept(ours), kept(theirs))
}

/// A reason phrase on one line, without non-ASCII characters, which the recording has decoded differently.
fn plain(reason: &str) -> String {
    let one_line = reason.replace(['\n', '\r'], " ");
    sorted(&one_line).chars().filter(char::is_ascii).collect()
}

/// A text with the items of each list sorted, because some of Warehouse's lists are sets.
fn sorted(text: &str) -> String {
    let mut parts = text.split('[');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (list, rest) = part.split_once(']').unwrap_or((part, ""));
        let mut items: Vec<&str> = list.split(", ").collect();
        items.sort_unstable();
        result.push_str(&format!("[{}]{rest}", items.join(", ")));
    }
    result
}

/// A JSON text in a canonical form, without what differs in every response.
fn json(text: &str) -> String {
    let text = text.replace("NOW+900", &(initial_state::NOW + 900).to_string());
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    neutralize(&mut value);
    value.to_string()
}

/// Replaces tokens, times and serials.
fn neutralize(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match key.as_str() {
                    "token" => *value = "pypi-TOKEN".into(),
                    "_last-serial" | "last_serial" => *value = 0.into(),
                    "upload-time" | "upload_time" | "upload_time_iso_8601" => {
                        *value = "TIME".into();
                    }
                    _ => neutralize(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(neutralize),
        _ => {}
    }
}
