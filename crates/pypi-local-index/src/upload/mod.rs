//! The legacy upload API: Warehouse's checks, in Warehouse's order.

mod attestations;
mod file;
mod identity;
mod metadata;

use http::StatusCode;
use pypi_metadata::{ProjectName, Version, python_repr};

use self::metadata::Meta;
use crate::answer::Answer;
use crate::form::{FilePart, Form, Value};
use crate::state::{File, Identity, Project, Release, Scope, State};

/// Where PyPI explains its refusals.
const HELP: &str = "https://pypi.org/help/";

const MIB: u64 = 1024 * 1024;

/// Why an upload ends early: with a refusal, or because the file is there already.
type Outcome<T> = Result<T, Answer>;

/// Answers an upload at `now` (seconds since 1970). A refusal changes nothing.
pub(crate) fn upload(
    state: &mut State,
    form: &Form,
    authorization: Option<&str>,
    now: u64,
) -> Answer {
    match check(state, form, authorization, now) {
        Ok(accepted) => {
            store(state, accepted, now);
            Answer::ok()
        }
        Err(answer) => answer,
    }
}

/// An upload that passed every check.
struct Accepted<'f> {
    meta: Meta,
    file: &'f FilePart,
    is_sdist: bool,
}

fn check<'f>(
    state: &State,
    form: &'f Form,
    authorization: Option<&str>,
    now: u64,
) -> Outcome<Accepted<'f>> {
    check_parts(form)?;
    let identity = identity::of(state, authorization)?;
    let meta = metadata::check(form)?;
    let file = content(form)?;
    let project = state.project(meta.name.normalized());
    check_permission(identity, project, &meta.name, now)?;
    let is_sdist = form.text("filetype") == Some("sdist");
    file::check_characters(&file.filename)?;
    file::check_extension(&file.filename, is_sdist)?;
    if file.content_type.is_empty() || file.content_type.starts_with("image/") {
        return Err(Answer::bad_request("Invalid distribution file."));
    }
    let display_name = project.map_or(&meta.name, |project| &project.name);
    check_size(state.file_limit, file, display_name)?;
    check_digests(form, file)?;
    check_new(state, file)?;
    if is_sdist {
        let release = project.and_then(|project| release(project, &meta.version));
        if release.is_some_and(|release| release.files.iter().any(|file| file.is_sdist)) {
            return Err(Answer::bad_request(
                "Only one sdist may be uploaded per release.",
            ));
        }
        file::check_sdist(&file.filename, display_name, &meta.version)?;
    } else {
        file::check_wheel(&file.filename, display_name, &meta.version)?;
    }
    attestations::check(form, identity)?;
    Ok(Accepted {
        meta,
        file,
        is_sdist,
    })
}

/// Only the file, and a signature that is ignored, may be file parts.
fn check_parts(form: &Form) -> Outcome<()> {
    let mut names = form.files().map(|(name, _)| name);
    match names.find(|name| !matches!(*name, "content" | "gpg_signature")) {
        Some(name) => Err(Answer::bad_request(&format!(
            "{name}: Should not be a tuple."
        ))),
        None => Ok(()),
    }
}

fn content(form: &Form) -> Outcome<&FilePart> {
    let mut values = form.0.iter().rev();
    match values.find(|(name, _)| name == "content") {
        Some((_, Value::File(file))) => Ok(file),
        _ => Err(Answer::bad_request("Upload payload does not have a file.")),
    }
}

fn check_permission(
    identity: &Identity,
    project: Option<&Project>,
    name: &ProjectName,
    now: u64,
) -> Outcome<()> {
    let Identity::Publisher { scope, expires } = identity else {
        return Ok(());
    };
    if let Scope::Projects(projects) = scope {
        let Some(project) = project else {
            return Err(Answer::bad_request(NOT_FOR_NEW_PROJECTS));
        };
        if !projects.contains(name.normalized()) {
            let project = project.name.as_str();
            return Err(invalid_token(&format!(
                "OIDC scoped token is not valid for project '{project}'"
            )));
        }
    }
    if now > *expires {
        return Err(invalid_token("token is expired"));
    }
    Ok(())
}

/// Warehouse says the reason twice: once for each of its security policies that refused.
fn invalid_token(reason: &str) -> Answer {
    Answer::refused(
        StatusCode::FORBIDDEN,
        &format!("Invalid API Token: {reason}, {reason}"),
    )
}

const NOT_FOR_NEW_PROJECTS: &str = "Non-user identities cannot create new projects. This was probably caused by \
    successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in \
    your project's metadata). Please ensure that both match. \
    See: https://docs.pypi.org/trusted-publishers/troubleshooting/";

fn check_size(limit: u64, file: &FilePart, project: &ProjectName) -> Outcome<()> {
    if file.size <= limit {
        return Ok(());
    }
    let project = python_repr(project.as_str());
    Err(Answer::bad_request(&format!(
        "File too large. Limit for project {project} is {} MB. \
         See https://docs.pypi.org/project-management/storage-limits#requesting-a-file-size-limit-increase \
         for more information.",
        limit / MIB
    )))
}

fn check_digests(form: &Form, file: &FilePart) -> Outcome<()> {
    let agrees = |name, own: &str| {
        let sent = form.text(name).filter(|digest| !digest.is_empty());
        sent.is_none_or(|digest| digest.eq_ignore_ascii_case(own))
    };
    if agrees("sha256_digest", &file.sha256) && agrees("blake2_256_digest", &file.blake2b_256) {
        return Ok(());
    }
    Err(Answer::bad_request(
        "The digest supplied does not match a digest calculated from the uploaded file.",
    ))
}

/// The same file again is a success that changes nothing; its name or its bytes alone are a conflict.
fn check_new(state: &State, file: &FilePart) -> Outcome<()> {
    let mut stored = state.files().map(|(_, _, stored)| stored);
    let found = stored
        .find(|stored| stored.filename == file.filename || stored.blake2b_256 == file.blake2b_256);
    match found {
        None => Ok(()),
        Some(stored) if stored.filename == file.filename && stored.sha256 == file.sha256 => {
            Err(Answer::ok())
        }
        Some(_) => Err(Answer::bad_request(&format!(
            "File already exists ({}, with blake2_256 hash {}). See {HELP}#file-name-reuse for more information.",
            python_repr(&file.filename),
            python_repr(&file.blake2b_256)
        ))),
    }
}

fn release<'p>(project: &'p Project, version: &Version) -> Option<&'p Release> {
    project
        .releases
        .iter()
        .find(|release| release.version == *version)
}

fn store(state: &mut State, accepted: Accepted<'_>, now: u64) {
    let Accepted {
        meta,
        file,
        is_sdist,
    } = accepted;
    state.create_project(&meta.name);
    let mut serial = state.serial;
    let Some(project) = state.project_mut(meta.name.normalized()) else {
        return;
    };
    project.name = meta.name;
    let file = File {
        filename: file.filename.clone(),
        is_sdist,
        sha256: file.sha256.clone(),
        blake2b_256: file.blake2b_256.clone(),
        uploaded: now,
        bytes: file.bytes.clone(),
    };
    let release = project
        .releases
        .iter_mut()
        .find(|release| release.version == meta.version);
    match release {
        Some(release) => release.files.push(file),
        None => {
            serial += 1;
            project.releases.push(Release {
                version: meta.version,
                requires_python: meta.requires_python,
                files: vec![file],
            });
        }
    }
    project.last_serial = serial + 1;
    state.serial = serial + 1;
}
