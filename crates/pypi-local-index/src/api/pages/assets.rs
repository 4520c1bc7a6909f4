//! The files that the pages load.

use http::StatusCode;
use http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};

use super::layout;
use crate::api::response::Response;

/// Handles `GET /log/{name}`.
pub(super) fn asset(name: &str) -> Response {
    let (content_type, text) = match name {
        "icon.svg" => ("image/svg+xml", ICON),
        "script.js" => ("text/javascript; charset=UTF-8", SCRIPT),
        "style.css" => ("text/css", STYLE),
        _ => return layout::not_found(),
    };
    Response::bytes(StatusCode::OK, content_type, text)
        .header(CACHE_CONTROL, "no-cache")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
}

const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" \
    rx=\"8\" fill=\"#1f5f8b\"/><path d=\"M8 12.5 16 8l8 4.5v9L16 26l-8-4.5zM8 12.5l8 4.5 8-4.5M16 17v9\" fill=\"none\" \
    stroke=\"#fff\" stroke-width=\"2\" stroke-linejoin=\"round\"/></svg>";

const SCRIPT: &str = include_str!("script.js");

const STYLE: &str = include_str!("style.css");
