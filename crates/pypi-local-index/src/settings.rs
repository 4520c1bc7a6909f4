//! Limits, switches and the kind of index.

use std::fmt;
use std::sync::Arc;

use pypi_attestations::Attestation;
use serde::{Deserialize, Serialize};

use crate::oidc::Publisher;
use crate::profile::Profile;

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
    pub(crate) off: Vec<Switch>,
    #[serde(skip)]
    pub(crate) verification: Verification,
}

impl Settings {
    pub(crate) fn is_on(&self, switch: Switch) -> bool {
        !self.off.contains(&switch)
    }

    pub(crate) fn set(&mut self, switch: Switch, is_on: bool) {
        self.off.retain(|off| *off != switch);
        if !is_on {
            self.off.push(switch);
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
            off: Vec::new(),
            verification: Verification::default(),
        }
    }
}

/// What the administrators of PyPI can switch off. Everything is on at first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Attestations; when off they are ignored.
    Attestations,
    /// The creation of projects.
    NewProjects,
    /// The exchange of ID tokens.
    TrustedPublishing,
    /// Uploads.
    Uploads,
    /// Every change: off is the read-only mode.
    Writes,
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

type Closure = Arc<dyn Fn(&Attestation, &Publisher) -> Result<(), String> + Send + Sync>;

#[derive(Clone, Default)]
enum Judge {
    #[default]
    Accept,
    Deny,
    Closure(Closure),
}

impl Verification {
    /// Accepts every signature, as Warehouse's own development service does.
    pub fn none() -> Self {
        Self(Judge::Accept)
    }

    /// Refuses every signature.
    pub fn deny() -> Self {
        Self(Judge::Deny)
    }

    /// Asks the caller. The text of an error stands in the refusal, after `Verification failed: `.
    pub fn by(
        judge: impl Fn(&Attestation, &Publisher) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self(Judge::Closure(Arc::new(judge)))
    }

    pub(crate) fn judge(
        &self,
        attestation: &Attestation,
        publisher: &Publisher,
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
            Judge::Accept => "Verification::none",
            Judge::Deny => "Verification::deny",
            Judge::Closure(_) => "Verification::by",
        })
    }
}
