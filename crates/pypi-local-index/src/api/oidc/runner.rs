//! The part of a CI provider and its issuer that a publishing job meets.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use http::header::HeaderName;
use serde_json::json;
use url::Url;

use crate::api::oidc::keys::Keys;
use crate::api::response::Answer;
use crate::config::identity::Identity;
use crate::config::issuer::Issuer;

/// The header by which Google's metadata server and its clients know each other.
const METADATA_FLAVOR: HeaderName = HeaderName::from_static("metadata-flavor");

/// The jobs that the endpoints speak for.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    /// Jobs of GitHub by the token that they ask with.
    jobs: Mutex<HashMap<String, Identity>>,
    /// The workload of Google whose metadata server this is.
    workload: Mutex<Option<Identity>>,
}

/// What signs a token, and when.
pub(crate) struct Signer<'s> {
    pub(crate) keys: &'s Keys,
    pub(crate) jti: Option<String>,
    pub(crate) now: u64,
}

impl Signer<'_> {
    pub(crate) fn id_token(
        &self,
        identity: &Identity,
        audience: &str,
    ) -> Option<pypi_http::Secret> {
        let claims = identity.claims(audience, self.jti.as_deref()?, self.now);
        let token = self
            .keys
            .sign(identity.issuer(), identity.signed(), &claims)?;
        Some(pypi_http::Secret::new(token))
    }
}

impl Runner {
    /// Answers `GET /runner/github/token`: the ID token for the audience in the query.
    pub(crate) fn github(
        &self,
        signer: &Signer<'_>,
        query: &str,
        authorization: Option<&str>,
    ) -> Answer {
        let Some(authorization) = authorization else {
            return problem(StatusCode::UNAUTHORIZED, "no request token");
        };
        let token = authorization
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token);
        let jobs = lock(&self.jobs);
        let Some(job) = token.and_then(|token| jobs.get(token)) else {
            return problem(StatusCode::FORBIDDEN, "not this job's request token");
        };
        // GitHub's own default audience is the address of the repository's owner.
        let audience = audience(query)
            .unwrap_or_else(|| format!("https://github.com/{}", job.text("repository_owner")));
        match signer.id_token(job, &audience) {
            Some(token) => Answer::json(StatusCode::OK, &json!({"value": token.reveal()})),
            None => problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "no token could be signed",
            ),
        }
    }

    /// Answers `GET /computeMetadata/v1/instance/service-accounts/default/identity`.
    pub(crate) fn google(&self, signer: &Signer<'_>, query: &str, flavor: Option<&str>) -> Answer {
        let plain = |status, text: &str| {
            Answer::bytes(status, "text/html", text.to_owned()).with(METADATA_FLAVOR, "Google")
        };
        if flavor != Some("Google") {
            return plain(
                StatusCode::FORBIDDEN,
                "Missing Metadata-Flavor:Google header.",
            );
        }
        let workload = lock(&self.workload);
        let (Some(workload), Some(audience)) = (&*workload, audience(query)) else {
            return plain(
                StatusCode::BAD_REQUEST,
                "non-empty audience parameter required",
            );
        };
        match signer.id_token(workload, &audience) {
            Some(token) => plain(StatusCode::OK, token.reveal()),
            None => plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "no token could be signed",
            ),
        }
    }

    /// The variables that the provider sets for this job, those that a publishing tool reads.
    pub(crate) fn environment(
        &self,
        signer: &Signer<'_>,
        identity: Identity,
        audience: &str,
        root: &Url,
    ) -> Vec<(String, String)> {
        match identity.issuer() {
            Issuer::GitHub => {
                let Some(token) = signer.jti.clone() else {
                    return Vec::new();
                };
                let variables = github_variables(&identity, &token, root);
                lock(&self.jobs).insert(token, identity);
                variables
            }
            Issuer::GitLab => gitlab_variables(signer, &identity, audience),
            Issuer::Google => {
                *lock(&self.workload) = Some(identity);
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
    // GitHub's address has a query too, to which clients append `&audience=`.
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

/// A job of GitLab has its ID tokens from the start, each in a variable that is named after its audience.
fn gitlab_variables(signer: &Signer<'_>, job: &Identity, audience: &str) -> Vec<(String, String)> {
    let Some(token) = signer.id_token(job, audience) else {
        return Vec::new();
    };
    let name = format!("{}_ID_TOKEN", audience.to_ascii_uppercase());
    [
        ("CI", "true".to_owned()),
        ("GITLAB_CI", "true".to_owned()),
        (name.as_str(), token.reveal().to_owned()),
        ("CI_PROJECT_PATH", job.text("project_path")),
        ("CI_COMMIT_REF_NAME", job.text("ref")),
        ("CI_COMMIT_SHA", job.text("sha")),
        ("CI_SERVER_URL", "https://gitlab.com".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn audience(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let audience = pairs.find(|(name, _)| name == "audience");
    audience
        .map(|(_, value)| value.into_owned())
        .filter(|audience| !audience.is_empty())
}

fn problem(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The issuer's discovery document (OpenID Connect Discovery 1.0, section 3).
pub(crate) fn discovery(root: &Url, issuer: Issuer) -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({
            "issuer": issuer.url(),
            "jwks_uri": format!("{root}issuer/{}/jwks", issuer.slug()),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
        }),
    )
}
