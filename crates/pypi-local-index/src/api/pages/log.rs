//! What the index answered, the newest first.

use crate::api::pages::page as whole_page;
use crate::api::record::RecordedRequest;
use crate::api::response::{Answer, escape_html};
use crate::config::clock::iso_8601_seconds;
use crate::server::Shared;
use crate::server::dispatch::Route;
use crate::warehouse::journal::Minted;

/// The most requests that are shown.
const SHOWN: usize = 200;

/// Answers `GET /log`, which loads itself again, and `GET /log?paused`, which does not.
pub(crate) fn page(shared: &Shared, query: &str) -> Answer {
    let is_paused = query == "paused";
    let rows: String = shared
        .requests()
        .iter()
        .rev()
        .filter(|request| request.route != Route::Page)
        .take(SHOWN)
        .map(row)
        .collect();
    let (head, control) = if is_paused {
        (
            "",
            "<p>The log stands still. <a href=\"/log\">Go on</a></p>\n",
        )
    } else {
        (
            "<meta http-equiv=\"refresh\" content=\"2\">\n",
            "<p>This page loads itself every two seconds. <a href=\"/log?paused\">Pause</a></p>\n",
        )
    };
    let table = if rows.is_empty() {
        "<p>No client has asked for anything yet.</p>\n".to_owned()
    } else {
        format!(
            "<table>\n<thead><tr><th scope=\"col\">Time (UTC)</th><th scope=\"col\">Request</th>\
             <th scope=\"col\">Status</th><th scope=\"col\">Rule</th><th scope=\"col\">Answer</th></tr></thead>\n\
             <tbody>\n{rows}</tbody>\n</table>\n"
        )
    };
    whole_page("Live log", head, &format!("{control}{table}"))
}

/// Answers `GET /log/tokens`: the newest ID tokens that were exchanged. The tokens themselves are not shown.
pub(crate) fn tokens(shared: &Shared) -> Answer {
    let state = shared.state();
    let minted: String = state.minted.iter().rev().map(exchange).collect();
    let body = if minted.is_empty() {
        "<p>No ID token was exchanged yet.</p>\n".to_owned()
    } else {
        minted
    };
    whole_page("Recent tokens", "", &body)
}

fn exchange(minted: &Minted) -> String {
    let claims: String = minted
        .claims
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    format!(
        "<h2>{} for {}</h2>\n<pre>{}</pre>\n",
        iso_8601_seconds(minted.time),
        escape_html(&minted.publisher),
        escape_html(&claims)
    )
}

fn row(request: &RecordedRequest) -> String {
    let class = match request.status {
        200..=399 => "good",
        _ => "refused",
    };
    let status = match request.status {
        0 => "no answer".to_owned(),
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
