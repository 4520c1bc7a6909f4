//! The archive of an sdist that ends in `.zip`.

use std::io::{Read, Seek};

use super::{
    findings::{ArchiveFindings, top_level},
    zip,
};
use crate::rules;

/// # Source
///
/// Warehouse, 2026-08-21: it checks the archive, and then rejects the name, because PEP 625 requires `.tar.gz`.
pub(super) fn inspect(reader: &mut (impl Read + Seek)) -> ArchiveFindings {
    let mut archive = ArchiveFindings::default();
    let Some(directory) = zip::open(&mut archive, reader) else {
        return archive;
    };
    match top_level(directory.names()) {
        Some(top) => {
            let path = format!("{top}/PKG-INFO");
            if directory.find(&path).is_none() {
                archive.reject(
                    &rules::SDIST_NO_PKG_INFO,
                    format!("the archive has no {path:?}"),
                    &format!("PKG-INFO not found at {path}"),
                    None,
                );
            }
        }
        None => archive.reject(
            &rules::SDIST_TOP_LEVEL,
            "the archive has more than one top folder",
            "Incorrect number of top-level directories in sdist",
            None,
        ),
    }
    zip::sources(&mut archive, &directory, reader);
    zip::records(&mut archive, &directory, reader);
    archive
}
