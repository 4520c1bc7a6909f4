//! Trusted publishing: ID tokens of CI providers, and their exchange for API tokens.

pub(crate) mod keys;
pub(crate) mod mint;
pub(crate) mod runner;

pub use crate::config::identity::Identity;
pub use crate::warehouse::publisher::TrustedPublisher;
pub use keys::Signing;

pub(crate) use crate::config::issuer::Issuer;
pub(crate) use keys::Keys;
pub(crate) use mint::{burn, mint};
pub(crate) use runner::{Runner, Signer, discovery};
