//! What PyPI's administrators can forbid.

use serde::{Deserialize, Serialize};

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

impl AdminFlag {
    pub(crate) const ALL: [Self; 5] = [
        Self::DisablePep740,
        Self::DisallowNewProjectRegistration,
        Self::DisallowNewUpload,
        Self::DisallowOidc,
        Self::ReadOnly,
    ];

    /// Its name in a scenario.
    pub(crate) fn key(self) -> String {
        let name = serde_json::to_value(self).unwrap_or_default();
        name.as_str().unwrap_or_default().to_owned()
    }
}
