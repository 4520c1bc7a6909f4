//! The central directory of a zip archive.

use std::io::{Read, Seek, SeekFrom};

use super::{ZipError, u16_at, u32_at, u64_at};
use crate::archive::MAX_MEMBERS;

/// The most bytes of a central directory: 24 MiB, which [`MAX_MEMBERS`] names of 200 characters have.
const MAX_DIRECTORY: u64 = 24 * 1024 * 1024;

/// The bytes of a record of the directory without its name.
const FIXED: usize = 46;

const END: usize = 22;
const END64: u64 = 56;
const LOCATOR64: u64 = 20;
const MAX_COMMENT: usize = 65_535;

/// The central directory of a zip archive.
pub(crate) struct Directory {
    pub(crate) entries: Vec<Entry>,
    /// The number of bytes before the archive.
    pub(crate) prepended: u64,
    /// The directory as it is in the file, of which the names are parts.
    bytes: Vec<u8>,
}

/// A member, as described by the central directory.
pub(crate) struct Entry {
    name_at: usize,
    name_length: u16,
    is_utf8: bool,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u64,
    pub(crate) size: u64,
    pub(crate) offset: u64,
}

impl Directory {
    pub(crate) fn read(reader: &mut (impl Read + Seek)) -> Result<Self, ZipError> {
        let file_size = reader.seek(SeekFrom::End(0))?;
        let end = End::find(reader, file_size)?;
        let before = end
            .at
            .checked_sub(end.size)
            .and_then(|at| at.checked_sub(end.offset));
        let prepended = before.ok_or_else(|| {
            ZipError::Bad("its central directory is not where the end record says".to_owned())
        })?;
        if end.size > MAX_DIRECTORY {
            return Err(ZipError::TooLarge(format!(
                "its central directory has {} bytes",
                end.size
            )));
        }
        reader.seek(SeekFrom::Start(end.offset + prepended))?;
        // It is not longer than the file: it ends where the end record begins.
        let mut bytes = Vec::with_capacity(usize::try_from(end.size).unwrap_or_default());
        reader.take(end.size).read_to_end(&mut bytes)?;
        let most = bytes.len() / FIXED;
        let mut entries = Vec::with_capacity(most.min(MAX_MEMBERS));
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if entries.len() == MAX_MEMBERS {
                return Err(ZipError::TooLarge(format!(
                    "it has more than {MAX_MEMBERS} members"
                )));
            }
            let (mut entry, length) = Entry::read(rest)?;
            entry.name_at += at;
            entries.push(entry);
            at += length;
        }
        Ok(Self {
            entries,
            prepended,
            bytes,
        })
    }

    pub(crate) fn raw_name(&self, entry: &Entry) -> &[u8] {
        let end = entry.name_at + usize::from(entry.name_length);
        self.bytes.get(entry.name_at..end).unwrap_or_default()
    }

    /// The name as Python reads it, or `None` if it is neither ASCII nor flagged as UTF-8.
    pub(crate) fn name(&self, entry: &Entry) -> Option<&str> {
        let name = self.raw_name(entry);
        let is_utf8 = entry.is_utf8 || name.is_ascii();
        is_utf8.then(|| std::str::from_utf8(name).ok())?
    }

    /// The name for a message.
    pub(crate) fn shown(&self, entry: &Entry) -> String {
        const SHOWN: usize = 200;
        const LONGEST: usize = 4 * SHOWN;
        let name = self.raw_name(entry);
        let start = name.get(..LONGEST).unwrap_or(name);
        String::from_utf8_lossy(start).chars().take(SHOWN).collect()
    }

    /// The names of the members.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| self.name(entry))
    }

    /// The member of that name; the last one if there are several, as in Python.
    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .rev()
            .find(|entry| self.raw_name(entry) == name.as_bytes() && self.name(entry).is_some())
    }

    /// The names of the members that are not folders.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.names().filter(|name| !name.ends_with('/'))
    }
}

/// The end record.
struct End {
    /// Where the central directory ends.
    at: u64,
    size: u64,
    offset: u64,
}

