//! What the crate promises to its users.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod folder;
mod local_index;
mod plan;
mod transcript;
