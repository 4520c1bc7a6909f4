//! The exchange and the burn, with scripted answers and no server.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod burn;
mod exchange;
mod script;
