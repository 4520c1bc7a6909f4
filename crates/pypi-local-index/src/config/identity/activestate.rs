//! Builds of the ActiveState platform.

use serde_json::{Value, json};

use crate::warehouse::publisher::TrustedPublisher;

#[derive(Clone, Debug)]
pub(crate) struct ActiveState {
    pub(crate) organization: String,
    pub(crate) project: String,
    pub(crate) actor_id: String,
}

impl ActiveState {
    pub(crate) fn publisher(&self) -> TrustedPublisher {
        TrustedPublisher::activestate(&self.organization, &self.project, &self.actor_id)
    }

    pub(crate) fn claims(&self) -> Value {
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
