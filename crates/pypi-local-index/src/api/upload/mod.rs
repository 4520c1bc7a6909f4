//! The legacy upload API: Warehouse's checks, in Warehouse's order.

mod attestations;
pub(crate) mod authentication;
pub(crate) mod content;
mod file;
mod metadata;

use bytes::Bytes;
use http::StatusCode;
use pypi_metadata::{Field, Filename, python_repr};

use crate::api::form::{FilePart, Form, Value};
use crate::api::response::Answer;
use crate::api::upload::authentication::Caller;
use crate::api::upload::metadata::Meta;
use crate::config::settings::{AdminFlag, MIB};
use crate::warehouse::{Blob, File, Principal, Project, Release, State};

pub(crate) use crate::api::upload::content::core_metadata;

/// Where PyPI explains its refusals.
pub(crate) const HELP: &str = "https://pypi.org/help/";

/// The longest name of a file, in bytes, that Warehouse's file system takes.
const MAX_FILENAME: usize = 255;

/// Why an upload ends early: with a refusal, or because the file is there already.
pub(crate) type Outcome<T> = Result<T, Answer>;

/// Answers an upload at `now` (seconds since 1970). A refusal changes nothing.
pub(crate) fn upload(
    state: &mut State,
    form: &Form,
    authorization: Option<&str>,
    now: u64,
) -> Answer {
    let accepted = match check(state, form, authorization, now) {
        Ok(accepted) => accepted,
        Err(answer) => return answer,
    };
    match state
        .storage
        .keep(&accepted.part.sha256, &accepted.part.bytes)
    {
        Ok(blob) => {
            store(state, accepted, blob, now);
            Answer::ok()
        }
        Err(_) => Answer::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            .rule("storage"),
    }
}

/// An upload that passed every check.
struct Accepted<'f> {
    meta: Meta,
    part: &'f FilePart,
    file: File,
    /// The account that a new project gets.
    owner: Option<String>,
    emails: Vec<String>,
}

fn check<'f>(
    state: &State,
    form: &'f Form,
    authorization: Option<&str>,
    now: u64,
) -> Outcome<Accepted<'f>> {
    check_parts(form)?;
    check_switches(state)?;
    let caller = authentication::of(state, authorization)?;
    let meta = metadata::check(form)?;
    let part = file_part(form)?;
    let project = state.project(meta.name.normalized());
    crate::warehouse::permission::check(state, &caller, project, &meta.name, now)?;
    metadata::check_description(form)?;
    let is_sdist = form.text("filetype") == Some("sdist");
    file::check_characters(&part.filename)?;
    file::check_extension(&part.filename, is_sdist)?;
    if part.content_type.is_empty() || part.content_type.starts_with("image/") {
        return Err(Answer::bad_request("Invalid distribution file.").rule("content-type"));
    }
    // A project is called as the form spells it from here on.
    check_size(state, project, part, meta.name.as_str())?;
    check_digests(form, part)?;
    check_new(state, part)?;
    check_release(state, project, &meta, is_sdist, now)?;
    let emails = content::check(form, part)?;
    if part.filename.len() > MAX_FILENAME {
        // The recorded server answered nothing at all.
        return Err(Answer::cut().rule("filename-too-long"));
    }
    let provenance = attestations::check(state, form, caller.principal, part)?;
    let pyversion = form.text("pyversion").unwrap_or_default();
    let file = File {
        provenance,
        ..file_of(part, is_sdist, pyversion, now)
    };
    let owner = match caller.principal {
        Principal::User { name, .. } => name.clone(),
        Principal::Publisher { .. } => None,
    };
    Ok(Accepted {
        emails: emails
            .into_iter()
            .chain(email_to_members(state, &caller, project))
            .collect(),
        meta,
        part,
        file,
        owner,
    })
}

/// Only the file, and a signature that is ignored, may be file parts.
fn check_parts(form: &Form) -> Outcome<()> {
    let mut names = form.files().map(|(name, _)| name);
    match names.find(|name| !matches!(*name, "content" | "gpg_signature")) {
        Some(name) => {
            Err(Answer::bad_request(&format!("{name}: Should not be a tuple.")).rule("file-part"))
        }
        None => Ok(()),
    }
}

