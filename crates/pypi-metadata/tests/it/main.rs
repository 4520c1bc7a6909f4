//! What the crate promises to its users.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod checks;
mod distributions;
mod fields;
mod hostile;
mod properties;
mod pyproject;
