//! The part of a GitHub Actions runner and its issuer that a publishing job meets.

use http::StatusCode;
use pypi_wire::Secret;
use serde_json::json;
use url::Url;

use super::identity::{GITHUB, GitHubIdentity};
use super::key::Key;
use crate::answer::Answer;
use crate::state::random_text;

/// The job that the token endpoint speaks for, and the token it asks of it.
#[derive(Debug)]
pub(crate) struct Runner {
    pub(crate) identity: GitHubIdentity,
    request_token: Secret,
}

impl Runner {
    /// A runner with a fresh request token; `None` when no random number can be made.
    pub(crate) fn new(identity: GitHubIdentity) -> Option<Self> {
        let request_token = Secret::new(random_text()?);
        Some(Self {
            identity,
            request_token,
        })
    }

    /// Answers `GET /runner/github/token`: the ID token for the audience in the query.
    pub(crate) fn answer(
        &self,
        key: &Key,
        query: &str,
        authorization: Option<&str>,
        now: u64,
    ) -> Answer {
        let Some(authorization) = authorization else {
            return Answer::json(
                StatusCode::UNAUTHORIZED,
                &json!({"message": "no request token"}),
            );
        };
        let token = authorization
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token);
        if token != Some(self.request_token.reveal()) {
            return Answer::json(
                StatusCode::FORBIDDEN,
                &json!({"message": "not this job's request token"}),
            );
        }
        // GitHub's own default audience is the address of the repository's owner.
        let audience = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "audience")
            .map_or_else(
                || format!("https://github.com/{}", self.identity.owner()),
                |(_, value)| value.into_owned(),
            );
        match id_token(key, &self.identity, &audience, now) {
            Some(token) => Answer::json(StatusCode::OK, &json!({"value": token.reveal()})),
            None => Answer::json(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({"message": "no token could be signed"}),
            ),
        }
    }

    /// The variables that a runner sets for its jobs, those that a publishing tool reads.
    pub(crate) fn environment(&self, root: &Url) -> Vec<(String, String)> {
        let job = &self.identity;
        let name = job
            .reference
            .splitn(3, '/')
            .nth(2)
            .unwrap_or(&job.reference);
        // GitHub's address has a query too, to which clients append `&audience=`.
        let url = format!("{root}runner/github/token?api-version=2.0");
        [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", url.as_str()),
            (
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                self.request_token.reveal(),
            ),
            ("GITHUB_REPOSITORY", &job.repository),
            ("GITHUB_REPOSITORY_OWNER", job.owner()),
            ("GITHUB_WORKFLOW_REF", &job.workflow_ref()),
            ("GITHUB_REF", &job.reference),
            ("GITHUB_REF_NAME", name),
            ("GITHUB_SHA", &job.sha),
            ("GITHUB_SERVER_URL", "https://github.com"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}

/// An ID token of `identity` for `audience`; `None` when it cannot be signed.
pub(crate) fn id_token(
    key: &Key,
    identity: &GitHubIdentity,
    audience: &str,
    now: u64,
) -> Option<Secret> {
    let claims = identity.claims(audience, &random_text()?, now);
    key.sign(&claims).map(Secret::new)
}

/// The issuer's discovery document (OpenID Connect Discovery 1.0, section 3).
pub(crate) fn discovery(root: &Url) -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({
            "issuer": GITHUB,
            "jwks_uri": format!("{root}issuer/github/jwks"),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
        }),
    )
}
