//! Service accounts of Google Cloud.

use serde_json::{Value, json};

use crate::warehouse::publisher::TrustedPublisher;

#[derive(Clone, Debug)]
pub(crate) struct Google {
    pub(crate) email: String,
}

impl Google {
    pub(crate) fn publisher(&self) -> TrustedPublisher {
        TrustedPublisher::google(&self.email)
    }

    pub(crate) fn claims(&self) -> Value {
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
