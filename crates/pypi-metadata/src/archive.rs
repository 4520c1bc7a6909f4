//! Finding the core metadata inside an archive, without writing or unpacking anything else.

use std::{
    fmt,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use flate2::read::MultiGzDecoder;

use crate::{
    MAX_METADATA, OpenErrorKind,
    tarball::{TarError, Tarball},
    zipfile::{Directory, ZipError},
};

/// The most members of an archive.
pub const MAX_MEMBERS: usize = 100_000;

/// The most bytes of an sdist that are unpacked on the way to its `PKG-INFO`, which build backends write among the
/// first members.
pub const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;

/// Why there is no metadata: the kind, and what was found in words.
pub(crate) type Found<T> = Result<T, (OpenErrorKind, String)>;

/// The `METADATA` of a wheel. Reads the central directory and that one member.
pub(crate) fn wheel_metadata(mut reader: impl Read + Seek, dist_info: &str) -> Found<Vec<u8>> {
    let directory = Directory::read(&mut reader).map_err(zip_error)?;
    let path = format!("{dist_info}/METADATA");
    let Some(entry) = directory.find(&path) else {
        let other = directory
            .files()
            .find(|name| name.ends_with(".dist-info/METADATA"));
        let other = other.map(|name| name.chars().take(200).collect());
        return Err((OpenErrorKind::NoMetadata, no_metadata(&path, other)));
    };
    if entry.size > MAX_METADATA {
        return Err(large_metadata(&path));
    }
    let text = entry.text(&directory, &mut reader, MAX_METADATA);
    text.map_err(|error| match error {
        ZipError::Read(_) => zip_error(error),
        error => {
            let text = format!("is damaged at {path} ({error}): build it again");
            (OpenErrorKind::Archive, text)
        }
    })
}

/// The `PKG-INFO` of an sdist. Unpacks the members before it only to pass over them.
pub(crate) fn sdist_metadata(reader: impl Read) -> Found<Vec<u8>> {
    let unpacked = MultiGzDecoder::new(BufReader::new(reader));
    let mut tarball = Tarball::new(Bounded::new(unpacked, MAX_UNPACKED));
    let mut nested = None;
    while let Some(member) = tarball.next().map_err(tar_error)? {
        let mut parts = member.name.split(|b| *b == b'/');
        let is_pkg_info = parts.next_back() == Some(b"PKG-INFO");
        if is_pkg_info
            && parts.next().is_some_and(|top| !matches!(top, b"" | b"."))
            && parts.next().is_none()
        {
            let text = tarball.text(MAX_METADATA).map_err(|error| match error {
                TarError::Damaged(problem) => {
                    let text = format!("is damaged at PKG-INFO ({problem}): build it again");
                    (OpenErrorKind::Archive, text)
                }
                error => tar_error(error),
            })?;
            return text.ok_or_else(|| large_metadata("PKG-INFO"));
        }
        if is_pkg_info && nested.is_none() {
            let name = String::from_utf8_lossy(&member.name);
            nested = Some(name.chars().take(200).collect());
        }
    }
    Err((
        OpenErrorKind::NoMetadata,
        no_metadata("{name}-{version}/PKG-INFO", nested),
    ))
}

fn large_metadata(path: &str) -> (OpenErrorKind, String) {
    let text = format!("has a {path} of more than {MAX_METADATA} bytes");
    (OpenErrorKind::TooLarge, text)
}

fn no_metadata(expected: &str, other: Option<String>) -> String {
    let remedy = "build the distribution again, do not rename it";
    match other {
        Some(other) => format!("has {other:?} and not {expected}: {remedy}"),
        None => format!("has no {expected}: {remedy}"),
    }
}

fn zip_error(error: ZipError) -> (OpenErrorKind, String) {
    match error {
        ZipError::Read(error) => (OpenErrorKind::Read, format!("cannot be read: {error}")),
        ZipError::TooLarge(problem) => (OpenErrorKind::TooLarge, format!("is not read: {problem}")),
        error => {
            let text = format!("is no whole zip archive ({error}): build or download it again");
            (OpenErrorKind::Archive, text)
        }
    }
}

fn tar_error(error: TarError) -> (OpenErrorKind, String) {
    match error {
        TarError::TooLarge(problem) => (OpenErrorKind::TooLarge, problem),
        TarError::Damaged(problem) => {
            let text =
                format!("is no whole .tar.gz archive (it {problem}): build or download it again");
            (OpenErrorKind::Archive, text)
        }
        TarError::NotTar => {
            let text = "is no .tar.gz archive: build or download it again".to_owned();
            (OpenErrorKind::Archive, text)
        }
    }
}

/// A reader of at most so many bytes: more is an error, and not an end.
pub(crate) struct Bounded<R> {
    reader: R,
    left: u64,
}

/// The error of a [`Bounded`] reader.
#[derive(Debug)]
pub(crate) struct TooMuch;

impl<R> Bounded<R> {
    pub(crate) fn new(reader: R, limit: u64) -> Self {
        Self {
            reader,
            left: limit,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(count)
    }
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unpacks to more than {MAX_UNPACKED} bytes")
    }
}

impl std::error::Error for TooMuch {}

/// The size of what can be sought.
pub(crate) fn size(reader: &mut impl Seek) -> io::Result<u64> {
    let size = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    Ok(size)
}
