//! Publishes Python distributions to PyPI, and to indexes like it, with trusted publishing.
//!
#![cfg_attr(feature = "reqwest", doc = "```no_run")]
#![cfg_attr(not(feature = "reqwest"), doc = "```ignore")]
//! use pypi_trusted_upload::{BlockingClient, Dists, Environment, Publisher};
//!
//! let report = Publisher::pypi()
//!     .trusted_publishing(Environment::from_process())
//!     .publish(Dists::read_dir("dist")?, &BlockingClient::new()?)?;
//! for file in report.files() {
//!     println!("{}: {}", file.filename(), file.outcome());
//! }
//! assert!(report.is_success());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Publisher`] plans, exchanges the CI job's identity for a short-lived API token, uploads each file, verifies by
//! sha256 that the index shows it, burns the token and gives a [`Report`]. What can be known before the network is in the
//! [`Plan`]; what happens on the way goes to an [`Observer`].
//!
//! Any HTTP client will do: implement [`Transport`] or [`AsyncTransport`], or step the [`Publication`] by hand.
//!
//! **In scope:** the one path from files on disk to files on an index. **Out of scope:** building distributions, reading
//! the process environment unasked, printing and logging.
//!
//! The crates that do the work are here under short names: [`attestations`], [`metadata`], [`publish`],
//! [`transport`], [`trusted_publisher`], [`upload`], [`versioning`]. So are [`http`] and [`url`], whose types are in their signatures.
//!
//! # Crate features
//!
//! - **attestations** (default) – sends the PEP 740 attestations that lie beside the distributions.
//! - **requirements** (default) – checks `Requires-Dist` with `pep508_rs`.
//! - **rustls** (default) – `AsyncClient` and `BlockingClient` transports, with TLS by rustls, ring and the system's certificates.
//! - **reqwest** – the same transports without TLS.
//! - **aws-lc**, **native-tls** – TLS by rustls and aws-lc-rs, or by the system's library. `rustls` is used if it is on too: turn
//!   off the default features.
//! - **http2** – HTTP/2 with servers that offer it. One large body is 10-20 % slower over it.
//! - **system-proxy** – `ClientOptions::system_proxy`; without it proxies are what the caller sets.
//! - **reqwest-client** – `from_reqwest`: the transports over a `reqwest::Client` of your own, outside of the promise of stability.
//! - **tracing** – `publish::TracingObserver` and `transport::Traced`, which report events and requests to `tracing`.
//! - **git** – versions from a git checkout, in [`versioning`].
//! - **sign** – signs attestations with Sigstore, in `attestations`.
//! - **verify** – verifies attestations offline, in `attestations`.

#[cfg(feature = "attestations")]
pub use pypi_attestations as attestations;
pub use pypi_http as transport;
pub use pypi_metadata as metadata;
pub use pypi_publish as publish;
pub use pypi_trusted_publisher as trusted_publisher;
pub use pypi_upload as upload;
pub use pypi_versioning as versioning;

#[cfg(feature = "reqwest")]
pub use pypi_http::{AsyncClient, BlockingClient};
pub use pypi_http::{AsyncTransport, RetryPolicy, Secret, Transport, drive, drive_async};
pub use pypi_metadata::Severity;
#[cfg(feature = "sign")]
pub use pypi_publish::{Attest, SignAll};
pub use pypi_publish::{
    CredentialChain, DistSource, Dists, Error, ErrorKind, Event, FileAttestation, FileReport, Next,
    Observer, Order, Plan, PlannedFile, Problem, Publication, Publisher, Report, Task,
};
pub use pypi_trusted_publisher::{ApiToken, Environment};
pub use pypi_upload::{Existing, Index, Outcome};
pub use {http, url};

#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../../../README.md")]
struct RootReadme;
