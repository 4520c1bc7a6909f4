//! The attestations that are stored beside a distribution, or given with it.

use pypi_metadata::Filename;
use pypi_upload::Digests;

use crate::{DistSource, FileAttestation};

/// The attestations of a distribution, at most one of each predicate type.
#[cfg(feature = "attestations")]
pub(crate) fn read(
    source: &DistSource,
    filename: &Filename,
    digests: &Digests,
) -> Result<Vec<FileAttestation>, String> {
    use pypi_attestations::Attestation;

    use crate::attestation::Source;

    let beside = source.as_path().map_or(Ok(Vec::new()), beside)?;
    let beside = beside
        .iter()
        .map(|(name, json)| (name.as_str(), json.as_slice(), Source::Sidecar));
    let given = source.attestations.iter();
    let given = given.map(|json| ("the attestation", &json[..], Source::Given));
    let mut found: Vec<FileAttestation> = Vec::new();
    for (name, json, from) in beside.chain(given) {
        let invalid = |error| format!("{name}: {error}");
        let attestation = Attestation::parse(json).map_err(invalid)?;
        let is_name = |subject: &str| {
            Filename::parse(subject).is_ok_and(|subject| subject.is_same_distribution(filename))
        };
        attestation
            .check(is_name, digests.sha256())
            .map_err(invalid)?;
        let attestation = FileAttestation::new(&attestation, from);
        let predicate = attestation.predicate();
        if found.iter().any(|other| other.predicate() == predicate) {
            return Err(format!(
                "two attestations have predicate type {predicate:?}, expected one of each"
            ));
        }
        found.push(attestation);
    }
    Ok(found)
}

/// The attestations in files beside the distribution at `path`, with the names of the files.
#[cfg(feature = "attestations")]
fn beside(path: &std::path::Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    use std::{io::ErrorKind, path::Path};

    use pypi_attestations::{MAX_ATTESTATION, PredicateType};
    use pypi_http::read_file;

    let mut found = Vec::new();
    for predicate in PredicateType::ALL {
        let mut sidecar = path.as_os_str().to_owned();
        sidecar.push(predicate.sidecar_suffix());
        let sidecar = Path::new(&sidecar);
        let name = sidecar.file_name().unwrap_or_default().to_string_lossy();
        let json = match read_file(sidecar, MAX_ATTESTATION as u64) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            result => result.map_err(|error| format!("{name}: {error}"))?,
        };
        found.push((name.into_owned(), json));
    }
    Ok(found)
}

#[cfg(not(feature = "attestations"))]
#[expect(clippy::unnecessary_wraps, reason = "with attestations it can fail")]
pub(crate) fn read(
    _: &DistSource,
    _: &Filename,
    _: &Digests,
) -> Result<Vec<FileAttestation>, String> {
    Ok(Vec::new())
}
