//! Builds of the ActiveState platform.

use serde_json::{Value, json};

use crate::config::publisher::TrustedPublisher;

#[derive(Clone, Debug)]
pub(super) struct ActiveState {
    pub(super) organization: String,
    pub(super) project: String,
    pub(super) actor_id: String,
}

impl ActiveState {
    pub(super) fn publisher(&self) -> TrustedPublisher {
        TrustedPublisher::activestate(&self.organization, &self.project, &self.actor_id)
    }

    pub(super) fn claims(&self) -> Value {
        let (organization, project) = (&self.organization, &self.project);
        json!({
            "actor": "builder",
            "actor_id": self.actor_id,
            "builder": "pypi-publisher",
            "organization": organization,
            "project": project,
            "sub": format!("org:{organization}:project:{project}"),
        })
    }
}
