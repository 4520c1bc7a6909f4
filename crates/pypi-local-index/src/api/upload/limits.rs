//! Rules about the request, the limits and the files that are stored already.

use http::StatusCode;
use pypi_metadata::{python_repr, rules};

use super::Outcome;
use crate::api::form::FilePart;
use crate::api::response::Response;
use crate::config::{AdminFlag, MIB};
use crate::warehouse::{HELP, Project, Release, State};

pub(super) fn check_flags(state: &State) -> Outcome<()> {
    let refuse = |message: &str| {
        Err(Response::refused(StatusCode::FORBIDDEN, message).rule(&rules::SWITCHED_OFF))
    };
    if state.settings.has(AdminFlag::ReadOnly) {
        return refuse("Read-only mode: Uploads are temporarily disabled.");
    }
    if state.settings.has(AdminFlag::DisallowNewUpload) {
        return refuse(&format!(
            "New uploads are temporarily disabled. See {HELP}#admin-intervention for more information."
        ));
    }
    Ok(())
}

pub(super) fn check_size(
    state: &State,
    project: Option<&Project>,
    part: &FilePart,
    name: &str,
) -> Outcome<()> {
    let more = "https://docs.pypi.org/project-management/storage-limits";
    let name = python_repr(name);
    let raised = project.and_then(|project| project.file_limit);
    let limit = state.settings.file_limit.max(raised.unwrap_or(0));
    if part.size > limit {
        return Err(Response::bad_request(&format!(
            "File too large. Limit for project {name} is {} MB. \
             See {more}#requesting-a-file-size-limit-increase for more information.",
            limit / MIB
        ))
        .rule(&rules::FILE_SIZE));
    }
    let raised = project.and_then(|project| project.total_limit);
    let limit = state.settings.total_limit.max(raised.unwrap_or(0));
    let stored = project.map_or(0, Project::total_size);
    if stored.saturating_add(part.size) > limit {
        return Err(Response::bad_request(&format!(
            "Project size too large. Limit for project {name} total size is {} GB. \
             See {more}#requesting-a-project-size-limit-increase",
            limit / (1024 * MIB)
        ))
        .rule(&rules::PROJECT_SIZE));
    }
    Ok(())
}

/// The same file again is a success that changes nothing. Only its name, or only its bytes, is a conflict.
pub(super) fn check_conflict(state: &State, part: &FilePart) -> Outcome<()> {
    let stored = state.file(&part.filename);
    if stored.is_some_and(|stored| stored.file.digests.sha256 == part.digests.sha256) {
        return Err(Response::ok());
    }
    if stored.is_some() || state.has_bytes(&part.digests) {
        return Err(Response::bad_request(&format!(
            "File already exists ({}, with blake2_256 hash {}). See {HELP}#file-name-reuse for more information.",
            python_repr(&part.filename),
            python_repr(&part.digests.blake2b_256)
        ))
        .rule(&rules::FILE_EXISTS));
    }
    if state.is_deleted(&part.filename) {
        return Err(Response::bad_request(&format!(
            "This filename was previously used by a file that has since been deleted. Use a different version. \
             See {HELP}#file-name-reuse for more information."
        ))
        .rule(&rules::FILENAME_DELETED));
    }
    Ok(())
}

pub(super) fn check_release(
    state: &State,
    release: &Release,
    is_sdist: bool,
    now: u64,
) -> Outcome<()> {
    if release.is_closed(&state.settings, now) {
        let days = state.settings.release_days;
        let text =
            format!("Uploading new files to releases older than {days} days is not allowed.");
        return Err(Response::bad_request(&text).rule(&rules::RELEASE_AGE));
    }
    if is_sdist && release.files.iter().any(|file| file.is_sdist) {
        let text = "Only one sdist may be uploaded per release.";
        return Err(Response::bad_request(text).rule(&rules::RELEASE_TWO_SDISTS));
    }
    Ok(())
}

/// The longest file name that Warehouse's file system accepts, in bytes.
const MAX_FILENAME: usize = 255;

pub(super) fn check_filename_length(part: &FilePart) -> Outcome<()> {
    if part.filename.len() > MAX_FILENAME {
        // The recorded server closed the connection without a response.
        return Err(Response::cut().rule(&rules::FILENAME_LONG));
    }
    Ok(())
}
