//! The rows of `RECORD` against the members of a wheel.

use std::io::{Read, Seek};

use super::{
    findings::{ArchiveFindings, is_unsafe, listed, listed_of},
    record::{Record, Row, Size},
};
use crate::{
    Finding, MAX_UNPACKED,
    archive::zipfile::{Directory, Entry, ZipError},
    rules,
};

/// PyPI accepts a wheel whose `RECORD` is wrong and writes to its owners; installers may reject it.
pub(super) fn compare(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    dist_info: &str,
    record: &Record<'_>,
    reader: &mut (impl Read + Seek),
) {
    compare_names(archive, dist_info, record);
    if archive.has_ratio() {
        let message = "the members were not compared with RECORD, because they unpack to too much";
        archive.advise(&rules::RECORD_NOT_JUDGED, message, OTHERWISE);
    } else {
        compare_contents(archive, directory, record, reader);
    }
    let outside = directory.names().filter(|name| is_unsafe(name));
    archive.advise_outside(
        outside.collect(),
        "build the wheel again: installers reject it",
    );
}

const OTHERWISE: &str = "compare them by other means";

fn compare_contents(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    record: &Record<'_>,
    reader: &mut (impl Read + Seek),
) {
    let mut left = MAX_UNPACKED;
    let mut wrong = Vec::new();
    for entry in &directory.entries {
        let name = directory.name(entry);
        let row = name.and_then(|name| record.get(name));
        let Some(after) = left.checked_sub(entry.cost()) else {
            let message = format!(
                "the members after the first {MAX_UNPACKED} bytes were not compared with RECORD"
            );
            archive.advise(&rules::RECORD_NOT_JUDGED, message, OTHERWISE);
            break;
        };
        left = after;
        match matches(row, entry, directory, reader) {
            Ok(true) => {}
            Ok(false) => wrong.extend(name),
            Err(error) => {
                let message = format!("a member cannot be unpacked: {error}");
                let finding = Finding::new(&rules::ZIP_DAMAGED, message)
                    .with_help("build the wheel again: installers reject it");
                archive.content.push(finding);
                break;
            }
        }
    }
    if !wrong.is_empty() {
        archive.advise(
            &rules::RECORD_HASH,
            format!("RECORD has a different size or hash for {}", listed(wrong)),
            "build the wheel again: installers may reject it",
        );
    }
}

fn compare_names(archive: &mut ArchiveFindings, dist_info: &str, record: &Record<'_>) {
    let unlisted = record.unlisted(dist_info);
    if !unlisted.is_empty() {
        archive.advise(
            &rules::RECORD_UNLISTED,
            format!("RECORD does not list {}", listed(unlisted)),
            "build the wheel again; do not add files to it by hand",
        );
    }
    let absent = &record.absent;
    if absent.count() > 0 {
        let first = absent.first.iter().map(String::as_str);
        archive.advise(
            &rules::RECORD_ABSENT,
            format!(
                "RECORD lists files that are not in the wheel: {}",
                listed_of(first, absent.count(), absent.is_more)
            ),
            "build the wheel again; do not remove files from it by hand",
        );
    }
}

/// Whether a member has the size and hash of its row. Unpacks it in any case, to compare its checksum.
fn matches(
    row: Option<Row>,
    entry: &Entry,
    directory: &Directory,
    reader: &mut (impl Read + Seek),
) -> Result<bool, ZipError> {
    #[cfg(feature = "digests")]
    {
        let mut digest = super::digest::Digest::expecting(row.map(|row| row.hash));
        entry.chunks(directory, reader, |chunk| digest.update(chunk))?;
        if !digest.matches() {
            return Ok(false);
        }
    }
    #[cfg(not(feature = "digests"))]
    entry.chunks(directory, reader, |_| {})?;
    Ok(row.is_none_or(|row| match row.size {
        Size::Unknown => true,
        Size::Is(size) => size == entry.size,
        Size::Invalid => false,
    }))
}
