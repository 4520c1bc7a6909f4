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
//! **In scope:** reading and checking what PyPI reads and checks before it verifies: the shape, one subject, its name
//! and sha256, the predicate type, at most two of different types. **Out of scope:** Sigstore; nothing here verifies
//! or makes a signature.
//!
//! A trap of the standard: a file is refused as a whole when one of its attestations does not fit, and attestations
//! cannot be added later.

mod attestation;
mod error;
mod set;

pub use attestation::{Attestation, MAX_ATTESTATION, PredicateType};
pub use error::{Error, ErrorKind};
pub use set::{MAX_ATTESTATIONS, form_value};
