//! Trusted publishing: ID tokens of GitHub Actions, and their exchange for API tokens.

mod identity;
mod key;
mod mint;
mod publisher;
mod runner;

pub use identity::GitHubIdentity;
pub use publisher::Publisher;

pub(crate) use key::Key;
pub(crate) use mint::{AUDIENCE, burn, mint};
pub(crate) use runner::{Runner, discovery, id_token};
