//! The two transports over `reqwest`.

mod async_client;
mod body;

pub use async_client::{Async, Blocking, Settings, ShellError};
