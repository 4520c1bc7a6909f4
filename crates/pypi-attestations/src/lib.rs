//! PEP 740 attestations: the object, its checks against a distribution, and the form field of an upload.
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
//! **In scope:** the checks that PyPI makes before it verifies: the shape, one subject, its name and sha256, the predicate
//! type, at most two attestations of different types. **Out of scope:** Sigstore; nothing here makes or verifies a
//! signature.
//!
//! A pitfall of the standard: PyPI rejects the whole file when one of its attestations does not fit, and attestations
//! cannot be added later.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attestation;
mod error;
mod set;

pub use attestation::{Attestation, MAX_ATTESTATION, PredicateType};
pub use error::{Error, ErrorKind};
pub use set::{MAX_ATTESTATIONS, form_value};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
