//! Finds the core metadata inside an archive, without unpacking anything else.

use std::io::{BufReader, Read, Seek};

use flate2::read::MultiGzDecoder;

use super::{
    Bounded, MAX_UNPACKED,
    tarball::{TarError, Tarball},
    zipfile::{Directory, ZipError},
};
use crate::{Error, ErrorKind, MAX_METADATA};

/// The `METADATA` of a wheel. Reads the central directory and that one member.
pub(crate) fn of_wheel(mut reader: impl Read + Seek, dist_info: &str) -> Result<Vec<u8>, Error> {
    let directory = Directory::read(&mut reader).map_err(zip_error)?;
    let path = format!("{dist_info}/METADATA");
    let Some(entry) = directory.find(&path) else {
        let other = directory
            .files()
            .find(|name| name.ends_with(".dist-info/METADATA"));
        return Err(no_metadata(&path, other));
    };
    if entry.size > MAX_METADATA {
        return Err(large_metadata(&path));
    }
    let text = entry.text(&directory, &mut reader, MAX_METADATA);
    text.map_err(|error| match error {
        ZipError::Read(_) => zip_error(error),
        error => damaged(format!("{path} cannot be read: {error}")),
    })
}

/// The `PKG-INFO` of an sdist. The members before it are unpacked only to skip them.
pub(crate) fn of_sdist(reader: impl Read) -> Result<Vec<u8>, Error> {
    let unpacked = MultiGzDecoder::new(BufReader::new(reader));
    let mut tarball = Tarball::new(Bounded::new(unpacked, MAX_UNPACKED));
    let mut nested = None;
    while let Some(member) = tarball.next().map_err(tar_error)? {
        let mut parts = member.name.split(|b| *b == b'/');
        if parts.next_back() != Some(b"PKG-INFO") {
            continue;
        }
        let has_top = parts.next().is_some_and(|top| !matches!(top, b"" | b"."));
        if has_top && parts.next().is_none() {
            let text = tarball.text(MAX_METADATA).map_err(|error| match error {
                TarError::Damaged(problem) => {
                    damaged(format!("PKG-INFO cannot be read: the archive {problem}"))
                }
                error => tar_error(error),
            })?;
            return text.ok_or_else(|| large_metadata("PKG-INFO"));
        }
        nested.get_or_insert_with(|| String::from_utf8_lossy(&member.name).into_owned());
    }
    Err(no_metadata("{name}-{version}/PKG-INFO", nested.as_deref()))
}

fn large_metadata(path: &str) -> Error {
    let message = format!("{path} has more than {MAX_METADATA} bytes");
    Error::new(ErrorKind::TooLarge, message)
}

fn no_metadata(expected: &str, other: Option<&str>) -> Error {
    const SHOWN: usize = 200;
    let message = match other {
        Some(other) => {
            let other: String = other.chars().take(SHOWN).collect();
            format!("the archive has {other:?} instead of {expected}")
        }
        None => format!("the archive has no {expected}"),
    };
    Error::new(ErrorKind::NoMetadata, message)
        .with_help("build the distribution again and do not rename it")
}

fn damaged(message: String) -> Error {
    Error::new(ErrorKind::Archive, message).with_help("build the distribution again")
}

fn zip_error(error: ZipError) -> Error {
    match error {
        ZipError::Read(error) => Error::read(error),
        ZipError::TooLarge(problem) => Error::new(ErrorKind::TooLarge, problem),
        error => not_an_archive(format!("the file is not a complete zip archive: {error}")),
    }
}

fn tar_error(error: TarError) -> Error {
    match error {
        TarError::TooLarge(problem) => {
            Error::new(ErrorKind::TooLarge, format!("the archive {problem}"))
        }
        TarError::Damaged(problem) => not_an_archive(format!(
            "the file is not a complete .tar.gz archive: it {problem}"
        )),
        TarError::NotTar => not_an_archive("the file is not a .tar.gz archive".to_owned()),
    }
}

fn not_an_archive(message: String) -> Error {
    Error::new(ErrorKind::Archive, message).with_help("build or download the distribution again")
}
