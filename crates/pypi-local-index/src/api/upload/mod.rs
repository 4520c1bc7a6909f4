//! The legacy upload API: Warehouse's checks, in Warehouse's order.

mod attestations;
mod authentication;
mod content;
mod file;
mod metadata;
mod other_index;
mod rules;
mod storage;

use http::StatusCode;

use self::metadata::Meta;
use super::form::{FilePart, Form};
use super::response::Response;
use crate::config::Verification;
use crate::warehouse::{File, Principal, State};

pub(crate) use self::storage::rival;

/// The request of an upload.
pub(crate) struct Upload<'r> {
    pub(crate) form: &'r Form,
    pub(crate) authorization: Option<&'r str>,
    pub(crate) user_agent: Option<&'r str>,
    pub(crate) verification: &'r Verification,
    /// In seconds since 1970.
    pub(crate) now: u64,
}

/// A response ends the upload: a refusal, or a success that changes nothing.
type Outcome<T> = Result<T, Response>;

/// Handles `POST /legacy/`. A refusal changes nothing.
pub(crate) fn upload(state: &mut State, upload: &Upload<'_>) -> Response {
    if !state.settings.profile.is_warehouse() {
        return other_index::upload(state, upload);
    }
    let accepted = match check(state, upload) {
        Ok(accepted) => accepted,
        Err(response) => return response,
    };
    match state.save(&accepted.part.digests, &accepted.part.bytes) {
        Ok(blob) => {
            storage::store(state, accepted, blob);
            Response::ok()
        }
        Err(_) => {
            Response::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
                .rule("storage")
        }
    }
}

/// An upload that passed every check.
struct Accepted<'f> {
    meta: Meta,
    part: &'f FilePart,
    file: File,
    /// The account that owns the project if it is new.
    owner: Option<String>,
    /// The subjects of the emails to the project's members.
    emails: Vec<String>,
}

fn check<'f>(state: &State, upload: &Upload<'f>) -> Outcome<Accepted<'f>> {
    let form = upload.form;
    rules::check_parts(form)?;
    rules::check_flags(state)?;
    let caller = authentication::caller(state, upload.authorization)?;
    let meta = metadata::check(form)?;
    let part = form.content().ok_or_else(no_file)?;
    state.check_upload(caller.principal, &meta.name, upload.now)?;
    metadata::check_description(form)?;
    let is_sdist = form.text("filetype") == Some("sdist");
    file::check(&part.filename, is_sdist)?;
    rules::check_content_type(part)?;
    let project = state.project(meta.name.normalized());
    // Messages spell the project as the form does.
    rules::check_size(state, project, part, meta.name.as_str())?;
    rules::check_digests(form, part)?;
    rules::check_conflict(state, part)?;
    if let Some(release) = project.and_then(|project| project.release(&meta.version)) {
        rules::check_release(state, release, is_sdist, upload.now)?;
    }
    let mut emails = content::check(form, part)?;
    rules::check_filename_length(part)?;
    let provenance = attestations::check(state, upload, caller.principal, part)?;
    emails.extend(project.and_then(|project| caller.email(state, project)));
    let pyversion = form.text("pyversion").unwrap_or_default();
    Ok(Accepted {
        meta,
        part,
        file: File {
            provenance,
            ..storage::file(part, is_sdist, pyversion, upload.now)
        },
        owner: match caller.principal {
            Principal::User { name, .. } => name.clone(),
            Principal::Publisher { .. } => None,
        },
        emails,
    })
}

fn no_file() -> Response {
    Response::bad_request("Upload payload does not have a file.").rule("no-file")
}
