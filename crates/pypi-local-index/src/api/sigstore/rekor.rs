//! The transparency log's API.

use http::StatusCode;
use http::header::{ETAG, LOCATION};
use serde_json::{Value, json};

use super::log::{entry_id, position, position_of_index};
use super::merkle::leaf_hash;
use super::{Sigstore, entry};
use crate::api::response::Response;
use crate::warehouse::{LoggedEntry, State};

/// The request for a new entry.
pub(crate) struct ProposedEntry<'r> {
    pub(crate) path: &'r str,
    pub(crate) content_type: Option<&'r str>,
    pub(crate) body: &'r [u8],
    /// In seconds since 1970.
    pub(crate) now: u64,
}

/// Handles `POST /api/v1/log/entries`.
pub(crate) fn add_entry(
    state: &mut State,
    sigstore: &Sigstore,
    request: &ProposedEntry<'_>,
) -> Response {
    let content_type = request.content_type.unwrap_or("application/octet-stream");
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = format!(
            "unsupported media type {media_type:?}, only [application/json application/yaml] are allowed"
        );
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message);
    }
    let unreadable = |why: &str| {
        let message = format!("parsing proposedEntry body from \"\" failed, because {why}");
        error(StatusCode::BAD_REQUEST, &message)
    };
    let proposed: Value = match serde_json::from_slice(request.body) {
        Ok(proposed) => proposed,
        Err(error) => return unreadable(&error.to_string()),
    };
    let kind = proposed.get("kind").and_then(Value::as_str);
    let kind = kind.unwrap_or_default();
    // Rekor has other kinds, none of which PyPI reads.
    if kind != "dsse" {
        return unreadable(&format!("invalid kind value: {kind:?}"));
    }
    let body = match entry::body(&proposed) {
        Ok(body) => body,
        Err(why) => {
            let message = format!("error processing entry: {why}");
            return error(StatusCode::BAD_REQUEST, &message);
        }
    };
    let leaf = leaf_hash(body.as_bytes());
    let id = entry_id(&leaf);
    let location = format!("{}/{id}", request.path);
    if position(state.log_entries(), &id).is_some() {
        let message =
            format!("an equivalent entry already exists in the transparency log with UUID {id}");
        return error(StatusCode::CONFLICT, &message).header(LOCATION, location);
    }
    let time = request.now;
    let position = state.add_log_entry(LoggedEntry { body, leaf, time });
    match sigstore.entry(state.log_entries(), position) {
        Some(entry) => Response::json(StatusCode::CREATED, &entry)
            .header(LOCATION, location)
            .header(ETAG, id),
        None => error(StatusCode::INTERNAL_SERVER_ERROR, "error signing"),
    }
}

/// Handles `GET /api/v1/log/entries/{id}`.
pub(crate) fn log_entry(state: &State, sigstore: &Sigstore, id: &str) -> Response {
    let is_hex = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || !matches!(id.len(), 64 | 80) {
        let message = "entryUUID in path should match '^([0-9a-fA-F]{64}|[0-9a-fA-F]{80})$'";
        let body = json!({"code": 605, "message": message});
        return Response::json(StatusCode::UNPROCESSABLE_ENTITY, &body).reason(message);
    }
    found(state, sigstore, position(state.log_entries(), id))
}

/// Handles `GET /api/v1/log/entries?logIndex={index}`.
pub(crate) fn find_entry(state: &State, sigstore: &Sigstore, query: &str) -> Response {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let index = pairs.find(|(name, _)| name == "logIndex");
    let Some(index) = index.and_then(|(_, index)| index.parse().ok()) else {
        let message = "logIndex in query is required";
        let body = json!({"code": 602, "message": message});
        return Response::json(StatusCode::UNPROCESSABLE_ENTITY, &body).reason(message);
    };
    found(state, sigstore, position_of_index(index))
}

fn found(state: &State, sigstore: &Sigstore, position: Option<usize>) -> Response {
    let entry = position.and_then(|position| sigstore.entry(state.log_entries(), position));
    match entry {
        Some(entry) => Response::json(StatusCode::OK, &entry),
        // Rekor sends no body.
        None => Response::bytes(StatusCode::NOT_FOUND, "", ""),
    }
}

fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({"code": status.as_u16(), "message": message});
    Response::json(status, &body).reason(message)
}
