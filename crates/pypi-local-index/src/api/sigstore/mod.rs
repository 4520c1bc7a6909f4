//! A Sigstore instance: the certificate authority Fulcio, its certificate transparency log, and the transparency log Rekor.
//!
//! What clients can see is that of Fulcio of 2026-08-05 and Rekor v1 of 2026-08-22.

#![cfg_attr(
    not(feature = "persistent"),
    allow(
        dead_code,
        unused_imports,
        reason = "only an index with a folder stores its keys"
    )
)]

mod certificate;
mod entry;
mod fulcio;
mod key;
mod log;
mod merkle;
mod pem;
mod rekor;
mod subject;
mod trust;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use self::certificate::{Authority, AuthorityParts};
use self::key::{Curve, Key};

pub(crate) use fulcio::{CertificateRequest, certificate};
pub(crate) use rekor::{ProposedEntry, add_entry, find_entry, log_entry};

/// The keys and certificates of the instance. It does not implement `Debug`.
pub(crate) struct Sigstore {
    authority: Authority,
    certificate_log: Key,
    log: Key,
}

/// What a persistent index stores of it: DER in base64.
#[derive(Deserialize, Serialize)]
struct Stored {
    root: String,
    intermediate: String,
    intermediate_key: String,
    certificate_log_key: String,
    log_key: String,
}

impl Sigstore {
    /// A new instance. `None` if the system provides no random numbers.
    pub(crate) fn generate() -> Option<Self> {
        Some(Self {
            authority: Authority::generate()?,
            certificate_log: Key::generate(Curve::P256)?,
            log: Key::generate(Curve::P256)?,
        })
    }

    /// The instance that [`to_text`](Self::to_text) describes. `None` if it is damaged.
    #[cfg(feature = "persistent")]
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
    #[cfg(feature = "persistent")]
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
