//! The bytes of files.

use std::io;

use bytes::Bytes;

/// The bytes of a file, or where they are.
#[derive(Clone, Debug)]
pub(crate) enum Blob {
    Memory(Bytes),
    #[cfg(feature = "persistent")]
    Disk(std::path::PathBuf),
}

impl Blob {
    /// The bytes.
    #[cfg_attr(
        feature = "persistent",
        expect(
            clippy::disallowed_methods,
            reason = "the only place that reads the files of a persistent index"
        )
    )]
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            #[cfg(feature = "persistent")]
            Self::Disk(path) => std::fs::read(path).map(Bytes::from),
        }
    }
}

impl Default for Blob {
    fn default() -> Self {
        Self::Memory(Bytes::new())
    }
}
