//! What the crate promises to its users.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod documented;
mod download;
mod existing;
mod form;
mod listing;
mod provenance;
mod sent;
mod upload;
mod verify;
