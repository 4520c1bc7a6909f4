//! The quirks of other indexes, as data.

use http::StatusCode;
use pypi_metadata::Filename;
use serde::{Deserialize, Serialize};

use crate::api::form::{FilePart, Form, Value};
use crate::api::response::Answer;
use crate::warehouse::State;

/// Which index the upload API stands for.
///
/// Every profile but PyPI's and TestPyPI's takes what the form says with few questions, and differs in the status of a
/// success, in what it says to a file that is there, and in what it asks for. They are approximations, from the sources
/// and the threads of each server as of 2026-11; the reading API stays PyPI's.
///
/// | profile | stored | the same file again | other bytes under the name |
/// |---|---|---|---|
/// | `PyPi`, `TestPyPi` | 200 | 200 | 400 `File already exists (…)` |
/// | `PypiServer` | 200; 400 when `User-Agent` says twine | 409 | 409 `Package '…' already exists!` |
/// | `Devpi` | 200 | 200 `Upload of identical file to non volatile index.` | 409 `… already exists in non-volatile index` |
/// | `GitLab` | 201 | 400 | 400 `… File name has already been taken` |
/// | `Gitea` | 201, asks for `sha256_digest` | 400 | 400 `package file already exists` |
/// | `Forgejo` | 201, asks for `sha256_digest` | 409 | 409 |
/// | `Artifactory` | 200 | 403 | 403 `Not enough permissions to delete/overwrite artifact '…' (…)` |
/// | `Nexus` | 200 | 400 | 400 `… cannot be updated`, as a page of HTML |
/// | `CodeArtifact` | 200 | 409 | 409 |
/// | `GoogleArtifactRegistry` | 200 | 400 | 400, with `Requested entity already exists` in the body only |
/// | `Azure` | 202 | 409 | 409, JSON with `PackageAlreadyExistsException` |
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// JFrog Artifactory.
    Artifactory,
    /// Azure Artifacts.
    Azure,
    /// AWS CodeArtifact.
    CodeArtifact,
    /// devpi, an index that is not volatile.
    Devpi,
    /// Forgejo.
    Forgejo,
    /// Gitea, before it took Forgejo's status.
    Gitea,
    /// GitLab's package registry.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Google Artifact Registry.
    GoogleArtifactRegistry,
    /// Sonatype Nexus 3.
    Nexus,
    /// PyPI.
    #[default]
    #[serde(rename = "pypi")]
    PyPi,
    /// pypiserver.
    #[serde(rename = "pypiserver")]
    PypiServer,
    /// TestPyPI: PyPI with another audience.
    #[serde(rename = "testpypi")]
    TestPyPi,
}

impl Profile {
    /// The audience that ID tokens must be for.
    pub(crate) fn audience(self) -> &'static str {
        match self {
            Self::TestPyPi => "testpypi",
            _ => "pypi",
        }
    }

    /// Whether the index is Warehouse.
    pub(crate) fn is_warehouse(self) -> bool {
        matches!(self, Self::PyPi | Self::TestPyPi)
    }

    fn success(self) -> Answer {
        let status = match self {
            Self::Azure => StatusCode::ACCEPTED,
            Self::Forgejo | Self::Gitea | Self::GitLab => StatusCode::CREATED,
            _ => StatusCode::OK,
        };
        let body = if self == Self::GitLab {
            "{\"message\":\"201 Created\"}"
        } else {
            ""
        };
        Answer::bytes(status, "text/plain", body)
    }

    /// What a file gets whose name is taken.
    fn exists(self, file: &FilePart, is_same: bool) -> Answer {
        let name = &file.filename;
        let plain =
            |status, text: String| Answer::bytes(status, "text/plain", text).rule("file-exists");
        let (conflict, bad) = (StatusCode::CONFLICT, StatusCode::BAD_REQUEST);
        match self {
            Self::Devpi if is_same => {
                Answer::refused_in_status(StatusCode::OK, "Upload of identical file to non volatile index.")
            }
            Self::Devpi => plain(conflict, format!("{name} already exists in non-volatile index")),
            Self::PypiServer => plain(
                conflict,
                format!("Package '{name}' already exists!\n  You may start server with `--overwrite` option."),
            ),
            Self::GitLab => Answer::bytes(
                bad,
                "application/json",
                "{\"message\":\"400 Bad request - Validation failed: File name has already been taken\"}",
            )
            .rule("file-exists"),
            Self::Gitea => plain(bad, "package file already exists".to_owned()),
            Self::Artifactory => plain(
                StatusCode::FORBIDDEN,
                format!(
                    "Not enough permissions to delete/overwrite artifact '{name}' (user: 'local-index' needs DELETE \
                     permission)."
                ),
            ),
            Self::Nexus => {
                let page = format!("<html><body>pypi-hosted/packages/{name} cannot be updated</body></html>");
                Answer::bytes(bad, "text/html", page).rule("file-exists")
            }
            Self::GoogleArtifactRegistry => plain(bad, "Requested entity already exists".to_owned()),
            Self::Azure => {
                let message = format!("The feed 'local' already contains file '{name}'.");
                let body = serde_json::json!({
                    "message": message,
                    "typeKey": "PackageAlreadyExistsException",
                });
                Answer::json(conflict, &body).rule("file-exists")
            }
            Self::CodeArtifact | Self::Forgejo | Self::PyPi | Self::TestPyPi => {
                plain(conflict, "Conflict".to_owned())
            }
        }
    }
}

/// Answers an upload to an index that is not Warehouse.
pub(crate) fn upload(
    state: &mut State,
    form: &Form,
    (authorization, user_agent): (Option<&str>, Option<&str>),
    now: u64,
) -> Answer {
    let profile = state.settings.profile;
    let refuse = |text: &str, rule| {
        Answer::bytes(StatusCode::BAD_REQUEST, "text/plain", text.to_owned())
            .rule(rule)
            .because(text)
    };
    if authorization.is_none() {
        let answer = Answer::bytes(StatusCode::UNAUTHORIZED, "text/plain", "401 Unauthorized");
        return answer
            .with(http::header::WWW_AUTHENTICATE, "Basic realm=\"local\"")
            .rule("authentication");
    }
    if profile == Profile::PypiServer && user_agent.is_some_and(|agent| agent.contains("twine")) {
        return refuse("400 Bad Request", "user-agent");
    }
    let Some((_, Value::File(file))) = form.0.iter().rev().find(|(name, _)| name == "content")
    else {
        return refuse("no file", "no-file");
    };
    let sha256 = form.text("sha256_digest").unwrap_or_default();
    let wants_digest = matches!(profile, Profile::Forgejo | Profile::Gitea);
    if (wants_digest || !sha256.is_empty()) && sha256 != file.sha256 {
        return refuse("hash mismatch", "digest");
    }
    if let Some((_, _, stored)) = state.file(&file.filename) {
        return profile.exists(file, stored.sha256 == file.sha256);
    }
    let parsed = match Filename::parse(&file.filename) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(&error.to_string(), "filename"),
    };
    match state.storage.keep(&file.sha256, &file.bytes) {
        Ok(blob) => crate::api::upload::store_plain(state, form, file, (&parsed, blob), now),
        Err(error) => return refuse(&error.to_string(), "storage"),
    }
    profile.success()
}
