//! The newest exchanges of ID tokens.

use super::Page;
use crate::api::response::{Response, escape_html};
use crate::api::time::iso_8601_seconds;
use crate::warehouse::{Exchange, State};

/// Handles `GET /log/tokens`. The tokens themselves are not shown.
pub(super) fn page(state: &State) -> Response {
    let sections: String = state.exchanges.iter().rev().map(section).collect();
    let body = if sections.is_empty() {
        "<p>No ID token has been exchanged yet.</p>\n".to_owned()
    } else {
        sections
    };
    Page {
        title: "Recent tokens",
        body,
        ..Page::default()
    }
    .into_response()
}

fn section(exchange: &Exchange) -> String {
    let claims: String = exchange
        .claims
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    format!(
        "<h2>{} for {}</h2>\n<pre>{}</pre>\n",
        iso_8601_seconds(exchange.time),
        escape_html(&exchange.publisher),
        escape_html(&claims)
    )
}
