//! PEP 740 attestations of Python distributions: read, convert, check, verify offline, and sign.
//!
//! ```
//! use pypi_attestations::{Attestation, ErrorKind, PredicateType};
//!
//! assert_eq!(PredicateType::Publish.sidecar_suffix(), ".publish.attestation");
//!
//! let error = Attestation::parse(br#"{"version": 2}"#).expect_err("only version 1 exists");
//! assert_eq!(error.kind(), ErrorKind::Version);
//! assert_eq!(error.to_string(), "the attestation has version 2, expected 1");
//! ```
//!
//! **In scope:** the checks that PyPI makes before it verifies: the shape, one subject, its name and sha256, the
//! predicate type, at most two attestations of different types; statements, Sigstore bundles, provenance objects, sidecar
//! files; with the feature `verify` the verification itself; and with the feature `sign` signatures by Sigstore, as flows
//! without I/O. **Out of scope:** obtaining an ID token, see `pypi-trusted-publisher`, and the network.
//!
//! - [`Attestation`] is the object; [`Attestation::check`] compares its subject with a file.
//! - [`Statement`] is what an attestation signs, [`LogEntry`] where and when a transparency log recorded it.
//! - [`Provenance`] is what an index serves: attestations and the [`Identity`] of their publisher.
//! - [`Sidecars`] finds the attestations among the files of a folder; [`form_value`] is what an upload sends.
#![cfg_attr(
    feature = "verify",
    doc = "- [`Verifier`] verifies an attestation for a file and an identity; [`CertificateClaims`] is what its certificate says."
)]
#![cfg_attr(
    feature = "sign",
    doc = "- [`Certify`] requests a [`SigningCertificate`] of a [`Sigstore`] instance; [`Sign`] signs one file with it, and verifies the result."
)]
//!
//! Pitfalls:
//!
//! - PyPI rejects the whole file when one of its attestations does not fit, and attestations cannot be added later.
//! - A statement is signed as bytes. JSON that is equal is not the same statement.
//! - PyPI reads the first transparency log entry only, and numbers in it only as strings.
//! - A provenance object names its publisher. That is the index's word until the certificate has been verified.
//! - The public log shows the names of repository, workflow and file for ever, also those of a private repository.
//!
//! # Crate features
//!
//! None is enabled by default; without them the crate needs `base64`, `serde_json` and `thiserror`.
//!
//! - **verify** – `Verifier` and `Attestation::certificate_claims`, with `sigstore-verify` on `ring`.
//! - **sign** – `Sigstore`, `Certify` and `Sign`, as flows of `pypi-http`; implies `verify`.
//!
//! The minimum supported Rust version is 1.89.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attestation;
mod bundle;
mod error;
mod identity;
mod json;
mod log_entry;
mod predicate;
mod provenance;
mod set;
mod sidecar;
#[cfg(feature = "sign")]
mod sign;
mod statement;
#[cfg(feature = "verify")]
mod verify;

pub use attestation::{Attestation, MAX_ATTESTATION};
pub use error::{Error, ErrorKind};
pub use identity::Identity;
pub use log_entry::LogEntry;
pub use predicate::PredicateType;
pub use provenance::{AttestationBundle, MAX_PROVENANCE, Provenance};
pub use set::{MAX_ATTESTATIONS, form_value};
pub use sidecar::Sidecars;
#[cfg(feature = "sign")]
#[cfg_attr(docsrs, doc(cfg(feature = "sign")))]
pub use sign::{Certify, SIGN_BUDGET, Sign, SigningCertificate, Sigstore};
pub use statement::Statement;
#[cfg(feature = "verify")]
#[cfg_attr(docsrs, doc(cfg(feature = "verify")))]
pub use verify::{CertificateClaims, MAX_ENTRIES, Verifier};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
