//! Attestations: what the verbs that sign, verify and show them have in common.

mod document;
mod expected;
mod facts;
mod judge;
mod problem;

pub(crate) use document::{Document, publisher};
pub(crate) use expected::{IdentityArguments, of_job};
pub(crate) use facts::Facts;
pub(crate) use judge::{Judge, RootArguments};
pub(crate) use problem::Problem;

use std::path::{Path, PathBuf};

use pypi_trusted_upload::attestations::PredicateType;

/// The version of the JSON documents about attestations.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// The path of the sidecar file that contains an attestation of this type for the distribution at `path`.
pub(crate) fn sidecar(path: &Path, predicate: PredicateType) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(predicate.sidecar_suffix());
    name.into()
}

/// Whether a file of `dist/*` is about the distributions beside it: an attestation, or their digests.
pub(crate) fn is_beside(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "attestation")
        || path.file_name().is_some_and(|name| name == "SHA256SUMS")
}
