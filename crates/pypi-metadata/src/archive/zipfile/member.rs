//! The contents of a member.

use std::io::{BufReader, Read, Seek, SeekFrom};

use flate2::{Crc, bufread::DeflateDecoder};

use super::{Directory, Entry, ZipError, u16_at};

impl Entry {
    /// The most bytes that are read and written to unpack it.
    pub(crate) fn cost(&self) -> u64 {
        self.size.saturating_add(self.compressed)
    }

    /// The contents of the member, if they are not longer than `limit`.
    pub(crate) fn text(
        &self,
        archive: &Directory,
        reader: &mut (impl Read + Seek),
        limit: u64,
    ) -> Result<Vec<u8>, ZipError> {
        self.limited(archive, limit)?;
        let mut text = Vec::new();
        self.chunks(archive, reader, |chunk| text.extend_from_slice(chunk))?;
        Ok(text)
    }

    /// Fails if the contents are longer than `limit`.
    pub(crate) fn limited(&self, archive: &Directory, limit: u64) -> Result<(), ZipError> {
        if self.size <= limit {
            return Ok(());
        }
        let (name, size) = (archive.shown(self), self.size);
        Err(ZipError::TooLarge(format!("{name:?} has {size} bytes")))
    }

    /// Unpacks the member in chunks and compares its size and checksum.
    pub(crate) fn chunks(
        &self,
        archive: &Directory,
        reader: &mut (impl Read + Seek),
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), ZipError> {
        self.seek(archive, reader)?;
        let packed = BufReader::new(reader.take(self.compressed));
        let mut unpacked: Box<dyn Read + '_> = match self.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(packed)),
            method => {
                return Err(ZipError::Bad(format!(
                    "{:?} uses compression method {method}",
                    archive.shown(self)
                )));
            }
        };
        let (mut crc, mut left) = (Crc::new(), self.size);
        let length = usize::try_from(self.size).unwrap_or(MAX_CHUNK);
        let mut buffer = vec![0; length.clamp(1, MAX_CHUNK)];
        loop {
            let count = match unpacked.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(ZipError::Bad(format!(
                        "{:?} is damaged ({error})",
                        archive.shown(self)
                    )));
                }
            };
            let chunk = buffer.get(..count).unwrap_or_default();
            left = left.checked_sub(count as u64).ok_or_else(|| {
                ZipError::Bad(format!(
                    "{:?} is longer than its header says",
                    archive.shown(self)
                ))
            })?;
            crc.update(chunk);
            take(chunk);
        }
        if left > 0 || crc.sum() != self.crc {
            return Err(ZipError::Bad(format!(
                "{:?} does not match its checksum",
                archive.shown(self)
            )));
        }
        Ok(())
    }

    /// Seeks to the contents, past a local header that must have the same name.
    fn seek(&self, archive: &Directory, reader: &mut (impl Read + Seek)) -> Result<(), ZipError> {
        const FIXED: usize = 30;
        let bad = |text: &str| ZipError::Bad(format!("{:?} {text}", archive.shown(self)));
        let at = self
            .offset
            .checked_add(archive.prepended)
            .ok_or_else(|| bad("starts beyond the end of the file"))?;
        reader.seek(SeekFrom::Start(at))?;
        let mut head = [0; FIXED];
        reader.read_exact(&mut head)?;
        if !head.starts_with(b"PK\x03\x04") {
            return Err(bad("has no local header"));
        }
        let mut name = vec![0; usize::from(u16_at(&head, 26))];
        reader.read_exact(&mut name)?;
        if name != archive.raw_name(self) {
            return Err(bad("has a different name in its local header"));
        }
        reader.seek_relative(i64::from(u16_at(&head, 28)))?;
        Ok(())
    }
}

/// The most bytes of a chunk.
const MAX_CHUNK: usize = 64 * 1024;
