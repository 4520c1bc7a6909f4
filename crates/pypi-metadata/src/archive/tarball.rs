//! The members of a tar archive, in order and in bounded memory.
//!
//! The crate `tar` parses the headers. Its iterator is not used, because it keeps extended headers of any size in memory.

use std::io::{self, Read};

use super::{MAX_MEMBERS, TooMuch};

/// The most bytes of an extended header (a long name, or a list of attributes).
const MAX_EXTENDED: u64 = 1024 * 1024;

const BLOCK: usize = 512;

/// A reader of tar archives.
pub(crate) struct Tarball<R> {
    reader: R,
    /// How much of the member, and of the padding after it, has not been read.
    left: u64,
    padding: u64,
    members: usize,
    has_started: bool,
}

/// A member.
pub(crate) struct Member {
    /// The name, without trailing slashes.
    pub(crate) name: Vec<u8>,
    pub(crate) size: u64,
    pub(crate) kind: MemberKind,
    /// The target of a link.
    pub(crate) target: Option<Vec<u8>>,
    pub(crate) is_sparse: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MemberKind {
    Directory,
    File,
    Link,
    Other,
}

/// Why the next member cannot be read.
#[derive(Debug)]
pub(crate) enum TarError {
    /// The file does not start with a tar header.
    NotTar,
    /// The file ends or is damaged within a member.
    Damaged(String),
    /// More than the limits allow.
    TooLarge(String),
}

/// What extended headers say about the member after them.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

impl<R: Read> Tarball<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            left: 0,
            padding: 0,
            members: 0,
            has_started: false,
        }
    }

    /// The next member; skips what is left of the previous one.
    pub(crate) fn next(&mut self) -> Result<Option<Member>, TarError> {
        let mut extended = Extended::default();
        loop {
            self.skip()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let size = header.entry_size().map_err(|_| self.broken())?;
            let kind = header.entry_type();
            if kind.is_gnu_longname()
                || kind.is_gnu_longlink()
                || kind.is_pax_local_extensions()
                || kind.is_pax_global_extensions()
            {
                self.enter(size);
                let text = self.extended(size)?;
                if kind.is_gnu_longname() {
                    extended.name = Some(until_nul(&text));
                } else if kind.is_gnu_longlink() {
                    extended.target = Some(until_nul(&text));
                } else {
                    extended.read(&text);
                }
                continue;
            }
            self.members += 1;
            if self.members > MAX_MEMBERS {
                return Err(TarError::TooLarge(format!(
                    "has more than {MAX_MEMBERS} members"
                )));
            }
            return self.member(&header, extended).map(Some);
        }
    }

    fn member(&mut self, header: &tar::Header, extended: Extended) -> Result<Member, TarError> {
        let kind = header.entry_type();
        let kind_of = if kind.is_dir() {
            MemberKind::Directory
        } else if kind.is_symlink() || kind.is_hard_link() {
            MemberKind::Link
        } else if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
            MemberKind::File
        } else {
            MemberKind::Other
        };
        let size = match extended.size {
            Some(size) => size,
            None => header.entry_size().map_err(|_| self.broken())?,
        };
        let has_data = matches!(kind_of, MemberKind::File);
        self.enter(if has_data { size } else { 0 });
        if kind.is_gnu_sparse() && header.as_gnu().is_some_and(tar::GnuHeader::is_extended) {
            // The map of holes continues in further blocks, which belong to the header.
            self.extended_map()?;
        }
        let mut name = extended
            .name
            .unwrap_or_else(|| header.path_bytes().into_owned());
        while name.len() > 1 && name.ends_with(b"/") {
            name.pop();
        }
        Ok(Member {
            name,
            size,
            kind: kind_of,
            target: extended
                .target
                .or_else(|| header.link_name_bytes().map(|target| target.into_owned())),
            is_sparse: extended.is_sparse || kind.is_gnu_sparse(),
        })
    }

    /// The contents of the member, or `None` if they are longer than `limit`.
    pub(crate) fn text(&mut self, limit: u64) -> Result<Option<Vec<u8>>, TarError> {
        if self.left > limit {
            return Ok(None);
        }
        let mut text = Vec::new();
        let wanted = self.left;
        let read = (&mut self.reader)
            .take(wanted)
            .read_to_end(&mut text)
            .map_err(damaged)?;
        self.left -= read as u64;
        if (read as u64) < wanted {
            return Err(self.broken());
        }
        Ok(Some(text))
    }

    /// Reads to the end, so that the checksum of the gzip stream is compared.
    pub(crate) fn finish(&mut self) -> Result<(), TarError> {
        io::copy(&mut self.reader, &mut io::sink())
            .map(drop)
            .map_err(damaged)
    }

    fn enter(&mut self, size: u64) {
        let block = BLOCK as u64;
        self.left = size;
        self.padding = (block - size % block) % block;
    }

    fn skip(&mut self) -> Result<(), TarError> {
        let wanted = self.left.saturating_add(self.padding);
        let skipped =
            io::copy(&mut (&mut self.reader).take(wanted), &mut io::sink()).map_err(damaged)?;
        let is_short = skipped < self.left;
        (self.left, self.padding) = (0, 0);
        if is_short { Err(self.broken()) } else { Ok(()) }
    }

    fn extended(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        let text = if size > MAX_EXTENDED {
            None
        } else {
            self.text(size)?
        };
        text.ok_or_else(|| TarError::TooLarge(format!("has an extended header of {size} bytes")))
    }

    fn extended_map(&mut self) -> Result<(), TarError> {
        const IS_EXTENDED: usize = 504;
        for _ in 0..MAX_MEMBERS {
            let mut block = [0; BLOCK];
            self.reader.read_exact(&mut block).map_err(damaged)?;
            if block.get(IS_EXTENDED) != Some(&1) {
                return Ok(());
            }
        }
        Err(self.broken())
    }

    /// The next header, or `None` at the end. An invalid header after the first one counts as the end, as in Python.
    fn header(&mut self) -> Result<Option<tar::Header>, TarError> {
        let mut header = tar::Header::new_old();
        let mut filled = 0;
        while let Some(rest) = header
            .as_mut_bytes()
            .get_mut(filled..)
            .filter(|rest| !rest.is_empty())
        {
            match self.reader.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error)
                    if filled == 0
                        && !self.has_started
                        && error.kind() != io::ErrorKind::UnexpectedEof =>
                {
                    return Err(TarError::NotTar);
                }
                Err(error) => return Err(damaged(error)),
            }
        }
        let is_zero = header.as_bytes().iter().all(|byte| *byte == 0);
        if filled == BLOCK && !is_zero && has_valid_checksum(&header) {
            self.has_started = true;
            return Ok(Some(header));
        }
        if self.has_started || (filled == BLOCK && is_zero) {
            return Ok(None);
        }
        Err(TarError::NotTar)
    }

    fn broken(&self) -> TarError {
        TarError::Damaged(format!("is damaged in member {}", self.members))
    }
}

