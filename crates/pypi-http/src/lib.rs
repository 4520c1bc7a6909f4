//! Flows without I/O for clients of Python indexes, and the transports that run them.
//!
//! A protocol is a [`Flow`]: it asks for requests, commands and pauses, and is given the replies. [`drive`] and [`drive_async`] run
//! a flow over a [`Transport`] or an [`AsyncTransport`]. Retries, times and secrets are values in the flow, so every
//! transport behaves alike and a test needs no server.
//!
//! ```
//! use http::{HeaderMap, Method, StatusCode};
//! use pypi_http::{Body, Call, Reply, RetryPolicy, Transport, TransportError, drive, request};
//!
//! struct Canned;
//! impl Transport for Canned {
//!     fn send(&self, _: http::Request<Body>) -> Result<Reply, TransportError> {
//!         Ok(Reply::new(StatusCode::OK, HeaderMap::new(), b"hello".to_vec()))
//!     }
//! }
//!
//! let page = request(Method::GET, &"https://index.example/simple/".parse()?, "*/*", Body::default());
//! let reply = drive(Call::new(page, RetryPolicy::default()), &Canned)??;
//! assert_eq!(reply.body(), b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **In scope:** the flow and transport traits, one request with its retries ([`Call`]), programs run for their output, bodies of known length with file
//! parts, replies with a bounded body, secrets that do not print, and the rule that a secret travels over https or
//! loopback only. **Out of scope:** any protocol (see `pypi-upload` and `pypi-trusted-publisher`), cookies, redirects,
//! caches.
//!
//! # Crate features
//!
//! - **reqwest** – `AsyncClient` and `BlockingClient`, over HTTP/1.1, without TLS.
//! - **rustls** – the same with TLS by rustls, ring and the system's certificates.
//! - **aws-lc** – TLS by rustls and aws-lc-rs instead.
//! - **native-tls** – TLS by the system's library instead. Of several the first in this list is used, so that a crate which
//!   turns on another one does not change the client of its neighbours.
//! - **http2** – HTTP/2 with servers that offer it. One large body is 10-20 % slower over it.
//! - **system-proxy** – `ClientOptions::system_proxy`: the proxies of the environment and the system's settings.
//! - **reqwest-client** – `from_reqwest`: a client over a `reqwest::Client` of your own. It is outside of this crate's promise
//!   of stability.
//! - **tracing** – `Traced`: a transport that reports requests, commands and pauses to `tracing`.
//! - **testing** – `testing`: a transport that replies from a list, for tests of flows, and `transport_conformance`, which
//!   checks a transport.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod call;
mod cancel;
#[cfg(feature = "reqwest")]
mod client;
mod clock;
mod command;
mod deadline;
mod driver;
mod error;
mod file;
mod flow;
mod redact;
mod reply;
mod request;
mod retry;
mod secret;
mod stamp;
#[cfg(feature = "testing")]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
pub mod testing;
#[cfg(feature = "tracing")]
mod traced;
mod transport;

pub use body::{Body, BodyReader, Open, Part, Progress};
pub use call::{Call, failure};
pub use cancel::CancelToken;
#[cfg(feature = "reqwest")]
pub use client::{
    AsyncClient, BlockingClient, ClientError, ClientErrorKind, ClientOptions, Proxy, Timeouts,
};
pub use clock::Clock;
pub use command::{Command, CommandOutput, MAX_COMMAND_ERROR, MAX_COMMAND_OUTPUT};
pub use deadline::Deadline;
pub use driver::{drive, drive_async, drive_async_until, drive_until};
pub use error::{TransportError, TransportErrorKind};
pub use file::{open_file, read_file};
pub use flow::{Flow, Step};
pub use redact::Redactor;
pub use reply::{MAX_REPLY_BODY, Reply, ReplyLimit};
pub use request::{RequestError, USER_AGENT, authorize, is_secure, request};
pub use retry::{LONGEST_RETRY_AFTER, Retry, RetryPolicy, is_transient};
pub use secret::Secret;
pub use stamp::FileStamp;
#[cfg(feature = "tracing")]
pub use traced::Traced;
pub use transport::{AsyncTransport, Transport};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