fn check_switches(state: &State) -> Outcome<()> {
    let refuse =
        |text: &str| Err(Answer::refused(StatusCode::FORBIDDEN, text).rule("switched-off"));
    if state.settings.has(AdminFlag::ReadOnly) {
        return refuse("Read-only mode: Uploads are temporarily disabled.");
    }
    if state.settings.has(AdminFlag::DisallowNewUpload) {
        let text = format!(
            "New uploads are temporarily disabled. See {HELP}#admin-intervention for more information."
        );
        return refuse(&text);
    }
    Ok(())
}

fn file_part(form: &Form) -> Outcome<&FilePart> {
    let mut values = form.0.iter().rev();
    match values.find(|(name, _)| name == "content") {
        Some((_, Value::File(file))) => Ok(file),
        _ => Err(Answer::bad_request("Upload payload does not have a file.").rule("no-file")),
    }
}

fn check_size(
    state: &State,
    project: Option<&Project>,
    file: &FilePart,
    name: &str,
) -> Outcome<()> {
    let raised = |own: fn(&Project) -> Option<u64>| project.and_then(own).unwrap_or(0);
    let limit = state
        .settings
        .file_limit
        .max(raised(|project| project.file_limit));
    let more = "https://docs.pypi.org/project-management/storage-limits";
    let name = python_repr(name);
    if file.size > limit {
        return Err(Answer::bad_request(&format!(
            "File too large. Limit for project {name} is {} MB. \
             See {more}#requesting-a-file-size-limit-increase for more information.",
            limit / MIB
        ))
        .rule("file-size"));
    }
    let limit = state
        .settings
        .total_limit
        .max(raised(|project| project.total_limit));
    let stored = project.map_or(0, Project::total_size);
    if stored.saturating_add(file.size) > limit {
        return Err(Answer::bad_request(&format!(
            "Project size too large. Limit for project {name} total size is {} GB. \
             See {more}#requesting-a-project-size-limit-increase",
            limit / (1024 * MIB)
        ))
        .rule("project-size"));
    }
    Ok(())
}

fn check_digests(form: &Form, file: &FilePart) -> Outcome<()> {
    let agrees = |name, own: &str| {
        let sent = form.text(name).filter(|digest| !digest.is_empty());
        sent.is_none_or(|digest| digest.eq_ignore_ascii_case(own))
    };
    if agrees("md5_digest", &file.md5)
        && agrees("sha256_digest", &file.sha256)
        && agrees("blake2_256_digest", &file.blake2b_256)
    {
        return Ok(());
    }
    let text = "The digest supplied does not match a digest calculated from the uploaded file.";
    Err(Answer::bad_request(text).rule("digest"))
}

/// The same file again is a success that changes nothing; its name or its bytes alone are a conflict.
fn check_new(state: &State, file: &FilePart) -> Outcome<()> {
    let of_name = state.file(&file.filename).map(|(_, _, file)| file);
    if of_name.is_some_and(|stored| stored.sha256 == file.sha256) {
        return Err(Answer::ok());
    }
    if of_name.is_some() || state.file_of_digest(&file.blake2b_256).is_some() {
        return Err(Answer::bad_request(&format!(
            "File already exists ({}, with blake2_256 hash {}). See {HELP}#file-name-reuse for more information.",
            python_repr(&file.filename),
            python_repr(&file.blake2b_256)
        ))
        .rule("file-exists"));
    }
    if state.is_deleted(&file.filename) {
        return Err(Answer::bad_request(&format!(
            "This filename was previously used by a file that has since been deleted. Use a different version. \
             See {HELP}#file-name-reuse for more information."
        ))
        .rule("filename-deleted"));
    }
    Ok(())
}

fn check_release(
    state: &State,
    project: Option<&Project>,
    meta: &Meta,
    is_sdist: bool,
    now: u64,
) -> Outcome<()> {
    let Some(release) = project.and_then(|project| project.release(&meta.version)) else {
        return Ok(());
    };
    let days = state.settings.release_days;
    if now.saturating_sub(release.created) > days.saturating_mul(86_400) {
        let text =
            format!("Uploading new files to releases older than {days} days is not allowed.");
        return Err(Answer::bad_request(&text).rule("release-age"));
    }
    if is_sdist && release.files.iter().any(|file| file.is_sdist) {
        let text = "Only one sdist may be uploaded per release.";
        return Err(Answer::bad_request(text).rule("second-sdist"));
    }
    Ok(())
}