/// Whether the header's checksum is right.
fn has_valid_checksum(header: &tar::Header) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let bytes = header.as_bytes().iter().enumerate();
    let sum: u32 = bytes
        .map(|(at, byte)| {
            if CHECKSUM.contains(&at) {
                u32::from(b' ')
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    header.cksum().is_ok_and(|checksum| checksum == sum)
}

/// Whether a tar archive starts with this block.
pub(crate) fn is_tar_header(block: &[u8]) -> bool {
    let mut header = tar::Header::new_old();
    let whole = block.get(..BLOCK).is_some_and(|block| {
        header.as_mut_bytes().copy_from_slice(block);
        block.iter().any(|byte| *byte != 0)
    });
    whole && has_valid_checksum(&header)
}

impl Extended {
    /// Reads a list of `LENGTH KEY=VALUE` lines.
    fn read(&mut self, text: &[u8]) {
        for record in tar::PaxExtensions::new(text).flatten() {
            let value = record.value_bytes();
            match record.key() {
                Ok("path") => self.name = Some(value.to_vec()),
                Ok("linkpath") => self.target = Some(value.to_vec()),
                Ok("size") => self.size = record.value().ok().and_then(|value| value.parse().ok()),
                Ok(key) if key.starts_with("GNU.sparse.") => {
                    self.is_sparse = true;
                    if key == "GNU.sparse.name" {
                        self.name = Some(value.to_vec());
                    }
                }
                _ => {}
            }
        }
    }
}

fn until_nul(text: &[u8]) -> Vec<u8> {
    text.split(|byte| *byte == 0)
        .next()
        .unwrap_or_default()
        .to_vec()
}

fn damaged(error: io::Error) -> TarError {
    match error.get_ref().is_some_and(|inner| inner.is::<TooMuch>()) {
        true => TarError::TooLarge(error.to_string()),
        false => TarError::Damaged(format!("is truncated or damaged ({error})")),
    }
}
