//! The bytes of a body: each part is opened when it is reached, and must be what it was.

use std::{
    fmt,
    io::{self, Read},
    sync::Arc,
};

use super::{Part, Progress};
use crate::{FileStamp, open_file};

/// The bytes of a [`Body`](crate::Body), made by [`Body::into_reader`](crate::Body::into_reader).
pub struct BodyReader {
    parts: std::iter::Enumerate<std::vec::IntoIter<Part>>,
    current: Option<(usize, Source)>,
    progress: Option<(usize, Progress)>,
}

impl BodyReader {
    pub(super) fn new(parts: Vec<Part>, progress: Option<(usize, Progress)>) -> Self {
        Self {
            parts: parts.into_iter().enumerate(),
            current: None,
            progress,
        }
    }
}

impl fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyReader").finish_non_exhaustive()
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let Some((index, source)) = &mut self.current else {
                let Some((index, part)) = self.parts.next() else {
                    return Ok(0);
                };
                self.current = Some((index, Source::open(part)?));
                continue;
            };
            let count = source.read(buffer)?;
            if count > 0 {
                match &self.progress {
                    Some((reported, progress)) if reported == index => progress(count as u64),
                    _ => {}
                }
                return Ok(count);
            }
            self.current = None;
        }
    }
}

enum Source {
    Bytes(io::Cursor<Arc<[u8]>>),
    File(StampedFile),
    Reader(Measured),
}

/// A reader that must give this many bytes more, and then end.
struct Measured {
    reader: Box<dyn Read + Send>,
    left: u64,
    has_ended: bool,
}

/// A file that must be the one with this stamp, from its first byte to its last.
struct StampedFile {
    file: std::fs::File,
    stamp: FileStamp,
    left: u64,
}

impl Source {
    fn open(part: Part) -> io::Result<Self> {
        Ok(match part {
            Part::Bytes(bytes) => Self::Bytes(io::Cursor::new(bytes)),
            Part::File { path, stamp } => Self::File(StampedFile {
                file: open_file(&path)?,
                left: stamp.size(),
                stamp,
            }),
            Part::Reader { open, length } => Self::Reader(Measured {
                reader: open()?,
                left: length,
                has_ended: false,
            }),
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(cursor) => cursor.read(buffer),
            Self::File(file) => file.read(buffer),
            Self::Reader(measured) => measured.read(buffer),
        }
    }
}

impl StampedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.check().map(|()| 0);
        }
        let count = self.file.read(at_most(buffer, self.left))?;
        self.left -= count as u64;
        if count == 0 || self.left == 0 {
            self.check()?;
        }
        Ok(count)
    }

    /// Fails unless all bytes were read and the file is still the same. A file of this size that was written to
    /// meanwhile has another change time.
    fn check(&self) -> io::Result<()> {
        if self.left == 0 && FileStamp::of(&self.file)? == self.stamp {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the file changed after it was read: publish files that nothing writes to",
        ))
    }
}

