//! The clients behind proxies and with certificates of their own, against servers on loopback.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod client;
mod http2;
mod proxies;
#[path = "../support/mod.rs"]
mod support;
mod tls;
