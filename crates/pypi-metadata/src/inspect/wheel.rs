//! The archive of a wheel, and of a `.zip` that calls itself an sdist.

use std::{
    collections::HashSet,
    io::{Read, Seek, SeekFrom},
};

use super::{
    Archive, entry_points, marker, missing_license, record, record_rows, top_level, wheel_layout,
};
use crate::{
    Field, Finding, MAX_METADATA, Metadata,
    archive::{
        tarball,
        zipfile::{self, Directory, ZipError},
    },
    check,
};

/// Above this size unpacked, the ratio to the file's size must be at most [`MAX_RATIO`].
const RATIO_FROM: u64 = 64 * 1024 * 1024;
const MAX_RATIO: u64 = 50;

/// The most bytes of `RECORD`, `WHEEL` and `entry_points.txt` each.
const MAX_LIST: u64 = 64 * 1024 * 1024;

/// The most bytes unpacked in all, to compare checksums.
const MAX_UNPACKED: u64 = crate::MAX_UNPACKED;

pub(super) fn inspect(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> Archive {
    let mut archive = Archive::default();
    let Some(directory) = open(&mut archive, reader) else {
        return archive;
    };
    let stem: Vec<&str> = filename.splitn(3, '-').collect();
    let [name, version, _] = stem.as_slice() else {
        let message = "the file name has no name, version and tags";
        archive.refuse(
            "wheel-parts",
            message,
            "Unable to parse name and version from wheel filename",
        );
        framing(&mut archive, &directory, reader);
        return archive;
    };
    let dist_info = format!("{name}-{version}.dist-info");
    wheel_file(&mut archive, &directory, &dist_info, reader);
    sources(&mut archive, &directory, reader);
    framing(&mut archive, &directory, reader);
    contents(
        &mut archive,
        &directory,
        filename,
        &dist_info,
        metadata,
        reader,
    );
    wheel_layout::advise(&mut archive, &directory, filename, &dist_info);
    archive
}

/// # Source
///
/// Such an sdist cannot be uploaded whatever is in it, because PEP 625 wants `.tar.gz`; the index says so last.
pub(super) fn inspect_zip_sdist(reader: &mut (impl Read + Seek)) -> Archive {
    let mut archive = Archive::default();
    let Some(directory) = open(&mut archive, reader) else {
        return archive;
    };
    let names = directory
        .entries
        .iter()
        .filter_map(|entry| entry.name.as_deref());
    match top_level(names) {
        Some(top) => {
            let path = format!("{top}/PKG-INFO");
            if directory.find(&path).is_none() {
                archive.refuse(
                    "sdist-no-pkg-info",
                    format!("the archive has no {path}"),
                    &format!("PKG-INFO not found at {path}"),
                );
            }
        }
        None => {
            let message = "the archive has more than one folder at its top";
            archive.refuse(
                "sdist-top-level",
                message,
                "Incorrect number of top-level directories in sdist",
            );
        }
    }
    sources(&mut archive, &directory, reader);
    framing(&mut archive, &directory, reader);
    archive
}

/// Reads the central directory and judges what it says of sizes and compression.
fn open(archive: &mut Archive, reader: &mut (impl Read + Seek)) -> Option<Directory> {
    let directory = match Directory::read(reader) {
        Ok(directory) => directory,
        Err(ZipError::NotZip) => {
            archive.refuse(
                "zip-not",
                "the file is no zip archive, or a cut one",
                "File is not a zipfile",
            );
            archive.help("build the distribution again, or fetch it again");
            return None;
        }
        Err(error @ (ZipError::TooLarge(_) | ZipError::Read(_))) => {
            archive.refused.push(Finding::error(
                "zip-damaged",
                None,
                format!("the zip archive is not read: {error}"),
            ));
            return None;
        }
        Err(error) => {
            damaged(archive, &error);
            return None;
        }
    };
    if begins_as_tar(reader) {
        let message = "the file is a zip archive and a tar archive at once";
        archive.refuse("archive-both", message, "File is both a zip and a tar file");
    }
    let size = reader.seek(SeekFrom::End(0)).unwrap_or(0);
    let unpacked: u128 = directory
        .entries
        .iter()
        .map(|entry| u128::from(entry.size))
        .sum();
    if unpacked > u128::from(RATIO_FROM) && unpacked > u128::from(size) * u128::from(MAX_RATIO) {
        let message = format!(
            "the archive of {size} bytes would unpack to {unpacked}, more than {MAX_RATIO} times as much"
        );
        archive.refuse("zip-ratio", message, "File exceeds compression ratio of 50");
    }
    if let Some(entry) = directory
        .entries
        .iter()
        .find(|entry| !matches!(entry.method, 0 | 8))
    {
        let message = format!(
            "{:?} is compressed by method {}, and indexes take deflate and none",
            entry.shown(),
            entry.method
        );
        archive.refuse(
            "zip-compression",
            message,
            "File does not use a supported compression type",
        );
    }
    Some(directory)
}

fn begins_as_tar(reader: &mut (impl Read + Seek)) -> bool {
    let mut block = [0; 512];
    reader.rewind().is_ok()
        && reader.read_exact(&mut block).is_ok()
        && tarball::is_tar_header(&block)
}

fn damaged(archive: &mut Archive, error: &ZipError) {
    archive.refuse(
        "zip-damaged",
        format!("the zip archive is damaged: {error}"),
        "None",
    );
    archive.help("build the distribution again, or fetch it again");
}

fn wheel_file(
    archive: &mut Archive,
    directory: &Directory,
    dist_info: &str,
    reader: &mut (impl Read + Seek),
) {
    let path = format!("{dist_info}/WHEEL");
    match directory
        .find(&path)
        .map(|entry| entry.text(directory, reader, MAX_LIST))
    {
        Some(Ok(_)) => {}
        Some(Err(error)) => damaged(archive, &error),
        None => {
            let message = match directory
                .files()
                .find(|name| name.ends_with(".dist-info/WHEEL"))
            {
                Some(other) => format!("the wheel has {other:?} and not {path}"),
                None => format!("the wheel has no {path}"),
            };
            archive.refuse(
                "wheel-no-wheel",
                message,
                &format!("WHEEL not found at {path}"),
            );
            archive.help("build the wheel again, and do not rename it");
        }
    }
}

/// Looks into Python sources for marks of encryption. A source that does not unpack stops the index.
fn sources(archive: &mut Archive, directory: &Directory, reader: &mut (impl Read + Seek)) {
    let mut left = MAX_UNPACKED;
    for entry in &directory.entries {
        let is_source = entry.name.as_deref().is_some_and(marker::is_source);
        if !is_source || entry.size > marker::MAX_SOURCE || entry.cost() > left {
            continue;
        }
        left -= entry.cost();
        match entry.text(directory, reader, marker::MAX_SOURCE) {
            Ok(source) => {
                if let Some(product) = marker::product(&source) {
                    let message = format!(
                        "{:?} is encrypted by {product}, which PyPI does not allow",
                        entry.shown()
                    );
                    archive.refuse("archive-encrypted", message, &marker::sentence(product));
                    archive.help("publish the sources, or use another index");
                    return;
                }
            }
            Err(error) => return damaged(archive, &error),
        }
    }
}

fn framing(archive: &mut Archive, directory: &Directory, reader: &mut (impl Read + Seek)) {
    if let Err(problem) = zipfile::walk(reader, directory) {
        let message =
            format!("the zip archive reads otherwise from its front than from its end: {problem}");
        archive.refuse(
            "zip-records",
            message,
            &format!("ZIP archive not accepted: {problem}."),
        );
        archive.help("write it with a tool that knows each member's size beforehand, once, and without comments on members");
    }
}

/// What the index looks for after the file name.
fn contents(
    archive: &mut Archive,
    directory: &Directory,
    filename: &str,
    dist_info: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) {
    let names: HashSet<&str> = directory.files().collect();
    for path in metadata
        .into_iter()
        .flat_map(|metadata| metadata.all(Field::LicenseFile))
        .take(check::MAX_OF_A_KIND)
    {
        let at = format!("{dist_info}/licenses/{path}");
        if !names.contains(at.as_str()) {
            archive.content.push(missing_license(path, filename, &at));
        }
    }
    let record = format!("{dist_info}/RECORD");
    let rows = directory
        .find(&record)
        .and_then(|entry| entry.text(directory, reader, MAX_LIST).ok())
        .and_then(|text| record::read(&text));
    match rows {
        Some(rows) => record_rows::compare(archive, directory, dist_info, &rows, reader),
        None => archive.content.push(missing(filename, "RECORD", &record)),
    }
    let entry_points = directory.find(&format!("{dist_info}/entry_points.txt"));
    let text = entry_points.and_then(|entry| entry.text(directory, reader, MAX_LIST).ok());
    if let Some(problem) = text.and_then(|text| entry_points::problem(&text)) {
        let finding = Finding::error(
            "entry-points",
            None,
            format!("entry_points.txt is not valid: {problem}"),
        );
        archive.content.push(finding.with_index_text(format!(
            "Wheel '{filename}' has invalid entry points defined in the entry_points.txt file"
        )));
    }
    let path = format!("{dist_info}/METADATA");
    match directory.find(&path) {
        None => archive.content.push(missing(filename, "METADATA", &path)),
        Some(entry) if entry.size > MAX_METADATA => {
            let message = format!(
                "{path} has {} bytes, and {MAX_METADATA} are read",
                entry.size
            );
            archive
                .content
                .push(Finding::error("metadata-unreadable", None, message));
        }
        Some(_) => {}
    }
}

fn missing(filename: &str, what: &str, path: &str) -> Finding {
    let rule = if what == "RECORD" {
        "record-missing"
    } else {
        "wheel-no-metadata"
    };
    Finding::error(rule, None, format!("the wheel has no {path} that reads"))
        .with_help("build the wheel again, and do not rename it")
        .with_index_text(format!(
            "Wheel '{filename}' does not contain the required {what} file: {path}"
        ))
}
