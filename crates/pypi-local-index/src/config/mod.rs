//! What an index is configured with.

pub(crate) mod account;
pub(crate) mod builder;
pub(crate) mod clock;
pub(crate) mod fault;
pub(crate) mod identity;
pub(crate) mod issuer;
pub(crate) mod profile;
pub(crate) mod scenario;
pub(crate) mod settings;
