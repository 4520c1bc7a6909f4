//! What the crate promises to its users.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod attest;
mod claims;
mod driver;
mod folder;
mod hand;
mod kinds;
mod local_index;
mod plan;
mod private;
mod profiles;
mod provider;
mod schedule;
mod selection;
#[cfg(feature = "sign")]
mod sign;
mod source;
mod stop;
mod token;
mod transcript;
