//! Limits, switches and the kind of index.

use std::fmt;
use std::sync::Arc;

use pypi_attestations::Attestation;
use serde::{Deserialize, Serialize};

use crate::api::oidc::TrustedPublisher;
use crate::config::profile::Profile;

pub(crate) const MIB: u64 = 1024 * 1024;

/// What an index allows; the defaults are PyPI's of 2026-08-21, without its rates.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// The largest file in bytes.
    pub(crate) file_limit: u64,
    /// The most bytes of one project.
    pub(crate) total_limit: u64,
    /// How many projects an account may create in an hour; none is any number.
    pub(crate) new_projects_per_hour: Option<u32>,
    /// For how many days a release takes new files.
    pub(crate) release_days: u64,
    pub(crate) profile: Profile,
    #[serde(rename = "off")]
    pub(crate) flags: Vec<AdminFlag>,
    #[serde(skip)]
    pub(crate) verification: Verification,
}

impl Settings {
    /// Whether `flag` is set.
    pub(crate) fn has(&self, flag: AdminFlag) -> bool {
        self.flags.contains(&flag)
    }

    /// Sets or clears `flag`.
    pub(crate) fn set(&mut self, flag: AdminFlag, is_set: bool) {
        self.flags.retain(|known| *known != flag);
        if is_set {
            self.flags.push(flag);
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            file_limit: 100 * MIB,
            total_limit: 10 * 1024 * MIB,
            new_projects_per_hour: None,
            release_days: 14,
            profile: Profile::default(),
            flags: Vec::new(),
            verification: Verification::default(),
        }
    }
}

/// A flag by which PyPI's administrators forbid something, named as in Warehouse. No flag is set at first.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{AdminFlag, LocalIndex};
///
/// let index = LocalIndex::builder().admin_flag(AdminFlag::ReadOnly).start()?;
/// // Uploads are rejected with 403 until the flag is cleared.
/// index.set_admin_flag(AdminFlag::ReadOnly, false);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
///
/// # Source
///
/// `AdminFlagValue` in `warehouse/admin/flags.py` (2026-08-21).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum AdminFlag {
    /// Ignores attestations, and hides provenance. In a scenario: `attestations`.
    #[serde(rename = "attestations")]
    DisablePep740,
    /// Rejects new projects. In a scenario: `new-projects`.
    #[serde(rename = "new-projects")]
    DisallowNewProjectRegistration,
    /// Rejects uploads. In a scenario: `uploads`.
    #[serde(rename = "uploads")]
    DisallowNewUpload,
    /// Rejects the exchange of ID tokens. In a scenario: `trusted-publishing`.
    #[serde(rename = "trusted-publishing")]
    DisallowOidc,
    /// Rejects every change. In a scenario: `writes`.
    #[serde(rename = "writes")]
    ReadOnly,
}

/// How the signatures of attestations are judged, once their shape, subject and digest are right.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Verification};
///
/// let index = LocalIndex::builder()
///     .verification(Verification::by(|attestation, publisher| {
///         match attestation.subject_name().ends_with(".whl") {
///             true => Ok(()),
///             false => Err(format!("{publisher} signs wheels only")),
///         }
///     }))
///     .start()?;
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Verification(Judge);

type Closure = Arc<dyn Fn(&Attestation, &TrustedPublisher) -> Result<(), String> + Send + Sync>;

#[derive(Clone, Default)]
enum Judge {
    #[default]
    Accept,
    Deny,
    Closure(Closure),
}

impl Verification {
    /// Accepts every signature, as Warehouse's own development service does.
    pub fn accept_all() -> Self {
        Self(Judge::Accept)
    }

    /// Refuses every signature.
    pub fn reject_all() -> Self {
        Self(Judge::Deny)
    }

    /// Asks the caller. The text of an error stands in the refusal, after `Verification failed: `.
    pub fn by(
        judge: impl Fn(&Attestation, &TrustedPublisher) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self(Judge::Closure(Arc::new(judge)))
    }

    pub(crate) fn judge(
        &self,
        attestation: &Attestation,
        publisher: &TrustedPublisher,
    ) -> Result<(), String> {
        match &self.0 {
            Judge::Accept => Ok(()),
            Judge::Deny => Err("signatures are denied by this index".to_owned()),
            Judge::Closure(judge) => judge(attestation, publisher),
        }
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Judge::Accept => "Verification::accept_all",
            Judge::Deny => "Verification::reject_all",
            Judge::Closure(_) => "Verification::by",
        })
    }
}
