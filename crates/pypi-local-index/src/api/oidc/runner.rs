//! What a CI provider offers to its jobs: the endpoints for ID tokens, and environment variables.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use http::header::HeaderName;
use serde_json::json;
use url::Url;

use super::keys::Signer;
use crate::api::response::Response;
use crate::config::{Identity, Issuer};

/// The header by which Google's metadata server and its clients recognize each other.
const METADATA_FLAVOR: HeaderName = HeaderName::from_static("metadata-flavor");

/// The jobs that can get ID tokens.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    /// Jobs of GitHub, by their request tokens.
    jobs: Mutex<HashMap<String, Identity>>,
    /// The workload of Google for which this is the metadata server.
    workload: Mutex<Option<Identity>>,
}

impl Runner {
    /// Handles `GET /runner/github/token`: the ID token for the audience in the query.
    pub(crate) fn github(
        &self,
        signer: &Signer<'_>,
        query: &str,
        authorization: Option<&str>,
    ) -> Response {
        let Some(authorization) = authorization else {
            return refused(StatusCode::UNAUTHORIZED, "no request token");
        };
        let token = authorization
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token);
        let jobs = lock(&self.jobs);
        let Some(job) = token.and_then(|token| jobs.get(token)) else {
            return refused(StatusCode::FORBIDDEN, "unknown request token");
        };
        // GitHub's default audience is the URL of the repository's owner.
        let audience = audience(query)
            .unwrap_or_else(|| format!("https://github.com/{}", job.text("repository_owner")));
        match signer.id_token(job, &audience) {
            Some(token) => Response::json(StatusCode::OK, &json!({"value": token.reveal()})),
            None => refused(StatusCode::INTERNAL_SERVER_ERROR, "cannot sign a token"),
        }
    }

    /// Handles `GET /computeMetadata/v1/instance/service-accounts/default/identity`.
    pub(crate) fn google(
        &self,
        signer: &Signer<'_>,
        query: &str,
        flavor: Option<&str>,
    ) -> Response {
        let plain = |status, text: &str| {
            Response::bytes(status, "text/html", text.to_owned()).header(METADATA_FLAVOR, "Google")
        };
        if flavor != Some("Google") {
            let text = "Missing Metadata-Flavor:Google header.";
            return plain(StatusCode::FORBIDDEN, text);
        }
        let workload = lock(&self.workload);
        let (Some(workload), Some(audience)) = (&*workload, audience(query)) else {
            let text = "non-empty audience parameter required";
            return plain(StatusCode::BAD_REQUEST, text);
        };
        match signer.id_token(workload, &audience) {
            Some(token) => plain(StatusCode::OK, token.reveal()),
            None => plain(StatusCode::INTERNAL_SERVER_ERROR, "cannot sign a token"),
        }
    }

    /// Handles `GET /` of a client that takes the index for Google's metadata server.
    pub(crate) fn google_root() -> Response {
        Response::bytes(StatusCode::OK, "application/text", "computeMetadata/\n")
            .header(METADATA_FLAVOR, "Google")
    }

    pub(crate) fn workload(&self) -> Option<Identity> {
        lock(&self.workload).clone()
    }

    /// Makes the index the metadata server of this workload.
    pub(crate) fn set_workload(&self, workload: Option<Identity>) {
        *lock(&self.workload) = workload;
    }

    /// The names and values of the environment variables that a publishing tool reads in this job.
    pub(crate) fn environment(
        &self,
        signer: &Signer<'_>,
        job: Identity,
        audience: &str,
        root: &Url,
    ) -> Vec<(String, String)> {
        match job.issuer() {
            Issuer::GitHub => {
                let Some(token) = signer.jti.clone() else {
                    return Vec::new();
                };
                let variables = github_variables(&job, &token, root);
                lock(&self.jobs).insert(token, job);
                variables
            }
            Issuer::GitLab => gitlab_variables(signer, &job, audience),
            Issuer::Google => {
                self.set_workload(Some(job));
                let host = root.authority().to_owned();
                vec![("GCE_METADATA_HOST".to_owned(), host)]
            }
            Issuer::ActiveState => Vec::new(),
        }
    }
}

fn github_variables(job: &Identity, request_token: &str, root: &Url) -> Vec<(String, String)> {
    let reference = job.text("ref");
    let name = reference
        .splitn(3, '/')
        .nth(2)
        .unwrap_or(&reference)
        .to_owned();
    // GitHub's URL has a query too, to which clients append `&audience=`.
    let url = format!("{root}runner/github/token?api-version=2.0");
    [
        ("CI", "true".to_owned()),
        ("GITHUB_ACTIONS", "true".to_owned()),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", request_token.to_owned()),
        ("GITHUB_REPOSITORY", job.text("repository")),
        ("GITHUB_REPOSITORY_OWNER", job.text("repository_owner")),
        ("GITHUB_WORKFLOW_REF", job.text("workflow_ref")),
        ("GITHUB_REF", reference),
        ("GITHUB_REF_NAME", name),
        ("GITHUB_SHA", job.text("sha")),
        ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// A job of GitLab has its ID tokens from the start, in variables named after their audiences.
fn gitlab_variables(signer: &Signer<'_>, job: &Identity, audience: &str) -> Vec<(String, String)> {
    let (Some(token), Some(for_sigstore)) = (
        signer.id_token(job, audience),
        signer.id_token(job, "sigstore"),
    ) else {
        return Vec::new();
    };
    let name = format!("{}_ID_TOKEN", audience.to_ascii_uppercase());
    [
        ("CI", "true".to_owned()),
        ("GITLAB_CI", "true".to_owned()),
        (name.as_str(), token.reveal().to_owned()),
        ("SIGSTORE_ID_TOKEN", for_sigstore.reveal().to_owned()),
        ("CI_PROJECT_PATH", job.text("project_path")),
        ("CI_COMMIT_REF_NAME", job.text("ref")),
        ("CI_COMMIT_SHA", job.text("sha")),
        ("CI_SERVER_URL", "https://gitlab.com".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// The audience in a query; `None` if it is missing or empty.
fn audience(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, audience) = pairs.find(|(name, _)| name == "audience")?;
    (!audience.is_empty()).then(|| audience.into_owned())
}

fn refused(status: StatusCode, message: &str) -> Response {
    Response::json(status, &json!({"message": message}))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
