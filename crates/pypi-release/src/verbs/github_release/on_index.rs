//! Whether the index has the distributions of the release.

use std::collections::BTreeMap;

use pypi_trusted_upload::{
    Index, RetryPolicy, Transport,
    metadata::Filename,
    transport::{CancelToken, drive_until},
    upload::{Listed, Lookup},
};

use super::asset::File;
use crate::failure::{Exit, Failure};

/// An error unless the index lists each distribution with its sha256: a release announces what can be installed.
pub(super) fn check<T: Transport>(
    index: &Index,
    distributions: &[File],
    transport: &T,
    cancel: &CancelToken,
) -> Result<(), Failure> {
    let mut projects: BTreeMap<String, Vec<&File>> = BTreeMap::new();
    for file in distributions {
        let filename = Filename::parse(&file.filename)?;
        projects
            .entry(filename.name().normalized().to_owned())
            .or_default()
            .push(file);
    }
    for (project, files) in projects {
        let Some(lookup) = Lookup::new(index, &project, RetryPolicy::default()) else {
            return Err(Failure::usage(
                "the simple API of the index is not known: give --simple-url, or --even-if-unpublished",
            ));
        };
        let listing = drive_until(lookup, transport, cancel).map_err(|error| {
            let exit = match cancel.is_cancelled() {
                true => Exit::Interrupted,
                false => Exit::Unavailable,
            };
            Failure::of(exit, &error)
        })?;
        for file in files {
            let problem = match listing.compare(&file.filename, &file.sha256) {
                Listed::Same => continue,
                Listed::Different(sha256) => format!("has other bytes (sha256 {sha256}) of"),
                _ => "does not list".to_owned(),
            };
            let message = format!(
                "{} {problem} {:?}: publish it first, run again if it was published a moment ago, or use --even-if-unpublished",
                index.label(),
                file.filename
            );
            return Err(Failure::new(Exit::Refused, message));
        }
    }
    Ok(())
}
