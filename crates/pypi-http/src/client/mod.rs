//! The two transports over `reqwest`.

mod body;
mod client;

pub use client::{Async, Blocking, Settings, ShellError};
