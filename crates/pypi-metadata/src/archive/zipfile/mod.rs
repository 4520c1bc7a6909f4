//! Zip archives, read as Python's `zipfile` reads them, because the index and installers use it.

mod directory;
mod member;
mod records;

pub(crate) use directory::{Directory, Entry};
pub(crate) use records::walk;

/// Why a zip archive, or one of its members, cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ZipError {
    /// The end record is missing: the file is not a zip archive, or is truncated.
    #[error("it has no end of central directory record")]
    NotZip,
    /// Something that Python's `zipfile` rejects.
    #[error("{0}")]
    Bad(String),
    /// More than the limits allow.
    #[error("{0}")]
    TooLarge(String),
    /// An error of the reader.
    #[error("it cannot be read: {0}")]
    Read(std::io::Error),
}

impl From<std::io::Error> for ZipError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Bad("it is truncated".to_owned()),
            _ => Self::Read(error),
        }
    }
}

/// A little-endian number in a record; 0 beyond its end.
fn u16_at(record: &[u8], at: usize) -> u16 {
    let bytes = record
        .get(at..at + 2)
        .and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u16::from_le_bytes)
}

fn u32_at(record: &[u8], at: usize) -> u32 {
    let bytes = record
        .get(at..at + 4)
        .and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_le_bytes)
}

fn u64_at(record: &[u8], at: usize) -> u64 {
    let bytes = record
        .get(at..at + 8)
        .and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u64::from_le_bytes)
}
