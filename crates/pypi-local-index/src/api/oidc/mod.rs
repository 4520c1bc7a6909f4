//! Trusted publishing: ID tokens of CI jobs, and their exchange for API tokens.

mod issuer;
mod jwt;
mod keys;
mod mint;
mod runner;

pub(crate) use issuer::{discovery, key_set};
pub(crate) use keys::{Keys, Signer};
pub(crate) use mint::{audience, burn, mint};
pub(crate) use runner::Runner;
