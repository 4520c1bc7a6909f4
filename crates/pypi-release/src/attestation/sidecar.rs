//! Attestations in files beside the distributions.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::attestations::PredicateType;

use super::MAX_DOCUMENT;
use crate::{console::Console, failure::Failure, files};

/// The path of the sidecar file that contains an attestation of this type for the distribution at `path`.
pub(crate) fn sidecar(path: &Path, predicate: PredicateType) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(predicate.sidecar_suffix());
    name.into()
}

/// Whether a file of `dist/*` is an attestation, by its name.
pub(crate) fn is_attestation(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "attestation")
}

/// Whether a file of `dist/*` is about the distributions beside it: an attestation, or their digests.
pub(crate) fn is_beside(path: &Path) -> bool {
    is_attestation(path) || path.file_name().is_some_and(|name| name == "SHA256SUMS")
}

/// Writes an attestation at once, and says so if another one was there.
pub(crate) fn write_sidecar(path: &Path, json: &str, console: &Console) -> Result<(), Failure> {
    let before = files::read_if_present(path, MAX_DOCUMENT)?;
    let is_changed = files::write(path, json)?;
    let shown = path.display();
    match before {
        Some(_) if is_changed => console.note(format_args!(
            "warning: {shown} contained another attestation: it is replaced"
        )),
        _ => console.detail(format_args!("wrote {shown}")),
    }
    Ok(())
}
