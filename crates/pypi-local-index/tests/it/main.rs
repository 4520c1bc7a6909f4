//! A real index on loopback, asked by a client that writes its requests byte by byte.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod client;
mod recorded;
mod server;
mod simple;
mod trusted;
mod upload;
