//! Attestations: what the verbs that sign, verify and show them have in common.

mod document;
mod expected;
mod facts;
mod judge;
mod problem;
mod sidecar;
mod sigstore;

pub(crate) use document::{Document, MAX_DOCUMENT, publisher};
pub(crate) use expected::{IdentityArguments, of_job};
pub(crate) use facts::Facts;
pub(crate) use judge::{Judge, RootArguments};
pub(crate) use problem::Problem;
pub(crate) use sidecar::{is_attestation, is_beside, sidecar, write_sidecar};
pub(crate) use sigstore::SigstoreArguments;

/// The version of the JSON documents about attestations.
pub(crate) const SCHEMA_VERSION: u32 = 1;
