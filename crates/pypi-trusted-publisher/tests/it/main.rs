//! Providers, the exchange and the burn, with scripted answers and no server; agents as programs.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and writes the files that it reads"
)]

#[cfg(unix)]
mod agents;
mod burn;
mod exchange;
mod once;
mod providers;
mod refusals;
mod script;
mod secrets;
mod unsent;
