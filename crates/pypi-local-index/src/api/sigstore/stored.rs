//! The instance of an index with a folder, which continues with its keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::Sigstore;
use super::certificate::{Authority, AuthorityParts};
use super::key::{Curve, Key};

/// What is stored of it: DER in base64.
#[derive(Deserialize, Serialize)]
struct Stored {
    root: String,
    intermediate: String,
    intermediate_key: String,
    certificate_log_key: String,
    log_key: String,
}

impl Sigstore {
    /// The instance that [`to_text`](Self::to_text) describes. `None` if the text is damaged.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        let der = |text: &str| STANDARD.decode(text).ok();
        Some(Self {
            authority: Authority::read(AuthorityParts {
                root: der(&stored.root)?,
                intermediate: der(&stored.intermediate)?,
                key: der(&stored.intermediate_key)?,
            })?,
            certificate_log: Key::read(Curve::P256, &der(&stored.certificate_log_key)?)?,
            log: Key::read(Curve::P256, &der(&stored.log_key)?)?,
        })
    }

    /// The keys and certificates as text.
    pub(crate) fn to_text(&self) -> Option<String> {
        let [intermediate, root] = self.authority.chain();
        let stored = Stored {
            root: STANDARD.encode(root),
            intermediate: STANDARD.encode(intermediate),
            intermediate_key: STANDARD.encode(self.authority.key().pkcs8()),
            certificate_log_key: STANDARD.encode(self.certificate_log.pkcs8()),
            log_key: STANDARD.encode(self.log.pkcs8()),
        };
        serde_json::to_string(&stored).ok()
    }
}
