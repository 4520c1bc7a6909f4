//! The files, the metadata of wheels, and provenance.

use std::io;

use http::StatusCode;
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, ETAG};
use pypi_metadata::rules;
use serde_json::json;

use super::accept;
use super::response::Response;
use crate::config::{AdminFlag, Status};
use crate::warehouse::{File, State, core_metadata};

const INTEGRITY_V1: &str = "application/vnd.pypi.integrity.v1+json";
const FOREVER: &str = "max-age=365000000, immutable, public";

/// Handles `GET /files/{path}`.
pub(crate) fn file(state: &State, path: &str) -> Response {
    let Some(file) = find(state, path) else {
        return Response::not_found();
    };
    if file.is_without_bytes {
        return without_bytes(file);
    }
    let bytes = match file.read() {
        Ok(bytes) => bytes,
        Err(error) => return damaged(file, &error),
    };
    Response::bytes(StatusCode::OK, "application/octet-stream", bytes)
        .header(CACHE_CONTROL, FOREVER)
        .header(ACCEPT_RANGES, "bytes")
        .header(ETAG, format!("\"{}\"", file.digests.sha256))
}

/// Handles `GET /files/{path}.metadata` (PEP 658).
pub(crate) fn metadata(state: &State, path: &str) -> Response {
    let file = path
        .strip_suffix(".metadata")
        .and_then(|path| find(state, path));
    let Some(file) = file else {
        return Response::not_found();
    };
    if file.is_without_bytes {
        return without_bytes(file);
    }
    if let Err(error) = file.read() {
        return damaged(file, &error);
    }
    match core_metadata(&file.filename, &file.blob) {
        Some(text) => Response::bytes(StatusCode::OK, "application/octet-stream", text)
            .header(CACHE_CONTROL, FOREVER),
        None => Response::not_found(),
    }
}

/// Handles `GET /integrity/{project}/{version}/{filename}/provenance` (PEP 740).
pub(crate) fn provenance(state: &State, names: &[&str], accept: Option<&str>) -> Response {
    let Some(stored) = state.file_called(names) else {
        return Response::not_found();
    };
    let json = |status, message: &str| Response::json(status, &json!({"message": message}));
    let content_type = accept::best(accept, &[INTEGRITY_V1, "application/json"]);
    let response = match (content_type, &stored.file.provenance) {
        (None, _) => json(StatusCode::NOT_ACCEPTABLE, "Request not acceptable"),
        _ if state.settings.has(AdminFlag::DisablePep740) => {
            json(StatusCode::FORBIDDEN, "Attestations temporarily disabled")
                .rule(&rules::SWITCHED_OFF)
        }
        (Some(content_type), Some(provenance)) => {
            Response::bytes(StatusCode::OK, content_type, provenance.to_string()).cors()
        }
        (Some(_), None) => {
            let message = format!("No provenance available for {}", stored.file.filename);
            json(StatusCode::NOT_FOUND, &message)
        }
    };
    response
        .vary("Accept")
        .header(CACHE_CONTROL, "max-age=600, public")
}

/// The response for a file of a seed folder that has only its name, size and digests. The request log has the reason.
fn without_bytes(file: &File) -> Response {
    let filename = &file.filename;
    let reason = format!(
        "the seed folder has only the name, the size and the digests of {filename}: save the file there too"
    );
    Response::bytes(
        StatusCode::NOT_FOUND,
        "text/plain; charset=UTF-8",
        format!("404 Not Found: {reason}\n"),
    )
    .cors()
    .rule(&rules::STORAGE)
    .reason(reason)
}

/// The response for a file that is not stored as it was uploaded. The request log has the reason.
fn damaged(file: &File, error: &io::Error) -> Response {
    let File { filename, size, .. } = file;
    let sha256 = &file.digests.sha256;
    Response::refused_in_status(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        .rule(&rules::STORAGE)
        .reason(format!(
            "the stored file {filename} was uploaded with {size} bytes and the SHA-256 {sha256}: {error}"
        ))
}

/// The file at a path below `/files/`. The files of a quarantined project are hidden.
fn find<'s>(state: &'s State, path: &str) -> Option<&'s File> {
    // A client may escape more characters of the name than the link does. A plus is a plus.
    let query = format!("path={}", path.replace('+', "%2B").replace('&', "%26"));
    let (_, path) = url::form_urlencoded::parse(query.as_bytes()).next()?;
    let (_, filename) = path.rsplit_once('/')?;
    let stored = state.file(filename)?;
    let is_shown = stored.project.status != Status::Quarantined;
    (stored.file.path() == *path && is_shown).then_some(stored.file)
}
