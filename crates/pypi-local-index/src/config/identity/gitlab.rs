//! Pipelines of gitlab.com.

use serde_json::{Value, json};

use super::SHA;
use crate::config::publisher::TrustedPublisher;

#[derive(Clone, Debug)]
pub(super) struct GitLab {
    pub(super) project_path: String,
    pub(super) config: String,
}

impl GitLab {
    pub(super) fn publisher(&self) -> TrustedPublisher {
        TrustedPublisher::gitlab(&self.project_path, &self.config)
    }

    pub(super) fn claims(&self) -> Value {
        let (path, config) = (&self.project_path, &self.config);
        let namespace = path.rsplit_once('/').map_or("", |(namespace, _)| namespace);
        json!({
            "ci_config_ref_uri": format!("gitlab.com/{path}//{config}@refs/heads/main"),
            "ci_config_sha": SHA,
            "job_id": "1",
            "namespace_id": "72",
            "namespace_path": namespace,
            "pipeline_id": "1",
            "pipeline_source": "push",
            "project_id": "20",
            "project_path": path,
            "project_visibility": "public",
            "ref": "main",
            "ref_path": "refs/heads/main",
            "ref_protected": "true",
            "ref_type": "branch",
            "runner_environment": "gitlab-hosted",
            "runner_id": 1,
            "sha": SHA,
            "sub": format!("project_path:{path}:ref_type:branch:ref:main"),
            "user_id": "1",
            "user_login": "tanuki",
        })
    }
}
