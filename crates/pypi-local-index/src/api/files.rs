//! The files, the metadata of wheels, and provenance.

use std::io;

use bytes::Bytes;
use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_RANGE, ETAG,
};
use pypi_metadata::rules;
use serde_json::json;

use super::accept;
use super::response::Response;
use crate::config::{AdminFlag, Status};
use crate::warehouse::{File, State, core_metadata};

const INTEGRITY_V1: &str = "application/vnd.pypi.integrity.v1+json";
const FOREVER: &str = "max-age=365000000, immutable, public";

/// Handles `GET /files/{path}`.
pub(crate) fn file(state: &State, path: &str, range: Option<&str>) -> Response {
    let Some(file) = find(state, path) else {
        return Response::not_found();
    };
    let bytes = match file.read() {
        Ok(bytes) => bytes,
        Err(error) => return damaged(file, &error),
    };
    let size = bytes.len();
    let response = |status, bytes| {
        Response::bytes(status, "application/octet-stream", bytes)
            .header(CACHE_CONTROL, FOREVER)
            .header(ACCEPT_RANGES, "bytes")
            .header(ETAG, format!("\"{}\"", file.digests.sha256))
    };
    match range.and_then(|range| ByteRange::parse(range, size)) {
        None => response(StatusCode::OK, bytes),
        Some(ByteRange::Unsatisfiable) => response(StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new())
            .header(CONTENT_RANGE, format!("bytes */{size}")),
        Some(ByteRange::Part { first, last }) => {
            response(StatusCode::PARTIAL_CONTENT, bytes.slice(first..=last))
                .header(CONTENT_RANGE, format!("bytes {first}-{last}/{size}"))
        }
    }
}

/// Handles `GET /files/{path}.metadata` (PEP 658).
pub(crate) fn metadata(state: &State, path: &str) -> Response {
    let file = path
        .strip_suffix(".metadata")
        .and_then(|path| find(state, path));
    let Some(file) = file else {
        return Response::not_found();
    };
    let bytes = match file.read() {
        Ok(bytes) => bytes,
        Err(error) => return damaged(file, &error),
    };
    match core_metadata(&file.filename, &bytes) {
        Some(text) => Response::bytes(StatusCode::OK, "application/octet-stream", text)
            .header(CACHE_CONTROL, FOREVER),
        None => Response::not_found(),
    }
}

/// Handles `GET /integrity/{project}/{version}/{filename}/provenance` (PEP 740).
pub(crate) fn provenance(state: &State, path: &str, accept: Option<&str>) -> Response {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", "integrity", project, version, filename, "provenance"] = parts.as_slice() else {
        return Response::not_found();
    };
    let json = |status, message: &str| Response::json(status, &json!({"message": message}));
    if state.settings.has(AdminFlag::DisablePep740) {
        return json(StatusCode::FORBIDDEN, "Attestations temporarily disabled")
            .rule(&rules::SWITCHED_OFF);
    }
    let stored = state.file(filename).filter(|stored| {
        stored.project.name.normalized() == *project
            && stored.release.version.to_string() == *version
    });
    let Some(stored) = stored else {
        return Response::not_found();
    };
    let content_type = match accept {
        None => Some(INTEGRITY_V1),
        Some(header) => accept::best(header, &[INTEGRITY_V1, "application/json"]),
    };
    let response = match (content_type, &stored.file.provenance) {
        (None, _) => json(StatusCode::NOT_ACCEPTABLE, "Request not acceptable"),
        (Some(content_type), Some(provenance)) => {
            Response::bytes(StatusCode::OK, content_type, provenance.to_string())
        }
        (Some(_), None) => {
            let message = format!("No provenance available for {filename}");
            json(StatusCode::NOT_FOUND, &message)
        }
    };
    response.header(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
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

/// A range of the bytes of a file (RFC 9110, section 14.1.2).
#[derive(Debug, Eq, PartialEq)]
enum ByteRange {
    /// The positions of the first and the last byte.
    Part { first: usize, last: usize },
    /// The file has no byte in the range.
    Unsatisfiable,
}

impl ByteRange {
    /// The range in a `Range` header. `None` for anything but a single range of bytes, which is ignored.
    fn parse(header: &str, size: usize) -> Option<Self> {
        let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
        let (first, last) = (first.trim(), last.trim());
        let end = size.saturating_sub(1);
        let (first, last) = if first.is_empty() {
            let count: usize = last.parse().ok()?;
            (size.saturating_sub(count), end)
        } else if last.is_empty() {
            (first.parse().ok()?, end)
        } else {
            (first.parse().ok()?, last.parse::<usize>().ok()?.min(end))
        };
        Some(if first < size && first <= last {
            Self::Part { first, last }
        } else {
            Self::Unsatisfiable
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_file_or_rejected() {
        for (header, first, last) in [
            ("bytes=0-4", 0, 4),
            ("bytes=8-", 8, 9),
            ("bytes=-3", 7, 9),
            ("bytes=-30", 0, 9),
            ("bytes=5-99", 5, 9),
        ] {
            let range = Some(ByteRange::Part { first, last });
            assert_eq!(ByteRange::parse(header, 10), range, "{header}");
        }
        let unsatisfiable = Some(ByteRange::Unsatisfiable);
        for header in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=4-3"] {
            assert_eq!(ByteRange::parse(header, 10), unsatisfiable, "{header}");
        }
        assert_eq!(ByteRange::parse("bytes=-1", 0), unsatisfiable);
        for ignored in [
            "bytes=1-2,4-5",
            "items=1-2",
            "bytes=",
            "bytes=-",
            "bytes=x-2",
        ] {
            assert_eq!(ByteRange::parse(ignored, 10), None, "{ignored}");
        }
    }
}
