//! The legacy upload API: Warehouse's checks, in Warehouse's order.

mod attestations;
mod authentication;
mod judge;
mod limits;
mod other_index;
mod storage;

use pypi_metadata::{UploadForm, rules};

use self::judge::Meta;
use super::form::{FilePart, Form};
use super::response::Response;
use crate::config::Verification;
use crate::warehouse::{File, Principal, State};

pub(crate) use self::authentication::unauthorized;
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

/// Whether an upload with this header may succeed: whether its body is worth keeping.
pub(crate) fn is_authenticated(state: &State, authorization: Option<&str>) -> bool {
    match state.settings.profile.is_warehouse() {
        true => authentication::caller(state, authorization).is_ok(),
        false => authorization.is_some(),
    }
}

/// Handles `POST /legacy/`. A refusal changes nothing.
pub(crate) fn upload(state: &mut State, upload: &Upload<'_>) -> Response {
    if !state.settings.profile.is_warehouse() {
        return other_index::upload(state, upload);
    }
    let form = judge::form(upload.form);
    if let Err(response) = judge::refuse(form.check_parts()) {
        return response;
    }
    // Only from here on does the response depend on who asks.
    respond(state, upload, &form).vary("Authorization")
}

fn respond(state: &mut State, upload: &Upload<'_>, form: &UploadForm) -> Response {
    let accepted = match check(state, upload, form) {
        Ok(accepted) => accepted,
        Err(response) => return response,
    };
    match state.save(&accepted.part.digests, &accepted.part.blob) {
        Ok(blob) => {
            storage::store(state, accepted, blob);
            Response::ok()
        }
        Err(_) => judge::unavailable(),
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

fn check<'f>(state: &State, upload: &Upload<'f>, form: &UploadForm) -> Outcome<Accepted<'f>> {
    limits::check_flags(state)?;
    let caller = authentication::caller(state, upload.authorization)?;
    let meta = judge::meta(form)?;
    state.check_upload(&caller.bearer, &meta.name, upload.now)?;
    judge::refuse(form.check_description())?;
    let part = upload.form.content().ok_or_else(no_file)?;
    judge::refuse(form.check_filename())?;
    let project = state.project(meta.name.normalized());
    // Messages spell the project as the form does.
    limits::check_size(state, project, part, meta.name.as_str())?;
    judge::refuse(form.check_digests())?;
    limits::check_conflict(state, part)?;
    if let Some(release) = project.and_then(|project| project.release(&meta.version)) {
        limits::check_release(state, release, meta.is_sdist, upload.now)?;
    }
    let mut emails = judge::content(form, part)?;
    limits::check_filename_length(part)?;
    let provenance = attestations::check(state, upload, caller.principal, part)?;
    emails.extend(project.and_then(|project| caller.email(state, project)));
    let file = storage::file(part, meta.is_sdist, &meta.python_version, upload.now);
    let comment = upload.form.first_text("comment").map(str::to_owned);
    Ok(Accepted {
        meta,
        part,
        file: File {
            comment,
            provenance,
            publisher: match caller.principal {
                Principal::User { .. } => None,
                Principal::Publisher { publisher, .. } => Some(publisher.clone()),
            },
            uploaded_with: upload.user_agent.map(str::to_owned),
            ..file
        },
        owner: match caller.principal {
            Principal::User { name, .. } => name.clone(),
            Principal::Publisher { .. } => None,
        },
        emails,
    })
}

/// Warehouse fails at a text in the place of the file. `pypi-metadata` has rejected a form without either before.
fn no_file() -> Response {
    Response::crashed().rule(&rules::FORM_FILE)
}
