//! The digests that an index compares.

use std::{
    fmt::Write as _,
    io::{self, Read},
    panic::resume_unwind,
    sync::{Arc, mpsc},
    thread,
};

use blake2::Blake2b256;
use md5::Md5;
use pypi_http::Part;
use sha2::{Digest as _, Sha256};

/// The sha256 and the blake2b-256 of a distribution, its size, and its MD5 if that was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digests {
    sha256: String,
    blake2b_256: String,
    md5: Option<String>,
    size: u64,
}

impl Digests {
    /// Reads to the end, once, [`CHUNK`] bytes at a time. Input that is longer than one chunk is digested on two threads.
    ///
    /// # Errors
    ///
    /// The reader's own, or when a thread cannot be started.
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
    pub fn read(reader: impl Read) -> io::Result<Self> {
        Self::digest(reader, None)
    }

    /// As [`read`](Self::read), and computes the MD5 of the same bytes. It proves nothing, but some indexes want it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    ///
    /// # Examples
    ///
    /// ```
    /// let digests = pypi_upload::Digests::read_with_md5(&b"abc"[..])?;
    /// assert_eq!(digests.md5(), Some("900150983cd24fb0d6963f7d28e17f72"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_with_md5(reader: impl Read) -> io::Result<Self> {
        Self::digest(reader, Some(Md5::new()))
    }

    fn digest(mut reader: impl Read, mut md5: Option<Md5>) -> io::Result<Self> {
        let first = Chunk::new().fill(&mut reader)?;
        if first.count < CHUNK {
            let bytes = first.bytes();
            return Ok(Self {
                sha256: hex(&Sha256::digest(bytes)),
                blake2b_256: hex(&Blake2b256::digest(bytes)),
                md5: md5.map(|md5| hex(&md5.chain_update(bytes).finalize())),
                size: bytes.len() as u64,
            });
        }
        thread::scope(|scope| {
            let (send, chunks) = mpsc::channel::<Chunk>();
            let (give_back, free) = mpsc::channel();
            for _ in 1..CHUNKS {
                let _ = give_back.send(Chunk::new());
            }
            let others = thread::Builder::new().spawn_scoped(scope, move || {
                let mut blake2b = Blake2b256::new();
                for chunk in chunks {
                    blake2b.update(chunk.bytes());
                    if let Some(md5) = &mut md5 {
                        md5.update(chunk.bytes());
                    }
                    // The receiver is gone when reading failed; then this digest is not needed.
                    let _ = give_back.send(chunk);
                }
                (blake2b.finalize(), md5.map(Md5::finalize))
            })?;
            let mut sha256 = Sha256::new();
            let mut size = 0;
            let mut chunk = first;
            while chunk.count > 0 {
                sha256.update(chunk.bytes());
                size += chunk.count as u64;
                // The thread outlives this sender and returns every chunk; if it panicked, `join` reports it.
                let _ = send.send(chunk);
                chunk = free
                    .recv()
                    .unwrap_or_else(|_| Chunk::new())
                    .fill(&mut reader)?;
            }
            drop(send);
            let (blake2b, md5) = others.join().unwrap_or_else(|panic| resume_unwind(panic));
            Ok(Self {
                sha256: hex(&sha256.finalize()),
                blake2b_256: hex(&blake2b),
                md5: md5.map(|md5| hex(&md5)),
                size,
            })
        })
    }

    /// The part of a body that has these digests, from the reader that `open` returns; it is called for each attempt.
    ///
    /// Sending fails before the last byte unless the reader gives the same bytes as the one that was digested.
    ///
    /// # Examples
    ///
    /// ```
    /// let digests = pypi_upload::Digests::read(&b"abc"[..])?;
    /// let part = digests.part(|| Ok(&b"abd"[..]));
    /// let body = pypi_http::Body::from(part);
    /// assert!(std::io::read_to_string(body.into_reader()).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn part<R: Read + Send + 'static>(
        &self,
        open: impl Fn() -> io::Result<R> + Send + Sync + 'static,
    ) -> Part {
        let expected: Arc<str> = self.sha256.as_str().into();
        Part::reader(self.size, move || {
            Ok(Compared {
                reader: open()?,
                digest: Sha256::new(),
                expected: Arc::clone(&expected),
            })
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

    /// The MD5 in lower-case hex, 32 characters, if it was computed.
    pub fn md5(&self) -> Option<&str> {
        self.md5.as_deref()
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// A reader whose end is an error unless its bytes have this sha256.
struct Compared<R> {
    reader: R,
    digest: Sha256,
    expected: Arc<str>,
}

impl<R: Read> Read for Compared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        if count > 0 || buffer.is_empty() || hex(&self.digest.clone().finalize()) == *self.expected
        {
            return Ok(count);
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the bytes are not those that were read before",
        ))
    }
}

/// A part of the file, between the reader and the digests.
struct Chunk {
    buffer: Vec<u8>,
    count: usize,
}

impl Chunk {
    fn new() -> Self {
        Self {
            buffer: vec![0; CHUNK],
            count: 0,
        }
    }

    /// Reads until the chunk is full or the file ends.
    fn fill(mut self, reader: &mut impl Read) -> io::Result<Self> {
        self.count = 0;
        while let Some(rest) = self
            .buffer
            .get_mut(self.count..)
            .filter(|rest| !rest.is_empty())
        {
            match reader.read(rest) {
                Ok(0) => break,
                Ok(count) => self.count += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self)
    }

    fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.count).unwrap_or_default()
    }
}

