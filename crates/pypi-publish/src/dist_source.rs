//! Where a distribution is read from.

use std::{
    fmt,
    io::{self, Read, Seek},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A distribution to publish: a file, bytes in memory, or whatever can be opened again.
///
/// A path is one, so [`Dists::read`](crate::Dists::read) accepts paths and these.
///
/// # Examples
///
/// Bytes in memory:
///
/// ```
/// use pypi_publish::{DistSource, Dists, Publisher};
///
/// # let wheel = pypi_metadata::testing::wheel("demo", "1.0");
/// # let (filename, bytes) = (wheel.filename, wheel.bytes);
/// let plan = Publisher::pypi().plan(Dists::read([DistSource::bytes(filename, bytes)]));
/// assert_eq!(plan.files().len(), 1);
/// ```
///
/// A reader that is opened once to read the distribution, and once for each attempt to send it:
///
/// ```
/// use std::io::Cursor;
///
/// use pypi_publish::{DistSource, Dists, Publisher};
///
/// # let wheel = pypi_metadata::testing::wheel("demo", "1.0");
/// # let (filename, bytes) = (wheel.filename, wheel.bytes);
/// let source = DistSource::open_with(filename, move || Ok(Cursor::new(bytes.clone())));
/// let plan = Publisher::pypi().plan(Dists::read([source, DistSource::path("missing.whl")]));
/// assert_eq!(plan.files().len(), 1);
/// assert_eq!(plan.problems()[0].file(), "missing.whl");
/// ```
#[derive(Clone)]
pub struct DistSource {
    pub(crate) filename: String,
    pub(crate) content: Content,
    #[cfg(feature = "attestations")]
    pub(crate) attestations: Vec<Arc<[u8]>>,
}

#[derive(Clone)]
pub(crate) enum Content {
    Bytes(Arc<[u8]>),
    Path(PathBuf),
    Reader(Open),
}

pub(crate) type Open = Arc<dyn Fn() -> io::Result<Box<dyn ReadSeek>> + Send + Sync>;

pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<R: Read + Seek + Send> ReadSeek for R {}

impl DistSource {
    /// The file at `path`, with the attestations that are stored beside it.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self::new(name.to_string_lossy().into_owned(), Content::Path(path))
    }

    /// The bytes of a distribution of this file name. They are not copied when the source is cloned or sent.
    pub fn bytes(filename: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::new(filename.into(), Content::Bytes(bytes.into()))
    }

    /// A distribution of this file name, whose reader `open` returns, at its first byte.
    ///
    /// It is called when the distribution is read and each time that it is sent, on the thread that reads. A reader that
    /// fails, or that gives other bytes than the first one, ends the upload before its last byte:
    /// [`FailureKind::File`](pypi_upload::FailureKind::File).
    pub fn open_with<R: Read + Seek + Send + 'static>(
        filename: impl Into<String>,
        open: impl Fn() -> io::Result<R> + Send + Sync + 'static,
    ) -> Self {
        let open = move || -> io::Result<Box<dyn ReadSeek>> { Ok(Box::new(open()?)) };
        Self::new(filename.into(), Content::Reader(Arc::new(open)))
    }

    /// Adds an attestation of the distribution, in its JSON form (PEP 740); at most one of each predicate type.
    #[cfg(feature = "attestations")]
    #[cfg_attr(docsrs, doc(cfg(feature = "attestations")))]
    #[must_use]
    pub fn attestation(mut self, json: impl Into<String>) -> Self {
        self.attestations.push(json.into().into_bytes().into());
        self
    }

    fn new(filename: String, content: Content) -> Self {
        Self {
            filename,
            content,
            #[cfg(feature = "attestations")]
            attestations: Vec::new(),
        }
    }

    /// The path, if it is one, as the caller wrote it.
    pub(crate) fn as_path(&self) -> Option<&Path> {
        match &self.content {
            Content::Path(path) => Some(path),
            Content::Bytes(_) | Content::Reader(_) => None,
        }
    }

    /// Whether it is an attestation, which belongs to the distribution beside it.
    pub(crate) fn is_attestation(&self) -> bool {
        let extension = self.as_path().and_then(Path::extension);
        extension.is_some_and(|extension| extension == "attestation")
    }
}

impl<P: Into<PathBuf>> From<P> for DistSource {
    fn from(path: P) -> Self {
        Self::path(path)
    }
}

impl fmt::Debug for DistSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DistSource");
        match self.as_path() {
            Some(path) => shown.field("path", &path),
            None => shown.field("filename", &self.filename),
        };
        shown.finish_non_exhaustive()
    }
}
