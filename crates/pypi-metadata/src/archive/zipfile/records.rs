//! A walk over every record of a zip archive, which finds where reading the records in order and reading the central
//! directory give different results.

use std::{
    collections::HashMap,
    io::{BufReader, Read, Seek, SeekFrom},
};

use super::{Directory, Entry, u16_at, u32_at, u64_at};

const SENTINEL: u64 = 0xffff_ffff;
const MALFORMED: &str = "Malformed zip file";

/// Walks from the first byte to the last. The error is the index's own text.
///
/// # Source
///
/// Warehouse, 2026-08-21, `utils/zipfiles.py`; <https://docs.pypi.org/archives>.
pub(crate) fn walk(
    reader: &mut (impl Read + Seek),
    directory: &Directory,
) -> Result<(), &'static str> {
    let size = reader.seek(SeekFrom::End(0)).map_err(|_| MALFORMED)?;
    reader.seek(SeekFrom::Start(0)).map_err(|_| MALFORMED)?;
    let mut known = HashMap::with_capacity(directory.entries.len());
    known.extend(directory.entries.iter().filter_map(|entry| {
        let known = Known {
            entry,
            is_local: false,
            is_central: false,
        };
        Some((directory.name(entry)?, known))
    }));
    let mut walk = Walk {
        reader: BufReader::with_capacity(64 * 1024, reader),
        at: 0,
        known,
        local: 0,
        central: 0,
        records: 0,
        size: 0,
        offset: None,
        end64: None,
        end64_at: None,
        has_locator: false,
    };
    while !walk.record()? {}
    if walk.local != walk.central {
        return Err("Mis-matched local headers and central directory");
    }
    if walk.at == size {
        Ok(())
    } else {
        Err("Trailing data")
    }
}

struct Walk<'a, R> {
    reader: BufReader<R>,
    at: u64,
    /// The members by their names.
    known: HashMap<&'a str, Known<'a>>,
    /// The number of different names in local headers and in the central directory.
    local: usize,
    central: usize,
    /// The number of records of the central directory, its size in bytes and its offset.
    records: u64,
    size: u64,
    offset: Option<u64>,
    /// The same three numbers, as the ZIP64 end record has them.
    end64: Option<(u64, u64, u64)>,
    end64_at: Option<u64>,
    has_locator: bool,
}

/// A member of the central directory, and where its name has been read.
struct Known<'a> {
    entry: &'a Entry,
    is_local: bool,
    is_central: bool,
}

