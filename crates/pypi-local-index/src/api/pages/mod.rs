//! The web UI: what the index contains, and what it responded.
//!
//! The pages are made on the server and work without scripts. The one script is ours: it copies commands and updates the
//! live log. Nothing in a README can run, and no page loads anything from another host.

mod assets;
mod format;
mod layout;
mod log;
mod parts;
mod project;
mod projects;
mod readme;
mod request;
mod tokens;

use url::Url;

use super::record::RecordedRequest;
use super::response::Response;
use crate::warehouse::State;

/// What the pages show.
pub(crate) struct View<'v> {
    pub(crate) state: &'v State,
    /// The URL of the index, as the client sees it.
    pub(crate) root: &'v Url,
    /// The oldest first.
    pub(crate) requests: &'v [&'v RecordedRequest],
    /// The query of the URL.
    pub(crate) query: &'v str,
    /// In seconds since 1970.
    pub(crate) now: u64,
}

/// 404 for a page that does not exist.
pub(crate) fn page_not_found() -> Response {
    layout::not_found().cors()
}

/// Handles `GET /`, `/project/…` and `/log…`.
pub(crate) fn page(view: &View<'_>, path: &str) -> Response {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", ""] => projects::page(view),
        ["", "log"] => log::page(view),
        ["", "log", "requests", number] => request::page(view, number),
        ["", "log", "tokens"] => tokens::page(view),
        ["", "log", name] => assets::asset(name),
        ["", "project", name] => Response::moved(&format!("/project/{name}/")),
        ["", "project", name, ""] => project::newest(view, name),
        ["", "project", name, "history", ""] => project::history(view, name),
        ["", "project", name, version, ""] => project::release(view, name, version),
        _ => layout::not_found(),
    }
}
