//! Tests of the public API.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod accepted;
mod checks;
mod distributions;
mod fields;
mod form;
mod hostile;
mod import_names;
mod limits;
mod properties;
mod pyproject;
mod release;
mod requirements;
mod rules;
mod tags;
