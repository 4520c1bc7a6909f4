//! Zip archives as Python's `zipfile` reads them, because the index and the installers do.

mod directory;
mod member;
mod records;

pub(crate) use directory::{Directory, Entry};
pub(crate) use records::walk;

/// Why a zip archive, or one of its members, does not read.
#[derive(Debug)]
pub(crate) enum ZipError {
    /// There is no end record: it is no zip archive, or a cut one.
    NotZip,
    /// What Python's `zipfile` refuses.
    Bad(String),
    /// More than the named limits allow.
    TooLarge(String),
    /// It cannot be read from disk.
    Read(std::io::Error),
}

impl From<std::io::Error> for ZipError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Bad("it breaks off".to_owned()),
            _ => Self::Read(error),
        }
    }
}

impl std::fmt::Display for ZipError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotZip => f.write_str("it has no end record"),
            Self::Bad(text) | Self::TooLarge(text) => f.write_str(text),
            Self::Read(error) => write!(f, "it cannot be read: {error}"),
        }
    }
}

/// Little-endian numbers out of a record.
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
