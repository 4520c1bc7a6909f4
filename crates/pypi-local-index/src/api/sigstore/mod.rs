//! A Sigstore instance: the certificate authority Fulcio, its certificate transparency log, and the transparency log Rekor.
//!
//! What clients can see is that of Fulcio of 2026-08-05 and Rekor v1 of 2026-08-22.

mod certificate;
mod entry;
mod fulcio;
mod key;
mod log;
mod merkle;
mod pem;
mod rekor;
#[cfg(feature = "persistent")]
mod stored;
mod subject;
mod trust;

use self::certificate::Authority;
use self::key::{Curve, Key};

pub(crate) use fulcio::{CertificateRequest, certificate};
pub(crate) use rekor::{ProposedEntry, add_entry, find_entry, log_entry};

/// The keys and certificates of the instance. It does not implement `Debug`.
pub(crate) struct Sigstore {
    authority: Authority,
    certificate_log: Key,
    log: Key,
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
}
