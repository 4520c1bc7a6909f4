//! Request bodies of known length.

use std::{
    fmt, io,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A request body: parts in order, each of known length.
///
/// A file part is a path and the length that the file must have. The transport opens it when it sends, so a body uses no
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
    progress: Option<Progress>,
}

/// One part of a [`Body`].
#[derive(Clone)]
#[non_exhaustive]
pub enum Part {
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
    /// A file of exactly `length` bytes.
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: PathBuf,
        /// Its length in bytes at the time when the body was made.
        length: u64,
    },
}

/// A callback with the number of bytes that a transport has just read from a body.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

impl Body {
    /// A body of `parts`, in order.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            progress: None,
        }
    }

    /// Calls `progress` with the number of bytes each time a transport reads some, on the thread that sends.
    #[must_use]
    pub fn on_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
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
    /// The reader returns exactly [`content_length`](Self::content_length) bytes, or an error: for a file that shrank,
    /// [`io::ErrorKind::UnexpectedEof`], for one that grew, [`io::ErrorKind::InvalidData`].
    pub fn into_reader(self) -> BodyReader {
        BodyReader {
            parts: self.parts.into_iter(),
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
    /// A file part of `length` bytes.
    pub fn file(path: impl Into<PathBuf>, length: u64) -> Self {
        Self::File {
            path: path.into(),
            length,
        }
    }

    /// The number of bytes of this part.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
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
    parts: std::vec::IntoIter<Part>,
    current: Option<Source>,
    progress: Option<Progress>,
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
            let Some(source) = &mut self.current else {
                let Some(part) = self.parts.next() else {
                    return Ok(0);
                };
                self.current = Some(Source::open(part)?);
                continue;
            };
            let count = source.read(buffer)?;
            if count > 0 {
                if let Some(progress) = &self.progress {
                    progress(count as u64);
                }
                return Ok(count);
            }
            self.current = None;
        }
    }
}

enum Source {
    Bytes(io::Cursor<Arc<[u8]>>),
    File { file: std::fs::File, left: u64 },
}

impl Source {
    fn open(part: Part) -> io::Result<Self> {
        Ok(match part {
            Part::Bytes(bytes) => Self::Bytes(io::Cursor::new(bytes)),
            Part::File { path, length } => Self::File {
                file: open_file(&path)?,
                left: length,
            },
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(cursor) => cursor.read(buffer),
            Self::File { file, left } => {
                let count = file.read(buffer)? as u64;
                if count > *left {
                    return Err(changed(io::ErrorKind::InvalidData, "grew"));
                }
                if count == 0 && *left > 0 {
                    return Err(changed(io::ErrorKind::UnexpectedEof, "shrank"));
                }
                *left -= count;
                Ok(count as usize)
            }
        }
    }
}

fn changed(kind: io::ErrorKind, how: &str) -> io::Error {
    io::Error::new(
        kind,
        format!("the file {how} while it was being sent: upload a file that nothing writes to"),
    )
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
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        io::Write::write_all(&mut file.as_file(), bytes).expect("written");
        file
    }

    #[test]
    fn every_part_is_read_in_order_and_progress_is_reported() {
        let file = file_of(b"file");
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        let body = Body::new([
            Part::from("head "),
            Part::file(file.path(), 4),
            Part::from(""),
            Part::from(" tail"),
        ])
        .on_progress(Arc::new(move |bytes| {
            count.fetch_add(bytes, Ordering::Relaxed);
        }));
        let length = body.content_length();
        let mut text = String::new();
        body.into_reader()
            .read_to_string(&mut text)
            .expect("readable");
        assert_eq!(text, "head file tail");
        assert_eq!(text.len() as u64, length, "the declared length is exact");
        assert_eq!(sent.load(Ordering::Relaxed), length, "all bytes reported");
    }

    #[track_caller]
    fn error_for(content: &[u8], declared: u64) -> io::ErrorKind {
        let file = file_of(content);
        let body = Body::new([Part::file(file.path(), declared)]);
        let mut sink = Vec::new();
        body.into_reader()
            .read_to_end(&mut sink)
            .expect_err("the file has another length")
            .kind()
    }

    #[test]
    fn a_file_of_another_length_is_an_error_and_never_a_shorter_body() {
        assert_eq!(error_for(b"short", 6), io::ErrorKind::UnexpectedEof);
        assert_eq!(error_for(b"longer", 5), io::ErrorKind::InvalidData);
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
