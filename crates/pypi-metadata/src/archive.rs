//! Finding the core metadata inside an archive, without writing or unpacking anything else.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::GzDecoder;

use crate::{MAX_METADATA, OpenErrorKind};

/// The most members of an archive.
pub const MAX_MEMBERS: usize = 100_000;

/// The most bytes of an sdist that are unpacked on the way to its `PKG-INFO`, which build backends write among the
/// first members.
pub const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;

/// Why there is no metadata: the kind, and what was found in words.
pub(crate) type Found<T> = Result<T, (OpenErrorKind, String)>;

/// The `METADATA` of a wheel. Reads the central directory and that one member.
pub(crate) fn wheel_metadata(reader: impl Read + Seek, dist_info: &str) -> Found<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(BufReader::new(reader)).map_err(zip_error)?;
    if archive.len() > MAX_MEMBERS {
        let text = format!(
            "has {} members: at most {MAX_MEMBERS} are read",
            archive.len()
        );
        return Err((OpenErrorKind::TooLarge, text));
    }
    let path = format!("{dist_info}/METADATA");
    let Some(index) = archive.index_for_name_raw(path.as_bytes()) else {
        let other = archive
            .file_names_raw()
            .find(|name| name.ends_with(b".dist-info/METADATA"))
            .map(|name| String::from_utf8_lossy(name).chars().take(200).collect());
        return Err((OpenErrorKind::NoMetadata, no_metadata(&path, other)));
    };
    let member = archive.by_index(index).map_err(zip_error)?;
    read_bounded(member, &path)
}

/// The `PKG-INFO` of an sdist. Unpacks the members before it only to pass over them.
pub(crate) fn sdist_metadata(reader: impl Read) -> Found<Vec<u8>> {
    let unpacked = GzDecoder::new(BufReader::new(reader)).take(MAX_UNPACKED);
    let mut archive = tar::Archive::new(unpacked);
    let mut nested = None;
    let entries = archive.entries().map_err(tar_error)?;
    for (count, entry) in entries.enumerate() {
        if count >= MAX_MEMBERS {
            let text = format!("has more than {MAX_MEMBERS} members before its PKG-INFO");
            return Err((OpenErrorKind::TooLarge, text));
        }
        let entry = entry.map_err(tar_error)?;
        let name = entry.path_bytes().into_owned();
        let mut parts = name.split(|b| *b == b'/');
        let is_pkg_info = parts.next_back() == Some(b"PKG-INFO");
        if is_pkg_info
            && parts.next().is_some_and(|top| !matches!(top, b"" | b"."))
            && parts.next().is_none()
        {
            return read_bounded(entry, "PKG-INFO");
        }
        if is_pkg_info && nested.is_none() {
            nested = Some(String::from_utf8_lossy(&name).chars().take(200).collect());
        }
    }
    Err((
        OpenErrorKind::NoMetadata,
        no_metadata("{name}-{version}/PKG-INFO", nested),
    ))
}

fn no_metadata(expected: &str, other: Option<String>) -> String {
    let remedy = "build the distribution again, do not rename it";
    match other {
        Some(other) => format!("has {other:?} and not {expected}: {remedy}"),
        None => format!("has no {expected}: {remedy}"),
    }
}

fn read_bounded(member: impl Read, path: &str) -> Found<Vec<u8>> {
    let mut text = Vec::new();
    let read = member.take(MAX_METADATA + 1).read_to_end(&mut text);
    read.map_err(|error| {
        (
            OpenErrorKind::Archive,
            format!("is damaged at {path} ({error}): build it again"),
        )
    })?;
    if text.len() as u64 > MAX_METADATA {
        let text = format!("has a {path} of more than {MAX_METADATA} bytes");
        return Err((OpenErrorKind::TooLarge, text));
    }
    Ok(text)
}

fn zip_error(error: zip::result::ZipError) -> (OpenErrorKind, String) {
    match error {
        zip::result::ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            (OpenErrorKind::Read, format!("cannot be read: {error}"))
        }
        error => {
            let text = format!("is no whole zip archive ({error}): build or download it again");
            (OpenErrorKind::Archive, text)
        }
    }
}

fn tar_error(error: io::Error) -> (OpenErrorKind, String) {
    let text = format!("is no whole .tar.gz archive ({error}): build or download it again");
    (OpenErrorKind::Archive, text)
}

/// The size of what can be sought.
pub(crate) fn size(reader: &mut impl Seek) -> io::Result<u64> {
    let size = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    Ok(size)
}
