//! The members of a tar archive, one after the other, in bounded memory.
//!
//! The crate `tar` reads the headers; its iterator is not used, because it keeps an extended header of any size in memory.

use std::io::{self, Read};

use crate::MAX_MEMBERS;

/// The most bytes of an extended header (a long name, or a list of attributes).
const MAX_EXTENDED: u64 = 1024 * 1024;

const BLOCK: usize = 512;

/// A tar archive that is being read.
pub(crate) struct Tarball<R> {
    reader: R,
    /// What of the member, and of the filling after it, has not been read.
    left: u64,
    filling: u64,
    members: usize,
    is_begun: bool,
}

/// One member.
pub(crate) struct Member {
    /// The name, without slashes at its end.
    pub(crate) name: Vec<u8>,
    pub(crate) size: u64,
    pub(crate) kind: MemberKind,
    /// Where a link leads.
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

/// Why there is no next member.
#[derive(Debug)]
pub(crate) enum TarError {
    /// It does not begin with a tar header.
    NotTar,
    /// It ends, or breaks, within a member.
    Damaged(String),
    /// More than the named limits allow.
    TooLarge(String),
}

/// What extended headers say of the member after them.
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
            filling: 0,
            members: 0,
            is_begun: false,
        }
    }

    /// The next member, after what is left of the one before.
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
            // The map of holes goes on in further blocks, which belong to the header.
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

    /// The text of the member, when it is no longer than `limit`.
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

    /// Reads to the end, so that the checksums of what wraps the archive are compared.
    pub(crate) fn finish(&mut self) -> Result<(), TarError> {
        io::copy(&mut self.reader, &mut io::sink())
            .map(drop)
            .map_err(damaged)
    }

    fn enter(&mut self, size: u64) {
        let block = BLOCK as u64;
        self.left = size;
        self.filling = (block - size % block) % block;
    }

    fn skip(&mut self) -> Result<(), TarError> {
        let wanted = self.left.saturating_add(self.filling);
        let skipped =
            io::copy(&mut (&mut self.reader).take(wanted), &mut io::sink()).map_err(damaged)?;
        let is_short = skipped < self.left;
        (self.left, self.filling) = (0, 0);
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

    /// The next header; none at the end. As Python does, takes a later header that is none for the end.
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
                        && !self.is_begun
                        && error.kind() != io::ErrorKind::UnexpectedEof =>
                {
                    return Err(TarError::NotTar);
                }
                Err(error) => return Err(damaged(error)),
            }
        }
        let is_zero = header.as_bytes().iter().all(|byte| *byte == 0);
        if filled == BLOCK && !is_zero && is_sound(&header) {
            self.is_begun = true;
            return Ok(Some(header));
        }
        if self.is_begun || (filled == BLOCK && is_zero) {
            return Ok(None);
        }
        Err(TarError::NotTar)
    }

    fn broken(&self) -> TarError {
        TarError::Damaged(format!("breaks within member {}", self.members))
    }
}

/// Whether the header's checksum fits.
fn is_sound(header: &tar::Header) -> bool {
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

/// Whether a block begins a tar archive.
pub(crate) fn is_tar_header(block: &[u8]) -> bool {
    let mut header = tar::Header::new_old();
    let whole = block.get(..BLOCK).is_some_and(|block| {
        header.as_mut_bytes().copy_from_slice(block);
        block.iter().any(|byte| *byte != 0)
    });
    whole && is_sound(&header)
}

impl Extended {
    /// Takes in a list of `LENGTH KEY=VALUE` lines.
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
    match error
        .get_ref()
        .is_some_and(|inner| inner.is::<crate::archive::TooMuch>())
    {
        true => TarError::TooLarge(error.to_string()),
        false => TarError::Damaged(format!("breaks off ({error})")),
    }
}
