//! Archives, read in bounded memory: the limits that both formats share.

pub(crate) mod core_metadata;
pub(crate) mod tarball;
pub(crate) mod zipfile;

use std::io::{self, Read, Seek, SeekFrom};

/// The most members that an archive may have.
pub const MAX_MEMBERS: usize = 100_000;

/// The most bytes of an sdist that are unpacked to find its `PKG-INFO`, which build backends write among the first
/// members; and the most bytes of a wheel that are unpacked to compare checksums.
pub const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;

/// A reader that returns at most `limit` bytes; more is an error, not the end.
pub(crate) struct Bounded<R> {
    reader: R,
    left: u64,
}

/// The error of a [`Bounded`] reader.
#[derive(Debug, thiserror::Error)]
#[error("unpacks to more than {} bytes", MAX_UNPACKED)]
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

/// The size of a file, with the reader back at its start.
pub(crate) fn size(reader: &mut impl Seek) -> io::Result<u64> {
    let size = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    Ok(size)
}
