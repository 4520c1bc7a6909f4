//! Attestations in files beside the distributions.

use std::path::Path;

use pypi_metadata::Filename;
use pypi_upload::Digests;

use crate::FileAttestation;

/// The attestations that are stored beside the distribution at `path`, at most one of each predicate type.
#[cfg(feature = "attestations")]
pub(crate) fn read(
    path: &Path,
    filename: &Filename,
    digests: &Digests,
) -> Result<Vec<FileAttestation>, String> {
    use std::io::{ErrorKind, Read as _};

    use pypi_attestations::{Attestation, MAX_ATTESTATION, PredicateType};

    use crate::{attestation::Source, disk::open};

    let mut found = Vec::new();
    for predicate in PredicateType::ALL {
        let mut sidecar = path.as_os_str().to_owned();
        sidecar.push(predicate.sidecar_suffix());
        let sidecar = Path::new(&sidecar);
        let name = sidecar.file_name().unwrap_or_default().to_string_lossy();
        let file = match open(sidecar) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            result => result.map_err(|error| format!("{name}: {error}"))?,
        };
        let mut json = Vec::new();
        file.take(MAX_ATTESTATION as u64 + 1)
            .read_to_end(&mut json)
            .map_err(|error| format!("{name}: {error}"))?;
        let attestation = Attestation::parse(&json).map_err(|error| format!("{name}: {error}"))?;
        let is_name = |subject: &str| {
            Filename::parse(subject).is_ok_and(|subject| subject.is_same_distribution(filename))
        };
        attestation
            .check(is_name, digests.sha256())
            .map_err(|error| format!("{name}: {error}"))?;
        found.push(FileAttestation::new(&attestation, Source::Sidecar));
    }
    match found.as_slice() {
        [first, second] if first.predicate() == second.predicate() => Err(format!(
            "two attestations have predicate type {:?}, expected one of each",
            first.predicate()
        )),
        _ => Ok(found),
    }
}

#[cfg(not(feature = "attestations"))]
#[expect(clippy::unnecessary_wraps, reason = "with attestations it can fail")]
pub(crate) fn read(_: &Path, _: &Filename, _: &Digests) -> Result<Vec<FileAttestation>, String> {
    Ok(Vec::new())
}
