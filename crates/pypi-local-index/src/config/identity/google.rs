//! Service accounts of Google Cloud.

use serde_json::{Value, json};

use crate::config::publisher::TrustedPublisher;

#[derive(Clone, Debug)]
pub(super) struct Google {
    pub(super) email: String,
}

impl Google {
    pub(super) fn publisher(&self) -> TrustedPublisher {
        TrustedPublisher::google(&self.email)
    }

    pub(super) fn claims(&self) -> Value {
        json!({
            "azp": SUBJECT,
            "email": self.email,
            "email_verified": true,
            "sub": SUBJECT,
        })
    }
}

/// The id of every service account.
const SUBJECT: &str = "111260650121185072906";
