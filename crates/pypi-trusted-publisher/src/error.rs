//! Why no API token was minted.

use std::error::Error as StdError;

use pypi_http::TransportError;

/// Why no API token was minted.
///
/// Prints one line with what happened and the remedy; the cause is behind `source()`. It contains no token.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    refusal: Option<Refusal>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// Trusted publishing is switched off on the index for now.
    Disabled,
    /// The CI provider issued no ID token, or one that is not for this index.
    IdToken,
    /// A token would have travelled in the clear.
    Insecure,
    /// The job runs in a known CI service but may not request an ID token.
    MissingPermission,
    /// The environment is not that of a known CI service.
    NoIdentity,
    /// The index refused the ID token; [`Error::refusal`] has its reason.
    Refused,
    /// No complete reply from the index or the provider.
    Transport,
    /// A reply of an undocumented shape.
    UnexpectedReply,
    /// The index does not offer trusted publishing.
    Unsupported,
}

/// The first reason an index gave for not minting a token.
///
/// Codes of PyPI (Warehouse, 2026-08-21): `invalid-payload`, `not-enabled`, `invalid-token`,
/// `invalid-pending-publisher`, `invalid-reuse-token`, `invalid-publisher`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// The machine-readable code.
    pub code: String,
    /// The index's sentence.
    pub description: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            refusal: None,
            source: None,
        }))
    }

    /// The error of a job without a known CI identity.
    pub fn no_identity() -> Self {
        Self::new(
            ErrorKind::NoIdentity,
            "no CI identity in the environment: expected a GitHub Actions job with `id-token: write`; elsewhere, use an API token",
        )
    }

    pub(crate) fn transport(asked: &str, origin: &url::Origin, source: TransportError) -> Self {
        let origin = origin.ascii_serialization();
        let message = format!("no complete reply from {origin}, asked for {asked}");
        let mut error = Self::new(ErrorKind::Transport, message);
        error.0.source = Some(source.into());
        error
    }

    pub(crate) fn refused(refusal: Refusal) -> Self {
        let mut error = Self::new(
            ErrorKind::Refused,
            format!(
                "the index refused the ID token: {}: {}",
                refusal.code, refusal.description
            ),
        );
        error.0.refusal = Some(refusal);
        error
    }

    pub(crate) fn with_help(mut self, help: String) -> Self {
        self.0.help = Some(help);
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The remedy in one line, when the message does not already contain it.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The index's reason, for [`ErrorKind::Refused`].
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
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
