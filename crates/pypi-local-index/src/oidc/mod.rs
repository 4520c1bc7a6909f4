//! Trusted publishing: ID tokens of CI providers, and their exchange for API tokens.

mod identity;
mod issuer;
mod key;
mod mint;
mod publisher;
mod runner;

pub use identity::Identity;
pub use key::Signing;
pub use publisher::TrustedPublisher;

pub(crate) use issuer::Issuer;
pub(crate) use key::Keys;
pub(crate) use mint::{burn, mint};
pub(crate) use runner::{Runner, Signer, discovery};
