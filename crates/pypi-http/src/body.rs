//! Request bodies of known length.

use std::{
    fmt, io,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::FileStamp;

/// A request body: parts in order, each of known length.
///
/// A file part is a path and the stamp that the file must have. The transport opens it when it sends, so a body uses no
/// memory and can be sent again.
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, Part};
///
/// let body = Body::new([Part::from("a=1&"), Part::from("b=2")]);
/// assert_eq!(body.content_length(), 7);
/// ```
#[derive(Clone, Default)]
pub struct Body {
    parts: Vec<Part>,
    progress: Option<(usize, Progress)>,
}

/// One part of a [`Body`].
#[derive(Clone)]
#[non_exhaustive]
pub enum Part {
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
    /// A file that must still be the one with this stamp.
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The file as it was when it was read before.
        stamp: FileStamp,
    },
}

/// A callback with the number of bytes that a transport has just read from a part.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

impl Body {
    /// A body of `parts`, in order.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            progress: None,
        }
    }

    /// Calls `progress` with the number of bytes each time a transport reads some of the part at `index`, on the thread
    /// that sends.
    #[must_use]
    pub fn on_progress(mut self, index: usize, progress: Progress) -> Self {
        self.progress = Some((index, progress));
        self
    }

    /// The exact number of bytes that will be sent.
    pub fn content_length(&self) -> u64 {
        self.parts.iter().map(Part::length).sum()
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// A reader of the whole body that opens each file when it is reached.
    ///
    /// The reader returns exactly [`content_length`](Self::content_length) bytes, or an error: of kind
    /// [`io::ErrorKind::InvalidData`] for a file that has changed since its stamp was made. The last bytes of a file are
    /// not returned before that was checked.
    pub fn into_reader(self) -> BodyReader {
        BodyReader {
            parts: self.parts.into_iter().enumerate(),
            current: None,
            progress: self.progress,
        }
    }
}

impl fmt::Debug for Body {
    /// Prints lengths only: a body may contain a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.content_length())
    }
}

impl<T: Into<Part>> From<T> for Body {
    fn from(part: T) -> Self {
        Self::new([part.into()])
    }
}

impl Part {
    /// A file part; the file must have this stamp when it is sent.
    pub fn file(path: impl Into<PathBuf>, stamp: FileStamp) -> Self {
        Self::File {
            path: path.into(),
            stamp,
        }
    }

    /// The number of bytes of this part.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { stamp, .. } => stamp.size(),
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} bytes)", self.length())
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

/// The bytes of a [`Body`], made by [`Body::into_reader`].
pub struct BodyReader {
    parts: std::iter::Enumerate<std::vec::IntoIter<Part>>,
    current: Option<(usize, Source)>,
    progress: Option<(usize, Progress)>,
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
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(cursor) => cursor.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

impl StampedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.check().map(|()| 0);
        }
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = self.file.read(buffer.get_mut(..most).unwrap_or_default())?;
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

#[expect(
    clippy::disallowed_methods,
    reason = "the only place where a transport opens the file that a body names"
)]
fn open_file(path: &Path) -> io::Result<std::fs::File> {
    std::fs::File::open(path)
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        sync::atomic::{AtomicU64, Ordering},
    };

    use super::*;

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

    #[test]
    fn debug_shows_no_content() {
        let body = Body::from("{\"token\":\"secret\"}");
        assert_eq!(
            format!("{body:?} {:?}", body.parts()),
            "Body(18 bytes) [Part(18 bytes)]"
        );
    }
}