impl<R: Read + Seek> Walk<'_, R> {
    /// Reads one record; returns true at the end.
    fn record(&mut self) -> Result<bool, &'static str> {
        let begin = self.at;
        match self.read(4)?.as_slice() {
            b"PK\x03\x04" => self.local_header()?,
            b"PK\x01\x02" => {
                self.offset.get_or_insert(begin);
                self.central_header()?;
            }
            b"PK\x06\x06" => {
                self.end64_at = Some(begin);
                self.end64()?;
            }
            b"PK\x06\x07" => {
                self.read(16)?;
                self.has_locator = true;
            }
            b"PK\x05\x06" if self.end64_at.is_some() && !self.has_locator => return Err(MALFORMED),
            b"PK\x05\x06" => {
                self.end(begin)?;
                return Ok(true);
            }
            _ => return Err("Unknown record signature"),
        }
        Ok(false)
    }

    fn local_header(&mut self) -> Result<(), &'static str> {
        let head = self.read(26)?;
        let mut sizes = (u64::from(u32_at(&head, 14)), u64::from(u32_at(&head, 18)));
        let name = self.read(u64::from(u16_at(&head, 22)))?;
        let extra = self.read(u64::from(u16_at(&head, 24)))?;
        check_name(&name)?;
        local_extra(&extra, u16_at(&head, 4), &mut sizes)?;
        if u16_at(&head, 2) & 8 != 0 {
            return Err("ZIP contains a data descriptor");
        }
        let text = std::str::from_utf8(&name).map_err(|_| "Filename not unicode")?;
        let member = self
            .known
            .get_mut(text)
            .ok_or("Filename not in central directory")?;
        if member.entry.compressed != sizes.0 {
            return Err("Mis-matched data size");
        }
        if member.entry.size != sizes.1 {
            return Err("Mis-matched file size");
        }
        let is_repeated = std::mem::replace(&mut member.is_local, true);
        self.skip(sizes.0)?;
        if is_repeated {
            return Err("Duplicate filename in local headers");
        }
        self.local += 1;
        Ok(())
    }

    fn central_header(&mut self) -> Result<(), &'static str> {
        self.records += 1;
        let head = self.read(42)?;
        if u16_at(&head, 28) != 0 {
            return Err("Comment in central directory");
        }
        let (name, extra) = (u16_at(&head, 24), u16_at(&head, 26));
        self.size += 46 + u64::from(name) + u64::from(extra);
        let name = self.read(u64::from(name))?;
        self.read(u64::from(extra))?;
        check_name(&name)?;
        let member = std::str::from_utf8(&name)
            .ok()
            .and_then(|name| self.known.get_mut(name))
            .filter(|member| member.is_local)
            .ok_or("Missing filename in local headers")?;
        if std::mem::replace(&mut member.is_central, true) {
            return Err("Duplicate filename in central directory");
        }
        self.central += 1;
        Ok(())
    }

    fn end64(&mut self) -> Result<(), &'static str> {
        let record = self.read(52)?;
        if u64_at(&record, 20) != u64_at(&record, 28) {
            return Err(MALFORMED);
        }
        if u64_at(&record, 0) != 44 {
            return Err("ZIP64 extensible data not allowed");
        }
        self.end64 = Some((
            u64_at(&record, 28),
            u64_at(&record, 36),
            u64_at(&record, 44),
        ));
        Ok(())
    }

    fn end(&mut self, begin: u64) -> Result<(), &'static str> {
        let record = self.read(18)?;
        if u16_at(&record, 4) != u16_at(&record, 6) {
            return Err(MALFORMED);
        }
        let plain = (
            u64::from(u16_at(&record, 6)),
            u64::from(u32_at(&record, 8)),
            u64::from(u32_at(&record, 12)),
        );
        self.skip(u64::from(u16_at(&record, 16)))?;
        let (records, size, offset) = self.end64.filter(|_| self.has_locator).unwrap_or(plain);
        if records != self.records {
            Err("Mismatched central directory records")
        } else if offset != self.offset.unwrap_or(begin) {
            Err("Mismatched central directory offset")
        } else if size != self.size {
            Err("Mismatched central directory size")
        } else {
            Ok(())
        }
    }

    /// At most 64 KiB, because every length is a 16-bit number.
    fn read(&mut self, length: u64) -> Result<Vec<u8>, &'static str> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(length).read_to_end(&mut bytes);
        self.at += length;
        match read {
            Ok(count) if count as u64 == length => Ok(bytes),
            _ => Err(MALFORMED),
        }
    }

    fn skip(&mut self, length: u64) -> Result<(), &'static str> {
        let by = i64::try_from(length).map_err(|_| MALFORMED)?;
        self.at = self.at.checked_add(length).ok_or(MALFORMED)?;
        self.reader.seek_relative(by).map_err(|_| MALFORMED)
    }
}

fn check_name(name: &[u8]) -> Result<(), &'static str> {
    let has_control = name.iter().any(|byte| *byte < 0x20 || *byte == 0x7f);
    if has_control {
        Err("Invalid character in filename")
    } else {
        Ok(())
    }
}

/// The extra fields of a local header, which may repeat the name and override the compressed and uncompressed sizes.
fn local_extra(mut extra: &[u8], method: u16, sizes: &mut (u64, u64)) -> Result<(), &'static str> {
    const ZIP64: u16 = 0x0001;
    const UNICODE_PATH: u16 = 0x7075;
    let mut seen = (false, false);
    while !extra.is_empty() {
        if extra.len() < 4 {
            return Err(MALFORMED);
        }
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let data = extra.get(4..4 + length).ok_or(MALFORMED)?;
        let is_repeated = match id {
            ZIP64 => std::mem::replace(&mut seen.0, true),
            UNICODE_PATH => std::mem::replace(&mut seen.1, true),
            _ => false,
        };
        if is_repeated {
            return Err("Invalid duplicate extra in local file");
        }
        match id {
            ZIP64 => widen(data, method, sizes)?,
            UNICODE_PATH => {
                let name = data.get(5..).unwrap_or_default();
                check_name(name)?;
                std::str::from_utf8(name).map_err(|_| "Filename not valid UTF-8")?;
            }
            _ => {}
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
    Ok(())
}

fn widen(data: &[u8], method: u16, sizes: &mut (u64, u64)) -> Result<(), &'static str> {
    match data.len() {
        0 if sizes.0 == SENTINEL || sizes.1 == SENTINEL => return Err(MALFORMED),
        0 => {}
        8 if method != 0 => return Err(MALFORMED),
        8 => {
            sizes.0 = u64_at(data, 0);
            if sizes.1 == SENTINEL {
                sizes.1 = sizes.0;
            }
        }
        16 | 24 | 28 => {
            if sizes.1 == SENTINEL {
                sizes.1 = u64_at(data, 0);
            }
            sizes.0 = u64_at(data, 8);
        }
        _ => return Err(MALFORMED),
    }
    Ok(())
}
