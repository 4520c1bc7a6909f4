//! A wheel or an sdist, as far as its file name and metadata tell.

use std::{
    fmt, fs,
    io::{self, Read, Seek},
    path::Path,
};

use crate::{Filename, FilenameErrorKind, Kind, Metadata, ParseErrorKind, archive};

/// A wheel or an sdist: its file name, its size and its core metadata.
///
/// Opening reads a wheel's central directory and its `METADATA`, or an sdist up to its `PKG-INFO`; nothing is unpacked
/// to disk. Time and memory do not grow with the size of a wheel.
#[derive(Clone, Debug)]
pub struct Distribution {
    filename: Filename,
    size: u64,
    metadata: Metadata,
}

/// A file that is no distribution. Prints one line that begins with the file's name.
#[derive(Debug)]
pub struct OpenError {
    filename: String,
    kind: OpenErrorKind,
    message: String,
    source: Option<io::Error>,
}

/// Why a file is no distribution. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OpenErrorKind {
    /// It is no zip or no tar.gz archive, or a damaged one.
    Archive,
    /// It has no bytes.
    Empty,
    /// Its name is of no wheel and no sdist.
    Filename(FilenameErrorKind),
    /// Its metadata does not read.
    Metadata(ParseErrorKind),
    /// The archive has no metadata where it belongs.
    NoMetadata,
    /// It cannot be read from disk.
    Read,
    /// It has more members, or more metadata, than any distribution needs.
    TooLarge,
}

impl Distribution {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When the file is no distribution; [`OpenErrorKind`] says why.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let filename = path.file_name().unwrap_or(path.as_os_str());
        let filename = filename.to_string_lossy();
        #[expect(
            clippy::disallowed_methods,
            reason = "the door through which a caller has its files read"
        )]
        let file = fs::File::open(path).map_err(|source| OpenError::read(&filename, source))?;
        Self::read(&filename, file)
    }

    /// Reads a distribution from anything that can be sought.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Distribution, OpenErrorKind};
    ///
    /// let error = Distribution::read("demo-1.0.tar.gz", std::io::Cursor::new(b"")).unwrap_err();
    /// assert_eq!(error.kind(), OpenErrorKind::Empty);
    /// assert_eq!(error.to_string(), "demo-1.0.tar.gz: the file is empty: build it again");
    /// ```
    pub fn read(filename: &str, mut reader: impl Read + Seek) -> Result<Self, OpenError> {
        let error = |kind, message| OpenError::new(filename, kind, message);
        let parsed = Filename::parse(filename)
            .map_err(|source| error(OpenErrorKind::Filename(source.kind()), source.to_string()))?;
        let size =
            archive::size(&mut reader).map_err(|source| OpenError::read(filename, source))?;
        if size == 0 {
            let message = "the file is empty: build it again".to_owned();
            return Err(error(OpenErrorKind::Empty, message));
        }
        let text = match parsed.kind() {
            Kind::Sdist => archive::sdist_metadata(reader),
            Kind::Wheel => archive::wheel_metadata(reader, &parsed.dist_info()),
        };
        let text = text.map_err(|(kind, message)| error(kind, message))?;
        let metadata = Metadata::parse(&text)
            .map_err(|source| error(OpenErrorKind::Metadata(source.kind()), source.to_string()))?;
        Ok(Self {
            filename: parsed,
            size,
            metadata,
        })
    }

    /// The file name.
    pub fn filename(&self) -> &Filename {
        &self.filename
    }

    /// The size of the file, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The core metadata.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

impl OpenError {
    fn new(filename: &str, kind: OpenErrorKind, message: String) -> Self {
        Self {
            filename: filename.to_owned(),
            kind,
            message,
            source: None,
        }
    }

    fn read(filename: &str, source: io::Error) -> Self {
        Self {
            message: format!("cannot be read: {}", source.kind()),
            source: Some(source),
            ..Self::new(filename, OpenErrorKind::Read, String::new())
        }
    }

    /// The category, for `match`.
    pub fn kind(&self) -> OpenErrorKind {
        self.kind
    }

    /// The file's name, without its folder.
    pub fn filename(&self) -> &str {
        &self.filename
    }

    /// What is wrong, without the file's name.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.filename, self.message)
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
