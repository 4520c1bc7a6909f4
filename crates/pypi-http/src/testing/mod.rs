//! Tests of flows and of transports.
//!
//! - [`Script`] is a transport that replies from a list and records the requests, for tests of a flow. It opens no socket.
//! - [`transport_conformance`] and [`async_transport_conformance`] check that an implementation of
//!   [`Transport`](crate::Transport) or [`AsyncTransport`](crate::AsyncTransport) keeps the contract on which flows rely.
//!   They send its requests to servers of their own on 127.0.0.1.

mod conformance;
mod script;

pub use conformance::{
    Conformance, Failure, Rule, async_transport_conformance, transport_conformance,
};
pub use script::{Script, broken, output, reply};