impl End {
    fn find(reader: &mut (impl Read + Seek), file_size: u64) -> Result<Self, ZipError> {
        let tail_size = file_size.min((END + MAX_COMMENT) as u64);
        let tail_at = file_size - tail_size;
        reader.seek(SeekFrom::Start(tail_at))?;
        let mut tail = Vec::new();
        reader.take(tail_size).read_to_end(&mut tail)?;
        let last = tail.len().checked_sub(END).ok_or(ZipError::NotZip)?;
        let is_end = |at: &usize| {
            tail.get(*at..)
                .is_some_and(|rest| rest.starts_with(b"PK\x05\x06"))
        };
        let plain = Some(last).filter(|at| is_end(at) && tail.ends_with(&[0, 0]));
        let at = plain
            .or_else(|| (0..=last).rev().find(is_end))
            .ok_or(ZipError::NotZip)?;
        let record = tail.get(at..).unwrap_or_default();
        let plain = Self {
            at: tail_at + at as u64,
            size: u64::from(u32_at(record, 12)),
            offset: u64::from(u32_at(record, 16)),
        };
        Ok(plain.or_end64(reader)?)
    }

    /// The ZIP64 end record, if its locator precedes this record.
    fn or_end64(self, reader: &mut (impl Read + Seek)) -> std::io::Result<Self> {
        let Some(locator_at) = self.at.checked_sub(LOCATOR64) else {
            return Ok(self);
        };
        let mut locator = [0; 4];
        reader.seek(SeekFrom::Start(locator_at))?;
        reader.read_exact(&mut locator)?;
        let Some(at) = locator_at
            .checked_sub(END64)
            .filter(|_| locator == *b"PK\x06\x07")
        else {
            return Ok(self);
        };
        let mut record = [0; END64 as usize];
        reader.seek(SeekFrom::Start(at))?;
        reader.read_exact(&mut record)?;
        if !record.starts_with(b"PK\x06\x06") {
            return Ok(self);
        }
        Ok(Self {
            at,
            size: u64_at(&record, 40),
            offset: u64_at(&record, 48),
        })
    }
}

impl Entry {
    /// The entry at the start of `bytes`, and its length.
    fn read(bytes: &[u8]) -> Result<(Self, usize), ZipError> {
        const UTF8: u16 = 1 << 11;
        let bad = |text: &str| ZipError::Bad(format!("its central directory {text}"));
        let head = bytes.get(..FIXED).ok_or_else(|| bad("is truncated"))?;
        if !head.starts_with(b"PK\x01\x02") {
            return Err(bad("has a record with an unknown signature"));
        }
        let name_length = u16_at(head, 28);
        let name_end = FIXED + usize::from(name_length);
        let extra_end = name_end + usize::from(u16_at(head, 30));
        let extra = bytes.get(name_end..extra_end).unwrap_or_default();
        let mut entry = Self {
            name_at: FIXED,
            name_length,
            is_utf8: u16_at(head, 8) & UTF8 != 0,
            method: u16_at(head, 10),
            crc: u32_at(head, 16),
            compressed: u64::from(u32_at(head, 20)),
            size: u64::from(u32_at(head, 24)),
            offset: u64::from(u32_at(head, 42)),
        };
        entry
            .widen(extra)
            .ok_or_else(|| bad("has a malformed extra field"))?;
        Ok((entry, extra_end + usize::from(u16_at(head, 32))))
    }

    /// Reads from the ZIP64 extra field the numbers that do not fit in 32 bits.
    fn widen(&mut self, mut extra: &[u8]) -> Option<()> {
        const SENTINEL: u64 = 0xffff_ffff;
        while extra.len() >= 4 {
            let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let data = extra.get(4..4 + length)?;
            if id == 1 {
                let mut numbers = data.chunks_exact(8).map(|number| u64_at(number, 0));
                for wide in [&mut self.size, &mut self.compressed, &mut self.offset] {
                    if *wide == SENTINEL {
                        *wide = numbers.next()?;
                    }
                }
            }
            extra = extra.get(4 + length..)?;
        }
        Some(())
    }
}
