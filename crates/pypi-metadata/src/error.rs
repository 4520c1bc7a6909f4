//! Why a file cannot be read as a distribution.

use std::{error::Error as StdError, fmt};

use crate::{FilenameError, FilenameErrorKind, MetadataError, MetadataErrorKind};

/// Why a file cannot be read as a distribution.
///
/// Prints one line that begins with the file's name; the cause, if there is one, is behind `source()`.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Distribution, ErrorKind};
///
/// let error = Distribution::read("demo-1.0.tar.gz", std::io::Cursor::new(b"")).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Empty);
/// assert_eq!(error.to_string(), "demo-1.0.tar.gz: the file is empty");
/// assert_eq!(error.help(), Some("build the distribution again"));
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    filename: String,
    kind: ErrorKind,
    message: String,
    help: Option<&'static str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller can branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// The file is not a zip or tar.gz archive, or it is damaged.
    Archive,
    /// The file is empty.
    Empty,
    /// The file name is not that of a wheel or sdist.
    Filename(FilenameErrorKind),
    /// The core metadata cannot be parsed.
    Metadata(MetadataErrorKind),
    /// The archive has no core metadata where it belongs.
    NoMetadata,
    /// The file cannot be read from disk.
    Read,
    /// The archive has more members, or more metadata, than the limits allow.
    TooLarge,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            filename: String::new(),
            kind,
            message: message.into(),
            help: None,
            source: None,
        }))
    }

    pub(crate) fn read(source: std::io::Error) -> Self {
        let mut read = Self::new(ErrorKind::Read, "the file cannot be read");
        read.0.source = Some(source.into());
        read
    }

    pub(crate) fn with_help(mut self, help: &'static str) -> Self {
        self.0.help = Some(help);
        self
    }

    pub(crate) fn of_file(mut self, filename: &str) -> Self {
        filename.clone_into(&mut self.0.filename);
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file's name, without its folder.
    pub fn filename(&self) -> &str {
        &self.0.filename
    }

    /// What is wrong, without the file's name.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.0.help
    }
}

impl From<FilenameError> for Error {
    fn from(error: FilenameError) -> Self {
        let mut read = Self::new(ErrorKind::Filename(error.kind()), error.to_string());
        read.0.help = error.help();
        read
    }
}

impl From<MetadataError> for Error {
    fn from(error: MetadataError) -> Self {
        let (kind, help) = (error.kind(), error.help());
        let (message, source) = error.into_parts();
        let mut read = Self::new(ErrorKind::Metadata(kind), message);
        (read.0.help, read.0.source) = (help, source);
        read
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.filename, self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_and_can_cross_threads() {
        fn is_portable<T: Send + Sync + 'static>() {}
        is_portable::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
