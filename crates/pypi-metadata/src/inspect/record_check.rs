//! The rows of `RECORD` against the members of a wheel.

use std::{
    collections::{HashMap, HashSet},
    io::{Read, Seek},
};

use super::{
    findings::{ArchiveFindings, is_unsafe, listed},
    record::{self, Row},
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
    rows: &[Row],
    reader: &mut (impl Read + Seek),
) {
    compare_names(archive, directory, dist_info, rows);
    let rows: HashMap<&str, &Row> = rows.iter().map(|row| (row.path.as_str(), row)).collect();
    let mut left = MAX_UNPACKED;
    let mut wrong = Vec::new();
    for entry in &directory.entries {
        let row = entry.name.as_deref().and_then(|name| rows.get(name));
        let Some(after) = left.checked_sub(entry.cost()) else {
            let message = format!(
                "the members after the first {MAX_UNPACKED} bytes were not compared with RECORD"
            );
            let help = "compare them by other means";
            archive.advise(&rules::RECORD_NOT_JUDGED, message, help);
            break;
        };
        left = after;
        match matches(row.copied(), entry, directory, reader) {
            Ok(true) => {}
            Ok(false) => wrong.extend(entry.name.as_deref()),
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
    let names = directory.entries.iter();
    let outside: Vec<&str> = names
        .filter_map(|entry| entry.name.as_deref())
        .filter(|name| is_unsafe(name))
        .collect();
    if !outside.is_empty() {
        archive.advise(
            &rules::ARCHIVE_UNSAFE,
            format!(
                "members would be unpacked outside the target folder: {}",
                listed(outside)
            ),
            "build the wheel again: installers reject it",
        );
    }
}

fn compare_names(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    dist_info: &str,
    rows: &[Row],
) {
    let in_record: HashSet<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let in_wheel: HashSet<&str> = directory.files().collect();
    let mut unlisted: Vec<&str> = in_wheel
        .difference(&in_record)
        .copied()
        .filter(|path| !record::is_unlisted(path, dist_info))
        .collect();
    let mut absent: Vec<&str> = in_record.difference(&in_wheel).copied().collect();
    unlisted.sort_unstable();
    absent.sort_unstable();
    if !unlisted.is_empty() {
        archive.advise(
            &rules::RECORD_UNLISTED,
            format!("RECORD does not list {}", listed(unlisted)),
            "build the wheel again; do not add files to it by hand",
        );
    }
    if !absent.is_empty() {
        archive.advise(
            &rules::RECORD_ABSENT,
            format!(
                "RECORD lists files that are not in the wheel: {}",
                listed(absent)
            ),
            "build the wheel again; do not remove files from it by hand",
        );
    }
}

/// Whether a member has the size and hash of its row. Unpacks it in any case, to compare its checksum.
fn matches(
    row: Option<&Row>,
    entry: &Entry,
    directory: &Directory,
    reader: &mut (impl Read + Seek),
) -> Result<bool, ZipError> {
    #[cfg(feature = "digests")]
    {
        let mut digest = super::digest::Digest::expecting(row.map_or("", |row| &row.hash));
        entry.chunks(directory, reader, |chunk| digest.update(chunk))?;
        if !digest.matches() {
            return Ok(false);
        }
    }
    #[cfg(not(feature = "digests"))]
    entry.chunks(directory, reader, |_| {})?;
    Ok(row.is_none_or(|row| row.size.is_empty() || row.size.parse() == Ok(entry.size)))
}
