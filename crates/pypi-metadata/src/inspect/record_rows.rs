//! The rows of `RECORD` against the members of a wheel.

use std::{
    collections::HashMap,
    io::{Read, Seek},
};

use super::{Archive, is_unsafe, record, some};
use crate::{
    Finding,
    archive::zipfile::{Directory, Entry, ZipError},
};

/// The most bytes unpacked in all, to compare checksums.
const MAX_UNPACKED: u64 = crate::MAX_UNPACKED;

/// `RECORD` against the archive: PyPI takes a wheel where they differ and writes to its owners; installers may refuse it.
pub(super) fn compare(
    archive: &mut Archive,
    directory: &Directory,
    dist_info: &str,
    rows: &[record::Row],
    reader: &mut (impl Read + Seek),
) {
    let listed: std::collections::HashSet<&str> =
        rows.iter().map(|row| row.path.as_str()).collect();
    let there: std::collections::HashSet<&str> = directory.files().collect();
    let mut unlisted: Vec<&str> = there
        .difference(&listed)
        .copied()
        .filter(|path| !record::is_unlisted(path, dist_info))
        .collect();
    let mut absent: Vec<&str> = listed.difference(&there).copied().collect();
    unlisted.sort_unstable();
    absent.sort_unstable();
    if !unlisted.is_empty() {
        let message = format!("RECORD does not list {}", some(unlisted));
        archive.advise(
            "record-unlisted",
            message,
            "build the wheel again; do not add files to it by hand",
        );
    }
    if !absent.is_empty() {
        let message = format!(
            "RECORD lists {}, which the wheel does not have",
            some(absent)
        );
        archive.advise(
            "record-absent",
            message,
            "build the wheel again; do not remove files from it by hand",
        );
    }
    let rows: HashMap<&str, &record::Row> =
        rows.iter().map(|row| (row.path.as_str(), row)).collect();
    let mut left = MAX_UNPACKED;
    let mut wrong = Vec::new();
    for entry in &directory.entries {
        let row = entry.name.as_deref().and_then(|name| rows.get(name));
        let Some(after) = left.checked_sub(entry.cost()) else {
            let message = format!(
                "the members after the first {MAX_UNPACKED} bytes were not compared with RECORD"
            );
            archive.advise("record-not-judged", message, "compare them by other means");
            break;
        };
        left = after;
        match agrees(row.copied(), entry, directory, reader) {
            Ok(true) => {}
            Ok(false) => wrong.extend(entry.name.as_deref()),
            Err(error) => {
                let message = format!("a member does not unpack: {error}");
                let finding = Finding::error("zip-damaged", None, message);
                archive
                    .content
                    .push(finding.with_help("build the wheel again: installers refuse this one"));
                break;
            }
        }
    }
    if !wrong.is_empty() {
        let message = format!("RECORD has another size or hash than {}", some(wrong));
        archive.advise(
            "record-hash",
            message,
            "build the wheel again: installers may refuse this one",
        );
    }
    let odd: Vec<&str> = directory
        .entries
        .iter()
        .filter_map(|entry| entry.name.as_deref())
        .filter(|name| is_unsafe(name))
        .collect();
    if !odd.is_empty() {
        let message = format!(
            "members lead out of the folder that the wheel is unpacked into: {}",
            some(odd)
        );
        archive.advise(
            "archive-unsafe",
            message,
            "build the wheel again: installers refuse this one",
        );
    }
}

/// Whether the size and the hash in a member's row are its own. Unpacks it in any case, for its checksum.
fn agrees(
    row: Option<&record::Row>,
    entry: &Entry,
    directory: &Directory,
    reader: &mut (impl Read + Seek),
) -> Result<bool, ZipError> {
    #[cfg(feature = "digests")]
    {
        let mut digest = super::digest::Digest::of(row.map_or("", |row| &row.hash));
        entry.chunks(directory, reader, |chunk| digest.update(chunk))?;
        if !digest.agrees() {
            return Ok(false);
        }
    }
    #[cfg(not(feature = "digests"))]
    entry.chunks(directory, reader, |_| {})?;
    Ok(row.is_none_or(|row| row.size.is_empty() || row.size.parse() == Ok(entry.size)))
}
