//! The checks that wheels and `.zip` sdists have in common.

use std::io::{Read, Seek, SeekFrom};

use super::{encryption, findings::ArchiveFindings};
use crate::{
    Finding, MAX_UNPACKED,
    archive::{
        tarball,
        zipfile::{self, Directory, ZipError},
    },
    rules,
};

/// The most bytes that an archive may unpack to whatever its size: 64 MiB. Above it, [`MAX_RATIO`] counts.
const RATIO_FROM: u64 = 64 * 1024 * 1024;

/// The most bytes that an archive may unpack to, per byte of the archive.
const MAX_RATIO: u64 = 50;

const AGAIN: &str = "build or download the distribution again";

/// Reads the central directory and checks the sizes and compression methods in it.
pub(super) fn open(
    archive: &mut ArchiveFindings,
    reader: &mut (impl Read + Seek),
) -> Option<Directory> {
    let directory = match Directory::read(reader) {
        Ok(directory) => directory,
        Err(error) => {
            unreadable(archive, &error);
            return None;
        }
    };
    if starts_as_tar(reader) {
        let message = "the file is a zip archive and a tar archive at once";
        let sentence = "File is both a zip and a tar file";
        archive.reject(&rules::ARCHIVE_BOTH, message, sentence, None);
    }
    let size = reader.seek(SeekFrom::End(0)).unwrap_or(0);
    let sizes = directory.entries.iter().map(|entry| u128::from(entry.size));
    let unpacked: u128 = sizes.sum();
    if unpacked > u128::from(RATIO_FROM) && unpacked > u128::from(size) * u128::from(MAX_RATIO) {
        let message = format!(
            "the archive of {size} bytes unpacks to {unpacked}, more than {MAX_RATIO} times its size"
        );
        let sentence = "File exceeds compression ratio of 50";
        archive.reject(&rules::ZIP_RATIO, message, sentence, None);
    }
    let mut entries = directory.entries.iter();
    if let Some(entry) = entries.find(|entry| !matches!(entry.method, 0 | 8)) {
        let message = format!(
            "{:?} uses compression method {}, but PyPI accepts only deflate and none",
            directory.shown(entry),
            entry.method
        );
        let sentence = "File does not use a supported compression type";
        archive.reject(&rules::ZIP_COMPRESSION, message, sentence, None);
    }
    Some(directory)
}

fn unreadable(archive: &mut ArchiveFindings, error: &ZipError) {
    match error {
        ZipError::NotZip => archive.reject(
            &rules::ZIP_NOT,
            "the file is not a zip archive, or is truncated",
            "File is not a zipfile",
            Some(AGAIN),
        ),
        ZipError::TooLarge(_) | ZipError::Read(_) => {
            let message = format!("the zip archive cannot be read: {error}");
            let finding = Finding::new(&rules::ZIP_DAMAGED, message);
            archive.rejected.push(finding);
        }
        ZipError::Bad(_) => damaged(archive, error),
    }
}

/// Adds the finding for an archive that Python's `zipfile` fails on: the index then has no message.
pub(super) fn damaged(archive: &mut ArchiveFindings, error: &ZipError) {
    let message = format!("the zip archive is damaged: {error}");
    archive.reject(&rules::ZIP_DAMAGED, message, "None", Some(AGAIN));
}

/// Scans Python sources for markers of encryption. The index stops at a source that cannot be unpacked.
pub(super) fn sources(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    reader: &mut (impl Read + Seek),
) {
    let mut left = MAX_UNPACKED;
    for entry in &directory.entries {
        let is_source = directory.name(entry).is_some_and(encryption::is_source);
        if !is_source || entry.size > encryption::MAX_SOURCE || entry.cost() > left {
            continue;
        }
        left -= entry.cost();
        match entry.text(directory, reader, encryption::MAX_SOURCE) {
            Ok(source) => {
                if let Some(product) = encryption::product(&source) {
                    return encryption::reject(archive, &directory.shown(entry), product);
                }
            }
            Err(error) => return damaged(archive, &error),
        }
    }
}

/// Compares the records of the archive, read in order, with its central directory.
pub(super) fn records(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    reader: &mut (impl Read + Seek),
) {
    if let Err(problem) = zipfile::walk(reader, directory) {
        archive.reject(
            &rules::ZIP_RECORDS,
            format!("the records of the zip archive do not match its central directory: {problem}"),
            &format!(
                "ZIP archive not accepted: {problem}. See https://docs.pypi.org/archives for more information"
            ),
            Some(
                "write the archive in one go, with the size in front of each member and without comments on members",
            ),
        );
    }
}

fn starts_as_tar(reader: &mut (impl Read + Seek)) -> bool {
    let mut block = [0; 512];
    reader.rewind().is_ok()
        && reader.read_exact(&mut block).is_ok()
        && tarball::is_tar_header(&block)
}
