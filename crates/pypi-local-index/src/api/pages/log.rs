//! The newest requests and responses.

use super::Page;
use crate::api::record::RecordedRequest;
use crate::api::response::{Response, escape_html};
use crate::api::time::iso_8601_seconds;
use crate::config::Route;

/// How many requests the page shows at most.
const SHOWN: usize = 200;

/// Handles `GET /log`, which reloads itself, and `GET /log?paused`, which does not. `requests` begins with the newest.
pub(crate) fn request_log<'r>(
    requests: impl Iterator<Item = &'r RecordedRequest>,
    query: &str,
) -> Response {
    let rows: String = requests
        .filter(|request| request.route != Route::Page)
        .take(SHOWN)
        .map(row)
        .collect();
    let table = if rows.is_empty() {
        "<p>No requests yet.</p>\n".to_owned()
    } else {
        format!(
            "<table>\n<thead><tr><th scope=\"col\">Time (UTC)</th><th scope=\"col\">Request</th>\
             <th scope=\"col\">Status</th><th scope=\"col\">Rule</th><th scope=\"col\">Response</th></tr></thead>\n\
             <tbody>\n{rows}</tbody>\n</table>\n"
        )
    };
    let is_paused = query == "paused";
    let control = if is_paused {
        "<p>The log is paused. <a href=\"/log\">Resume</a></p>\n"
    } else {
        "<p>This page reloads every two seconds. <a href=\"/log?paused\">Pause</a></p>\n"
    };
    let reload = "<meta http-equiv=\"refresh\" content=\"2\">\n";
    Page {
        title: "Live log",
        head: if is_paused { "" } else { reload },
        body: format!("{control}{table}"),
    }
    .into_response()
}

fn row(request: &RecordedRequest) -> String {
    let class = match request.status {
        200..=399 => "good",
        _ => "refused",
    };
    let status = match request.status {
        0 => "no response".to_owned(),
        status => status.to_string(),
    };
    format!(
        "<tr><td>{}</td><td><code>{} {}</code></td><td class=\"{class}\">{status}</td><td>{}</td><td>{}</td></tr>\n",
        iso_8601_seconds(request.time),
        escape_html(&request.method),
        escape_html(&request.path),
        escape_html(request.rule.unwrap_or_default()),
        escape_html(&request.message),
    )
}