impl Measured {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.end().map(|()| 0);
        }
        let count = self.reader.read(at_most(buffer, self.left))?;
        self.left -= count as u64;
        if count == 0 {
            return Err(changed("there are fewer bytes than were read before"));
        }
        if self.left == 0 {
            self.end()?;
        }
        Ok(count)
    }

    /// Fails unless the reader is at its end. It may itself fail there, because it knows what the bytes must be.
    fn end(&mut self) -> io::Result<()> {
        while !self.has_ended {
            match self.reader.read(&mut [0]) {
                Ok(0) => self.has_ended = true,
                Ok(_) => return Err(changed("there are more bytes than were read before")),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn changed(how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, how)
}

/// The beginning of a buffer, of at most this length.
fn at_most(buffer: &mut [u8], length: u64) -> &mut [u8] {
    let most = usize::try_from(length).map_or(buffer.len(), |length| length.min(buffer.len()));
    buffer.get_mut(..most).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        path::Path,
        sync::atomic::{AtomicU64, Ordering},
    };

    use super::*;
    use crate::Body;

    fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.as_file().write_all(bytes).expect("written");
        file
    }

    fn part(file: &tempfile::NamedTempFile) -> Part {
        let stamp = FileStamp::of(file.as_file()).expect("a regular file");
        Part::file(file.path(), stamp)
    }

    #[test]
    fn every_part_is_read_in_order_and_the_progress_of_one_is_reported() {
        let file = file_of(b"file");
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        let parts = [Part::from("head "), part(&file), "".into(), " tail".into()];
        let body = Body::new(parts).on_progress(
            1,
            Arc::new(move |bytes| {
                count.fetch_add(bytes, Ordering::Relaxed);
            }),
        );
        let length = body.content_length();
        let mut text = String::new();
        body.into_reader()
            .read_to_string(&mut text)
            .expect("readable");
        assert_eq!(text, "head file tail");
        assert_eq!(text.len() as u64, length, "the declared length is exact");
        assert_eq!(sent.load(Ordering::Relaxed), 4, "the bytes of the file");
    }

    /// What is read of a file of four bytes that `change` changes after its stamp was made.
    #[track_caller]
    fn read_after(change: impl FnOnce(&Path)) -> (Vec<u8>, io::ErrorKind) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        write(&path, b"four");
        let stamp = FileStamp::of(&open_file(&path).expect("a file")).expect("a stamp");
        change(&path);
        let mut read = Vec::new();
        let error = Body::new(["head".into(), Part::file(&path, stamp), "tail".into()])
            .into_reader()
            .read_to_end(&mut read)
            .expect_err("the file changed");
        (read, error.kind())
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    fn write(path: &Path, bytes: &[u8]) {
        std::fs::write(path, bytes).expect("written");
    }

    #[test]
    fn the_last_bytes_of_a_changed_file_are_not_released() {
        let changed = (b"head".to_vec(), io::ErrorKind::InvalidData);
        assert_eq!(
            read_after(|path| write(path, b"for")).1,
            changed.1,
            "shorter"
        );
        assert_eq!(read_after(|path| write(path, b"longer")), changed);
        assert_eq!(
            read_after(|path| write(path, b"FOUR")),
            changed,
            "same size"
        );
        let replaced = read_after(|path| {
            let other = path.with_extension("new");
            write(&other, b"four");
            std::fs::rename(&other, path).expect("renamed");
        });
        if cfg!(unix) {
            assert_eq!(replaced, changed, "another file of the same content");
        }
        let (_, kind) = read_after(|path| std::fs::remove_file(path).expect("removed"));
        assert_eq!(kind, io::ErrorKind::NotFound);
    }

    /// What is read of a part of four bytes, of which `bytes` are there.
    fn read_declared_as_four(bytes: &'static [u8]) -> (Vec<u8>, io::Result<usize>) {
        let part = Part::reader(4, move || Ok(bytes));
        let mut read = Vec::new();
        let result = Body::new(["head".into(), part, "tail".into()])
            .into_reader()
            .read_to_end(&mut read);
        (read, result)
    }

    #[test]
    fn a_reader_gives_as_many_bytes_as_its_part_has_or_an_error() {
        let (read, result) = read_declared_as_four(b"four");
        assert_eq!(
            (read.as_slice(), result.ok()),
            (&b"headfourtail"[..], Some(12))
        );
        for other in [&b""[..], b"for", b"longer"] {
            let (read, result) = read_declared_as_four(other);
            let error = result.expect_err("another length");
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(
                b"headfou".starts_with(&read) || read == b"headfor",
                "{read:?}"
            );
        }
    }

    #[test]
    fn a_reader_that_cannot_be_opened_is_an_error_each_time() {
        let opened = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&opened);
        let part = Part::reader(4, move || match count.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(&b"four"[..]),
            _ => Err(io::Error::other("gone")),
        });
        let body = Body::from(part);
        let read = |body: Body| io::read_to_string(body.into_reader());
        assert_eq!(read(body.clone()).ok().as_deref(), Some("four"));
        let error = read(body).expect_err("the second time");
        assert_eq!(error.to_string(), "gone");
        assert_eq!(opened.load(Ordering::Relaxed), 2);
    }
}
