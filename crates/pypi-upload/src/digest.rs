//! The digests that an index compares.

use std::{fmt::Write as _, io, io::Read};

use blake2::Blake2b256;
use sha2::{Digest as _, Sha256};

/// The sha256 and the blake2b-256 of a distribution, with the number of bytes that they were made from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digests {
    sha256: String,
    blake2b_256: String,
    size: u64,
}

impl Digests {
    /// Reads to the end, once, and digests on the way, [`CHUNK`] bytes at a time.
    ///
    /// # Errors
    ///
    /// The reader's own.
    ///
    /// # Examples
    ///
    /// ```
    /// let digests = pypi_upload::Digests::read(&b"abc"[..])?;
    /// assert_eq!(digests.size(), 3);
    /// assert!(digests.sha256().starts_with("ba7816bf"));
    /// assert!(digests.blake2b_256().starts_with("bddd813c"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read(mut reader: impl Read) -> io::Result<Self> {
        let mut sha256 = Sha256::new();
        let mut blake2b = Blake2b256::new();
        let mut size = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = chunk.get(..count).unwrap_or_default();
            sha256.update(bytes);
            blake2b.update(bytes);
            size += count as u64;
        }
        Ok(Self {
            sha256: hex(&sha256.finalize()),
            blake2b_256: hex(&blake2b.finalize()),
            size,
        })
    }

    /// The sha256 in lower-case hex, 64 characters.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The BLAKE2b digest of 32 bytes in lower-case hex, 64 characters.
    pub fn blake2b_256(&self) -> &str {
        &self.blake2b_256
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// How many bytes are read and digested at a time.
pub const CHUNK: usize = 256 * 1024;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
