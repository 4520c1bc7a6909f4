//! Publishes Python distributions: the crates of this workspace put to work together.
//!
//! ```
//! use pypi_publish::{Dists, Publisher};
//!
//! let plan = Publisher::test_pypi().plan(Dists::read(["no-such-file.whl"]));
//! assert!(!plan.is_publishable());
//! ```
//!
//! A [`Publisher`] plans, exchanges the CI job's identity for a short-lived API token, uploads each file, verifies by
//! sha256 that the index shows it, burns the token and returns a [`Report`]. Everything that can be known before the
//! network is in the [`Plan`]; everything that happens on the way goes to an [`Observer`].
//!
//! **In scope:** the path from files on disk, or bytes in memory, to files on an index. **Out of scope:** building distributions, reading
//! the process environment, printing and logging. Applications use the facade `pypi-trusted-upload`.
//!
//! # Crate features
//!
//! - **attestations** – sends the PEP 740 attestations that are stored beside the distributions.
//! - **sign** – compares their certificates with the job before anything is sent, and signs what has none.
//! - **tracing** – `TracingObserver`, which reports each event to `tracing`.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attestation;
mod credentials;
mod disk;
mod dist_source;
mod dists;
mod driver;
mod error;
mod event;
mod limit;
mod plan;
mod problem;
mod publication;
mod publisher;
mod report;
mod settings;
#[cfg(feature = "sign")]
mod sign;
mod task;
#[cfg(feature = "tracing")]
mod tracing_observer;

pub use attestation::{FileAttestation, Source};
pub use credentials::CredentialChain;
pub use dist_source::DistSource;
pub use dists::Dists;
pub use error::{Error, ErrorKind};
pub use event::{Event, Observer, Operation};
pub use plan::{Plan, PlannedFile};
pub use problem::Problem;
pub use publication::{Next, Publication};
pub use publisher::Publisher;
pub use report::{FileReport, Report, SCHEMA_VERSION};
pub use settings::{JOBS, Order, TIMEOUT};
#[cfg(feature = "sign")]
#[cfg_attr(docsrs, doc(cfg(feature = "sign")))]
pub use sign::{Attest, SignAll};
pub use task::{Finished, Task};
#[cfg(feature = "tracing")]
pub use tracing_observer::TracingObserver;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
