//! Uploads to indexes other than Warehouse.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use pypi_metadata::{Filename, Rule, rules};

use super::{Upload, storage};
use crate::api::form::FilePart;
use crate::api::response::Response;
use crate::config::Profile;
use crate::warehouse::{File, State};

/// Handles an upload to an index that is not Warehouse.
pub(super) fn upload(state: &mut State, upload: &Upload<'_>) -> Response {
    let profile = state.settings.profile;
    if upload.authorization.is_none() {
        let response = Response::bytes(StatusCode::UNAUTHORIZED, "text/plain", "401 Unauthorized");
        return response
            .header(WWW_AUTHENTICATE, "Basic realm=\"local\"")
            .rule(&rules::AUTHENTICATION);
    }
    let Some(part) = upload.form.content() else {
        return refused(&rules::FORM_FILE, "no file");
    };
    let sha256 = upload.form.text("sha256_digest").unwrap_or_default();
    let requires_digest = matches!(profile, Profile::Forgejo | Profile::Gitea);
    if (requires_digest || !sha256.is_empty()) && sha256 != part.digests.sha256 {
        return refused(&rules::FORM_DIGEST, "hash mismatch");
    }
    if let Some(stored) = state.file(&part.filename) {
        let is_same = stored.file.digests.sha256 == part.digests.sha256;
        return exists(upload, profile, &part.filename, is_same);
    }
    store(state, upload, part)
}

fn store(state: &mut State, upload: &Upload<'_>, part: &FilePart) -> Response {
    let filename = match Filename::parse(&part.filename) {
        Ok(filename) => filename,
        Err(error) => return refused(&rules::FILENAME_PARTS, &error.to_string()),
    };
    let blob = match state.save(&part.digests, &part.blob) {
        Ok(blob) => blob,
        Err(error) => return refused(&rules::STORAGE, &error.to_string()),
    };
    let is_sdist = filename.kind().filetype() == "sdist";
    let file = File {
        blob,
        ..storage::file(part, is_sdist, filename.pyversion(), upload.now)
    };
    storage::store_plain(state, upload.form, &filename, file);
    stored(state.settings.profile)
}

fn refused(rule: &'static Rule, text: &str) -> Response {
    Response::bytes(StatusCode::BAD_REQUEST, "text/plain", text.to_owned())
        .rule(rule)
        .reason(text)
}

/// The response to a file that was stored.
fn stored(profile: Profile) -> Response {
    let status = match profile {
        Profile::Azure => StatusCode::ACCEPTED,
        Profile::Forgejo | Profile::Gitea | Profile::GitLab => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let body = match profile {
        Profile::GitLab => "{\"message\":\"201 Created\"}",
        _ => "",
    };
    Response::bytes(status, "text/plain", body)
}

/// The response to a file whose name is taken.
fn exists(upload: &Upload<'_>, profile: Profile, name: &str, is_same: bool) -> Response {
    let plain = |status, text: String| {
        Response::bytes(status, "text/plain", text).rule(&rules::FILE_EXISTS)
    };
    let (conflict, bad) = (StatusCode::CONFLICT, StatusCode::BAD_REQUEST);
    match profile {
        Profile::Devpi if is_same => Response::refused_in_status(
            StatusCode::OK,
            "Upload of identical file to non volatile index.",
        ),
        Profile::Devpi => plain(
            conflict,
            format!("{name} already exists in non-volatile index"),
        ),
        Profile::PypiServer => plain(
            match upload.user_agent {
                Some(agent) if agent.contains("twine") => bad,
                _ => conflict,
            },
            format!(
                "Package '{name}' already exists!\n  You may start server with `--overwrite` option."
            ),
        ),
        Profile::GitLab => Response::bytes(
            bad,
            "application/json",
            "{\"message\":\"400 Bad request - Validation failed: File name has already been taken\"}",
        )
        .rule(&rules::FILE_EXISTS),
        Profile::Gitea => plain(bad, "package file already exists".to_owned()),
        Profile::Artifactory => plain(
            StatusCode::FORBIDDEN,
            format!(
                "Not enough permissions to delete/overwrite artifact '{name}' (user: 'local-index' needs DELETE \
                 permission)."
            ),
        ),
        Profile::Nexus => {
            let page =
                format!("<html><body>pypi-hosted/packages/{name} cannot be updated</body></html>");
            Response::bytes(bad, "text/html", page).rule(&rules::FILE_EXISTS)
        }
        Profile::GoogleArtifactRegistry => plain(bad, "Requested entity already exists".to_owned()),
        Profile::Azure => {
            let body = serde_json::json!({
                "message": format!("The feed 'local' already contains file '{name}'."),
                "typeKey": "PackageAlreadyExistsException",
            });
            Response::json(conflict, &body).rule(&rules::FILE_EXISTS)
        }
        Profile::CodeArtifact | Profile::Forgejo | Profile::PyPi | Profile::TestPyPi => {
            plain(conflict, "Conflict".to_owned())
        }
    }
}
