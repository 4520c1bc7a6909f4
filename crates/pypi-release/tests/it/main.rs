//! What the command promises to its users, run as they run it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod bump;
mod check;
mod command;
mod hostile;
mod links;
mod local_index;
mod publish;
mod route;
mod streams;
mod version;
