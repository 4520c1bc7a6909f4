//! Why the files of a project are not known.

use pypi_http::TransportError;

/// Why the files of a project are not known.
///
/// Prints one line; the cause is behind `source()`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<TransportError>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// The reply is not the JSON of the simple API.
    Malformed,
    /// The last reply has this status.
    Status(u16),
    /// No complete reply; the cause is a [`TransportError`].
    Transport,
}

impl Error {
    pub(crate) fn malformed() -> Self {
        Self::new(
            ErrorKind::Malformed,
            "the project page is not the JSON of the simple API: check the simple URL of the index",
        )
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(
            ErrorKind::Status(status),
            format!("the index replied {status} to the request for the project page"),
        )
    }

    pub(crate) fn transport(source: TransportError) -> Self {
        let mut error = Self::new(
            ErrorKind::Transport,
            "the project page could not be fetched from the index",
        );
        error.0.source = Some(source);
        error
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_word_wide_and_crosses_threads() {
        fn assert_send<T: Send + Sync + 'static>() {}
        assert_send::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
