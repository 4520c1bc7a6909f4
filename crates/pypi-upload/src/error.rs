//! Why the files of a project, or the provenance of one, are not known.

use pypi_http::{TransportError, TransportErrorKind};
use url::Url;

/// Why the files of a project, or the provenance of one, are not known.
///
/// Prints one line; the cause is behind `source()`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{page} {what}")]
struct Inner {
    kind: ErrorKind,
    page: Url,
    what: String,
    source: Option<TransportError>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// The index has switched attestations off.
    Disabled,
    /// The reply is not a page of the simple API.
    Malformed,
    /// The last reply has this status.
    Status(u16),
    /// No complete reply; the cause is a [`TransportError`].
    Transport(TransportErrorKind),
}

impl Error {
    pub(crate) fn malformed(page: &Url) -> Self {
        let what = "is not a page of the simple API: check the simple URL of the index";
        Self::new(ErrorKind::Malformed, page, what, None)
    }

    pub(crate) fn disabled(page: &Url) -> Self {
        let what = "replied 403: the index serves no attestations at present";
        Self::new(ErrorKind::Disabled, page, what, None)
    }

    pub(crate) fn status(page: &Url, status: u16) -> Self {
        let what = match status {
            300..=399 => format!(
                "replied {status}, a redirect: check the simple URL of the index, or name its kind"
            ),
            _ => format!("replied {status}"),
        };
        Self::new(ErrorKind::Status(status), page, what, None)
    }

    pub(crate) fn transport(page: &Url, source: TransportError) -> Self {
        let kind = ErrorKind::Transport(source.kind());
        Self::new(kind, page, "could not be fetched", Some(source))
    }

    fn new(
        kind: ErrorKind,
        page: &Url,
        what: impl Into<String>,
        source: Option<TransportError>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            page: page.clone(),
            what: what.into(),
            source,
        }))
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The error and its causes, on one line.
    pub fn causes(&self) -> String {
        match &self.0.source {
            Some(source) => format!("{self}: {}", source.causes(None)),
            None => self.to_string(),
        }
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