/// PyPI tells the owners, once a token and project, of an API token that is used beside a trusted publisher.
fn email_to_members(
    state: &State,
    caller: &Caller<'_>,
    project: Option<&Project>,
) -> Option<String> {
    let project = project.filter(|_| caller.principal.is_user())?;
    let normalized = project.name.normalized();
    let subject = format!(
        "API token used for {normalized}, which has a trusted publisher ({})",
        caller.shown()
    );
    let is_new = state.emails.iter().all(|email| email.subject != subject);
    (state.has_publisher(normalized) && is_new).then_some(subject)
}

/// Stores a file that another index than Warehouse took, by what its name and the form say.
pub(crate) fn store_plain(
    state: &mut State,
    form: &Form,
    part: &FilePart,
    (parsed, blob): (&Filename, Blob),
    now: u64,
) {
    let known = |key: &str| Field::from_form_key(key).is_some();
    let fields = form.0.iter().filter_map(|(key, value)| match value {
        Value::Text(text) if known(key) => Some((key.clone(), text.clone())),
        _ => None,
    });
    let release = Release {
        version: parsed.version().clone(),
        created: now,
        metadata: fields.collect(),
        yanked: None,
        files: Vec::new(),
    };
    state.create_project(parsed.name(), None, now);
    let file = file_of(
        part,
        parsed.kind().filetype() == "sdist",
        parsed.pyversion(),
        now,
    );
    state.add_file(parsed.name().normalized(), release, File { blob, ..file });
}

/// Has somebody else store the file of a form, before its sender does; with other bytes if some are given.
pub(crate) fn rival(state: &mut State, form: Option<&Form>, bytes: Option<Bytes>, now: u64) {
    let Some(form) = form else {
        return;
    };
    let (Ok(part), Ok(meta)) = (file_part(form), metadata::check(form)) else {
        return;
    };
    let is_sdist = form.text("filetype") == Some("sdist");
    let mut file = file_of(
        part,
        is_sdist,
        form.text("pyversion").unwrap_or_default(),
        now,
    );
    if let Some(bytes) = &bytes {
        let digests = crate::api::form::Digests::of(bytes);
        file.size = bytes.len() as u64;
        (file.md5, file.sha256, file.blake2b_256) =
            (digests.md5, digests.sha256, digests.blake2b_256);
        file.metadata_sha256 = None;
    }
    let Ok(blob) = state
        .storage
        .keep(&file.sha256, bytes.as_ref().unwrap_or(&part.bytes))
    else {
        return;
    };
    let release = Release {
        version: meta.version,
        created: now,
        metadata: meta.fields,
        yanked: None,
        files: Vec::new(),
    };
    state.create_project(&meta.name, None, now);
    state.add_file(meta.name.normalized(), release, File { blob, ..file });
}

/// The file of a part, whose bytes are not kept yet.
fn file_of(part: &FilePart, is_sdist: bool, python_version: &str, now: u64) -> File {
    File {
        filename: part.filename.clone(),
        is_sdist,
        python_version: python_version.to_owned(),
        size: part.size,
        md5: part.md5.clone(),
        sha256: part.sha256.clone(),
        blake2b_256: part.blake2b_256.clone(),
        uploaded: now,
        metadata_sha256: content::metadata_sha256(&part.filename, &part.bytes),
        provenance: None,
        blob: Blob::default(),
    }
}

fn store(state: &mut State, accepted: Accepted<'_>, blob: Blob, now: u64) {
    let Accepted {
        meta,
        file,
        owner,
        emails,
        ..
    } = accepted;
    if state.project(meta.name.normalized()).is_none() {
        state
            .creations
            .push((owner.clone().unwrap_or_default(), now));
        state.create_project(&meta.name, owner.as_deref(), now);
    }
    let normalized = meta.name.normalized().to_owned();
    if let Some(project) = state.project_mut(&normalized) {
        project.name = meta.name;
    }
    let release = Release {
        version: meta.version,
        created: now,
        metadata: meta.fields,
        yanked: None,
        files: Vec::new(),
    };
    state.add_file(&normalized, release, File { blob, ..file });
    for subject in emails {
        state.email_members(&normalized, &subject);
    }
}
