//! Request bodies of known length.

mod reader;

use std::{
    fmt,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use crate::FileStamp;

pub use reader::BodyReader;

/// A request body: parts in order, each of known length.
///
/// A file part is a path and the stamp that the file must have; a reader part, a function that opens a reader. The
/// transport opens them when it sends, so a body uses no memory and can be sent again.
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
    /// A reader that gives exactly this many bytes.
    #[non_exhaustive]
    Reader {
        /// Opens the reader, once for each time that the body is sent.
        open: Open,
        /// The number of bytes.
        length: u64,
    },
}

/// A function that opens a reader at its first byte.
pub type Open = Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

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
    /// [`io::ErrorKind::InvalidData`] for a file that has changed since its stamp was made, and for a reader that gives
    /// more or fewer bytes than its part has. The last bytes of a part are not returned before that was checked.
    pub fn into_reader(self) -> BodyReader {
        BodyReader::new(self.parts, self.progress)
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

    /// A part of `length` bytes from the reader that `open` returns, which is called each time the body is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_http::{Body, Part};
    ///
    /// let part = Part::reader(3, || Ok(&b"abc"[..]));
    /// let mut text = String::new();
    /// std::io::Read::read_to_string(&mut Body::from(part).into_reader(), &mut text)?;
    /// assert_eq!(text, "abc");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reader<R: Read + Send + 'static>(
        length: u64,
        open: impl Fn() -> io::Result<R> + Send + Sync + 'static,
    ) -> Self {
        Self::Reader {
            open: Arc::new(move || Ok(Box::new(open()?))),
            length,
        }
    }

    /// The number of bytes of this part.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { stamp, .. } => stamp.size(),
            Self::Reader { length, .. } => *length,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let body = Body::from("{\"token\":\"secret\"}");
        assert_eq!(
            format!("{body:?} {:?}", body.parts()),
            "Body(18 bytes) [Part(18 bytes)]"
        );
    }
}
