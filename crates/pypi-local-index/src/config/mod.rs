//! The configuration of an index: values that callers build and every layer reads.
//!
//! This layer imports no other.

mod account;
mod admin_flag;
mod builder;
mod change;
mod clock;
mod fault;
#[cfg(feature = "scenario")]
mod fragment;
mod identity;
mod issuer;
mod profile;
mod project;
mod publisher;
mod route;
mod scenario;
mod settings;
mod signing;
mod verification;

pub use account::{Token, User};
pub use admin_flag::AdminFlag;
pub use builder::Builder;
pub use change::Change;
pub use clock::Clock;
pub use fault::Fault;
pub use identity::Identity;
pub use profile::Profile;
pub use project::Project;
pub use publisher::TrustedPublisher;
pub use route::Route;
pub use signing::Signing;
pub use verification::Verification;

pub(crate) use fault::{Effect, Moment, Replacement};
#[cfg(feature = "scenario")]
pub(crate) use fragment::Fragment;
pub(crate) use identity::Claims;
pub(crate) use issuer::Issuer;
pub(crate) use project::Status;
pub(crate) use publisher::{ActiveState, GitHub, GitLab, Google, PublisherKind};
#[cfg(feature = "sigstore")]
pub(crate) use route::{LOG_ENTRIES, TRUST_CONFIG};
pub(crate) use route::{RUNNER_GITHUB, is_log};
pub(crate) use scenario::{Scenario, Trust};
pub(crate) use settings::{MIB, Settings};
