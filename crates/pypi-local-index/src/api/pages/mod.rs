//! The web UI: what the index contains, and what it responded.
//!
//! The pages are made on the server, work without scripts, and forbid them, so nothing in a README can run.

mod exchanges;
mod log;
mod project;
mod projects;

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName};
use url::Url;

use super::response::{Response, escape_html};
use crate::warehouse::State;

pub(crate) use log::request_log;

const POLICY: HeaderName = HeaderName::from_static("content-security-policy");

/// Handles `GET /`, `/project/{name}/`, `/project/{name}/{version}/` and `/log/tokens`.
pub(crate) fn page(state: &State, root: &Url, path: &str) -> Response {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", ""] => projects::page(state, root),
        ["", "log", "tokens"] => exchanges::page(state),
        ["", "log", "style.css"] => Response::bytes(StatusCode::OK, "text/css", STYLE),
        ["", "project", name] => Response::moved(&format!("/project/{name}/")),
        ["", "project", name, ""] => project::page(state, root, name, None),
        ["", "project", name, version, ""] => project::page(state, root, name, Some(version)),
        _ => Response::not_found(),
    }
}

/// A page of the web UI.
#[derive(Default)]
struct Page<'p> {
    /// Plain text.
    title: &'p str,
    /// HTML for the end of the head.
    head: &'p str,
    /// HTML.
    body: String,
}

impl Page<'_> {
    fn into_response(self) -> Response {
        let Self { title, head, body } = self;
        let title = escape_html(title);
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n{head}<title>{title} - local index</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/log/style.css\">\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">Skip to content</a>\n\
             <header><nav aria-label=\"Main\"><a href=\"/\">Projects</a> <a href=\"/log\">Live log</a> <a href=\"/log/tokens\">Tokens</a> \
             <a href=\"/simple/\">Simple API</a></nav></header>\n\
             <main id=\"main\">\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
        );
        Response::bytes(StatusCode::OK, "text/html; charset=UTF-8", html)
            .header(CACHE_CONTROL, "no-store")
            .header(
                POLICY,
                "default-src 'none'; style-src 'self'; img-src https: http: data:; form-action 'none'; base-uri 'none'",
            )
    }
}

const STYLE: &str = include_str!("style.css");
