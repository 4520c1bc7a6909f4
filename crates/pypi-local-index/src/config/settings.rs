//! The limits and flags of an index.

use serde::{Deserialize, Serialize};

use super::admin_flag::AdminFlag;
use super::profile::Profile;

/// Bytes in a mebibyte.
pub(crate) const MIB: u64 = 1024 * 1024;

/// The limits and flags of an index. The defaults are PyPI's of 2026-08-21, without its rate limits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// The size limit of a file in bytes.
    pub(crate) file_limit: u64,
    /// The size limit of a project in bytes.
    pub(crate) total_limit: u64,
    /// How many projects an account may create in an hour; `None` for no limit.
    pub(crate) new_projects_per_hour: Option<u32>,
    /// For how many days a release accepts new files.
    pub(crate) release_days: u64,
    pub(crate) profile: Profile,
    /// Whether reading needs a token.
    pub(crate) private_reads: bool,
    /// The flags that are set.
    #[serde(rename = "off")]
    pub(crate) flags: Vec<AdminFlag>,
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
            private_reads: false,
            flags: Vec::new(),
        }
    }
}
