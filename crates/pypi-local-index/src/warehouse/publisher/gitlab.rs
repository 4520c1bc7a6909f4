//! Pipelines of gitlab.com.

use serde::{Deserialize, Serialize};

use crate::api::oidc::keys::Claims;
use crate::warehouse::publisher::{NOT_FOUND, check_reference, environment, failed, require, text};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GitLab {
    /// `namespace/project`.
    pub(crate) project_path: String,
    /// The path of the CI file in the repository.
    pub(crate) config: String,
    pub(crate) environment: Option<String>,
}

const REQUIRED: [&str; 6] = [
    "sub",
    "project_path",
    "ci_config_ref_uri",
    "jti",
    "ref_path",
    "sha",
];

impl GitLab {
    pub(crate) fn new(project_path: String, config: String) -> Self {
        Self {
            project_path,
            config,
            environment: None,
        }
    }
}

pub(crate) fn find(publishers: &[(usize, &GitLab)], claims: &Claims) -> Result<usize, String> {
    require(claims, &REQUIRED)?;
    let config = config_path(text(claims, "ci_config_ref_uri"))
        .ok_or("Could not extract workflow filename from OIDC claims")?;
    let path = text(claims, "project_path").to_lowercase();
    let candidates: Vec<&(usize, &GitLab)> = publishers
        .iter()
        .filter(|(_, own)| own.project_path.to_lowercase() == path && own.config == config)
        .collect();
    let wanting = |environment| {
        candidates
            .iter()
            .find(|(_, own)| own.environment.as_deref() == environment)
    };
    let (found, own) = wanting(environment(claims))
        .or_else(|| wanting(None))
        .ok_or(NOT_FOUND)?;
    let subject: Vec<&str> = text(claims, "sub").split(':').take(2).collect();
    let expected = format!("project_path:{}", own.project_path);
    if subject.join(":").to_lowercase() != expected.to_lowercase() {
        return Err(failed("sub"));
    }
    let path = format!("gitlab.com/{}//{}", own.project_path, own.config);
    check_reference(claims, "ci_config_ref_uri", &path, ("ref_path", "sha"))?;
    Ok(*found)
}

/// The path in `gitlab.com/namespace/project//path@ref`.
fn config_path(uri: &str) -> Option<&str> {
    let (_, path) = uri.split_once("//")?;
    let (path, _) = path.rsplit_once('@')?;
    (path.ends_with(".yml") || path.ends_with(".yaml")).then_some(path)
}