/// The most chunks in flight.
const CHUNKS: u32 = 4;

/// The number of bytes that are read and digested at a time.
pub const CHUNK: usize = 256 * 1024;

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns its bytes in pieces of this size, and then fails if told to.
    struct Pieces<'a>(&'a [u8], usize, bool);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() && self.2 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    #[test]
    fn every_length_has_the_digests_of_its_bytes() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 9 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            for piece in [70_001, CHUNK, usize::MAX] {
                let digests = Digests::read(Pieces(&bytes, piece, false)).expect("it can be read");
                assert_eq!(digests.sha256(), hex(&Sha256::digest(&bytes)), "{length}");
                assert_eq!(
                    digests.blake2b_256(),
                    hex(&Blake2b256::digest(&bytes)),
                    "{length}"
                );
                assert_eq!((digests.size(), digests.md5()), (length as u64, None));
                let pieces = Pieces(&bytes, piece, false);
                let with_md5 = Digests::read_with_md5(pieces).expect("it can be read");
                assert_eq!(with_md5.sha256(), digests.sha256());
                assert_eq!(
                    with_md5.md5(),
                    Some(&*hex(&Md5::digest(&bytes))),
                    "{length}"
                );
            }
        }
    }

    #[test]
    fn a_part_is_the_bytes_that_were_digested_or_an_error() {
        let bytes = vec![7; CHUNK + 1];
        let digests = Digests::read(&bytes[..]).expect("it can be read");
        let sent = |bytes: Vec<u8>| {
            let part = digests.part(move || Ok(io::Cursor::new(bytes.clone())));
            let mut sent = Vec::new();
            let mut reader = pypi_http::Body::from(part).into_reader();
            reader.read_to_end(&mut sent).map(|_| sent)
        };
        assert_eq!(sent(bytes.clone()).ok(), Some(bytes.clone()));
        let mut other = bytes;
        other[CHUNK / 2] = 8;
        for other in [other, vec![7; CHUNK], vec![7; CHUNK + 2], Vec::new()] {
            let error = sent(other).expect_err("other bytes");
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
        let empty = Digests::read(&b""[..]).expect("it can be read");
        let mut reader = pypi_http::Body::from(empty.part(|| Ok(&b""[..]))).into_reader();
        assert_eq!(reader.read(&mut [0]).ok(), Some(0));
    }

    #[test]
    fn a_read_error_ends_it() {
        for length in [0, 10, CHUNK, 9 * CHUNK] {
            let bytes = vec![0; length];
            let error = Digests::read(Pieces(&bytes, CHUNK, true)).expect_err("it fails");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
    }
}
