//! The sans-I/O vocabulary of HTTP clients for Python indexes, and two transports over `reqwest`.
//!
//! A protocol is a [`Flow`]: it asks for requests to be sent and pauses to be made, and is told what came of them.
//! [`drive`] and [`drive_async`] run a flow over a [`Transport`] or an [`AsyncTransport`]; retries, times and secrets
//! are values in the flow, so every transport behaves alike and a test needs no server.
//!
//! ```
//! use pypi_http::{Body, Flow, Reply, Step, Transport, TransportError, drive};
//!
//! struct Canned;
//! impl Transport for Canned {
//!     fn send(&self, _: http::Request<Body>) -> Result<Reply, TransportError> {
//!         Ok(Reply::new(http::StatusCode::OK, http::HeaderMap::new(), b"hello".to_vec()))
//!     }
//! }
//! # struct Ask(Option<Vec<u8>>);
//! # impl Flow for Ask {
//! #     type Output = Vec<u8>;
//! #     type Error = TransportError;
//! #     fn step(&mut self) -> Result<Step<Vec<u8>>, TransportError> {
//! #         Ok(match self.0.take() {
//! #             Some(body) => Step::Done(body),
//! #             None => Step::send(http::Request::get("http://127.0.0.1/").body(Body::default()).unwrap()),
//! #         })
//! #     }
//! #     fn received(&mut self, reply: Result<Reply, TransportError>) {
//! #         self.0 = reply.ok().map(|reply| reply.body().to_vec());
//! #     }
//! # }
//! # let flow = Ask(None);
//! let body = drive(flow, &Canned)?;
//! assert_eq!(body, b"hello");
//! # Ok::<(), TransportError>(())
//! ```
//!
//! **In scope:** the flow and transport traits, bodies of known length with file parts, replies with a bounded body,
//! secrets that do not print, the retry policy, and the rule that a secret travels over https or loopback only.
//! **Out of scope:** any protocol (see `pypi-upload` and `pypi-trusted-publisher`), cookies, redirects, caches.
//!
//! # Crate features
//!
//! - **reqwest** – [`Async`] and [`Blocking`], over HTTP/1.1, without TLS.
//! - **rustls** – the same with TLS by rustls, ring and the system's certificates.
//! - **testing** – [`testing`]: a transport that answers from a list, for tests of flows.

mod body;
#[cfg(feature = "reqwest")]
mod client;
mod flow;
mod request;
mod retry;
mod secret;
#[cfg(feature = "testing")]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
pub mod testing;
mod transport;

pub use body::{Body, BodyReader, Part, Progress};
#[cfg(feature = "reqwest")]
pub use client::{Async, Blocking, Settings, ShellError};
pub use flow::{Flow, MAX_REPLY_BODY, Reply, ReplyLimit, Step, drive, drive_async};
pub use request::{RequestError, USER_AGENT, authorize, is_secure, request};
pub use retry::{LONGEST_RETRY_AFTER, RetryPolicy, is_transient};
pub use secret::Secret;
pub use transport::{AsyncTransport, Transport, TransportError, TransportErrorKind};
