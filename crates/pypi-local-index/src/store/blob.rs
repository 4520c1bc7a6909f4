//! The bytes of files.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write as _};
use std::sync::Arc;

use bytes::Bytes;

/// The bytes of a file, or where they are.
#[derive(Clone, Debug)]
pub(crate) enum Blob {
    Memory(Bytes),
    /// A file without a name, which the system removes when it is closed.
    Temporary(Arc<File>),
    #[cfg(any(feature = "persistent", feature = "scenario"))]
    Disk(std::path::PathBuf),
}

impl Blob {
    /// The bytes.
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        if let Self::Memory(bytes) = self {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        self.reader()?.read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    /// A reader at the first byte. The readers of a temporary file share their position.
    #[cfg_attr(
        any(feature = "persistent", feature = "scenario"),
        expect(
            clippy::disallowed_methods,
            reason = "the only place that reads the files of a persistent index and of a seed folder"
        )
    )]
    pub(crate) fn reader(&self) -> io::Result<BlobReader> {
        Ok(match self {
            Self::Memory(bytes) => BlobReader::Memory(Cursor::new(bytes.clone())),
            Self::Temporary(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(0))?;
                BlobReader::File(BufReader::new(file))
            }
            #[cfg(any(feature = "persistent", feature = "scenario"))]
            Self::Disk(path) => BlobReader::File(BufReader::new(File::open(path)?)),
        })
    }
}

impl Default for Blob {
    fn default() -> Self {
        Self::Memory(Bytes::new())
    }
}

/// Reads the bytes of a file.
#[derive(Debug)]
pub(crate) enum BlobReader {
    Memory(Cursor<Bytes>),
    File(BufReader<File>),
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => bytes.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Memory(bytes) => bytes.seek(to),
            Self::File(file) => file.seek(to),
        }
    }
}

/// The size up to which a file that is being received stays in memory, in bytes.
const MAX_MEMORY: usize = 1024 * 1024;

/// A file that is being received.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    /// Adds bytes at the end.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.write_all(bytes);
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > MAX_MEMORY {
            let mut file = tempfile::tempfile()?;
            file.write_all(&std::mem::take(&mut self.memory))?;
            self.file = Some(file);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Blob {
        match self.file {
            Some(file) => Blob::Temporary(Arc::new(file)),
            None => Blob::Memory(self.memory.into_boxed_slice().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_not_in_memory() {
        let mut spool = Spool::default();
        for _ in 0..=MAX_MEMORY / 1024 {
            spool.write(&[7; 1024]).expect("a temporary file");
        }
        let blob = spool.finish();
        assert!(matches!(blob, Blob::Temporary(_)));
        for _ in 0..2 {
            assert_eq!(blob.read().expect("bytes"), vec![7; MAX_MEMORY + 1024]);
        }
    }
}
