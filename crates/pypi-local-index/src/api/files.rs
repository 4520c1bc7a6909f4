//! The files, what is beside them, and their provenance.

use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_RANGE, ETAG,
};
use serde_json::json;

use crate::api::accept;
use crate::api::response::Answer;
use crate::api::simple::Asked;
use crate::api::upload::core_metadata;
use crate::config::settings::AdminFlag;
use crate::warehouse::{File, State, Status};

const INTEGRITY_V1: &str = "application/vnd.pypi.integrity.v1+json";
const FOR_EVER: &str = "max-age=365000000, immutable, public";

/// Answers `GET /files/{path}`.
pub(crate) fn file(state: &State, path: &str, range: Option<&str>) -> Answer {
    let Some(file) = find(state, path) else {
        return Answer::not_found();
    };
    let Ok(bytes) = file.blob.read() else {
        return Answer::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
    };
    let size = bytes.len();
    let of_type = |status, bytes| {
        Answer::bytes(status, "application/octet-stream", bytes)
            .with(CACHE_CONTROL, FOR_EVER)
            .with(ACCEPT_RANGES, "bytes")
            .with(ETAG, format!("\"{}\"", file.sha256))
    };
    match range.and_then(|range| byte_range(range, size)) {
        None => of_type(StatusCode::OK, bytes),
        Some(None) => of_type(StatusCode::RANGE_NOT_SATISFIABLE, bytes::Bytes::new())
            .with(CONTENT_RANGE, format!("bytes */{size}")),
        Some(Some((first, last))) => {
            let part = bytes.slice(first..=last);
            of_type(StatusCode::PARTIAL_CONTENT, part)
                .with(CONTENT_RANGE, format!("bytes {first}-{last}/{size}"))
        }
    }
}

/// Answers `GET /files/{path}.metadata` (PEP 658).
pub(crate) fn metadata(state: &State, path: &str) -> Answer {
    let file = path
        .strip_suffix(".metadata")
        .and_then(|path| find(state, path));
    let bytes = file.and_then(|file| Some((file, file.blob.read().ok()?)));
    match bytes.and_then(|(file, bytes)| core_metadata(&file.filename, &bytes)) {
        Some(text) => Answer::bytes(StatusCode::OK, "application/octet-stream", text)
            .with(CACHE_CONTROL, FOR_EVER),
        None => Answer::not_found(),
    }
}

/// Answers `GET /integrity/{project}/{version}/{filename}/provenance` (PEP 740).
pub(crate) fn provenance(state: &State, path: &str, asked: &Asked<'_>) -> Answer {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", "integrity", project, version, filename, "provenance"] = parts.as_slice() else {
        return Answer::not_found();
    };
    if state.settings.has(AdminFlag::DisablePep740) {
        let message = json!({"message": "Attestations temporarily disabled"});
        return Answer::json(StatusCode::FORBIDDEN, &message).rule("switched-off");
    }
    let offers = [INTEGRITY_V1, "application/json"];
    let content_type = match asked.accept {
        None => Some(INTEGRITY_V1),
        Some(header) => accept::best(header, &offers),
    };
    let is_asked =
        |(of, release, _): &(
            &crate::warehouse::Project,
            &crate::warehouse::Release,
            &File,
        )| { of.name.normalized() == *project && release.version.to_string() == *version };
    let answer = match (content_type, state.file(filename).filter(is_asked)) {
        (_, None) => return Answer::not_found(),
        (None, _) => {
            let message = json!({"message": "Request not acceptable"});
            Answer::json(StatusCode::NOT_ACCEPTABLE, &message)
        }
        (Some(content_type), Some((_, _, file))) => match &file.provenance {
            Some(provenance) => Answer::bytes(StatusCode::OK, content_type, provenance.to_string()),
            None => {
                let message = format!("No provenance available for {filename}");
                Answer::json(StatusCode::NOT_FOUND, &json!({"message": message}))
            }
        },
    };
    answer.with(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}

/// The file at a path below `/files/`; the files of a quarantined project are hidden.
fn find<'s>(state: &'s State, path: &str) -> Option<&'s File> {
    // A client may escape more characters of the name than the link does.
    let plus_is_plus = format!("path={}", path.replace('+', "%2B").replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(plus_is_plus.as_bytes()).next();
    let path = decoded.map(|(_, path)| path).unwrap_or_default();
    let (_, filename) = path.rsplit_once('/')?;
    let (project, _, file) = state.file(filename)?;
    (file.path() == *path && project.status != Status::Quarantined).then_some(file)
}

/// The first and the last byte of a range (RFC 9110, section 14.1.2). `Some(None)` when the file has none of them,
/// `None` for what is no single range of bytes and is ignored.
fn byte_range(header: &str, size: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    let end = size.saturating_sub(1);
    if first.is_empty() {
        let count: usize = last.parse().ok()?;
        return Some((count > 0 && size > 0).then(|| (size.saturating_sub(count), end)));
    }
    let first: usize = first.parse().ok()?;
    let last = if last.is_empty() {
        end
    } else {
        last.parse::<usize>().ok()?.min(end)
    };
    Some((first < size && first <= last).then_some((first, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_file_or_refused() {
        assert_eq!(byte_range("bytes=0-4", 10), Some(Some((0, 4))));
        assert_eq!(byte_range("bytes=8-", 10), Some(Some((8, 9))));
        assert_eq!(byte_range("bytes=-3", 10), Some(Some((7, 9))));
        assert_eq!(byte_range("bytes=-30", 10), Some(Some((0, 9))));
        assert_eq!(byte_range("bytes=5-99", 10), Some(Some((5, 9))));
        for none in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=4-3"] {
            assert_eq!(byte_range(none, 10), Some(None), "{none}");
        }
        assert_eq!(byte_range("bytes=-1", 0), Some(None));
        for ignored in [
            "bytes=1-2,4-5",
            "items=1-2",
            "bytes=",
            "bytes=-",
            "bytes=x-2",
        ] {
            assert_eq!(byte_range(ignored, 10), None, "{ignored}");
        }
    }
}
