//! A real index on loopback, and a client that writes its requests byte by byte.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod attestations;
mod client;
mod control;
mod faults;
mod folder;
mod macaroons;
mod memory;
mod multipart;
mod pages;
mod paths;
mod reading;
mod remote;
mod seed_folder;
mod server;
#[cfg(feature = "sigstore")]
mod sigstore;
mod simple;
#[cfg(feature = "tls")]
mod tls;
mod trusted;
mod upload;
