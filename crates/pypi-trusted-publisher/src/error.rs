//! Why no API token was minted.

use std::{error::Error as StdError, time::Duration};

use pypi_http::TransportError;

use crate::Claims;

/// Why no API token was minted.
///
/// Prints one line with what happened; the remedy is [`help`](Self::help), the cause is behind `source()`. It contains no
/// token.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::MissingPermission, "this job may not request an ID token")
///     .with_help("tick `allow ID tokens` in its settings");
/// assert_eq!(error.to_string(), "this job may not request an ID token");
/// assert!(!error.is_transient());
/// ```
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
    claims: Option<Claims>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// The ID token was exchanged before: `invalid-reuse-token`.
    AlreadyUsed,
    /// A claim of the ID token is missing or has a value that the index rejects; the token was not sent.
    Claims,
    /// Trusted publishing, or that of the provider, is switched off on the index for now: `not-enabled`, or a 403 instead
    /// of an audience.
    Disabled,
    /// The ID token had expired, by our clock: it was not sent, or `invalid-token`.
    Expired,
    /// The provider issued no ID token, or one that is not for this index.
    IdToken,
    /// A token would have travelled in the clear.
    Insecure,
    /// The index could not read the ID token, or may not create the project: `invalid-payload`.
    InvalidPayload,
    /// The index did not accept the ID token's signature, times or audience: `invalid-token`. Without a
    /// [refusal](Error::refusal), the token is not signed as the index requires and was not sent.
    InvalidToken,
    /// The job runs in a known CI service but may not request an ID token.
    MissingPermission,
    /// The environment is not that of a known CI service.
    NoIdentity,
    /// The ID token is not valid yet, by our clock: `invalid-token`.
    NotYetValid,
    /// The project of a pending publisher exists: `invalid-pending-publisher`.
    ProjectExists,
    /// The index rejected the ID token with another code; [`Error::refusal`] has its reason.
    Refused,
    /// No complete reply from the index or the provider.
    Transport,
    /// The index or the provider is overloaded or failing: 429 or 5xx.
    Unavailable,
    /// A reply of an undocumented shape.
    UnexpectedReply,
    /// The index does not accept ID tokens of this issuer: `invalid-payload`.
    UnknownIssuer,
    /// No trusted publisher on the index matches the ID token: `invalid-publisher`.
    UnknownPublisher,
    /// The index does not offer trusted publishing.
    Unsupported,
}

impl ErrorKind {
    /// The stable word for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyUsed => "already-used",
            Self::Claims => "claims",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::IdToken => "id-token",
            Self::Insecure => "insecure",
            Self::InvalidPayload => "invalid-payload",
            Self::InvalidToken => "invalid-token",
            Self::MissingPermission => "missing-permission",
            Self::NoIdentity => "no-identity",
            Self::NotYetValid => "not-yet-valid",
            Self::ProjectExists => "project-exists",
            Self::Refused => "refused",
            Self::Transport => "transport",
            Self::Unavailable => "unavailable",
            Self::UnexpectedReply => "unexpected-reply",
            Self::UnknownIssuer => "unknown-issuer",
            Self::UnknownPublisher => "unknown-publisher",
            Self::Unsupported => "unsupported",
        }
    }
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
    /// An error of `kind`. The message is one line without a full stop, and contains no token.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            refusal: None,
            claims: None,
            retry_after: None,
            source: None,
        }))
    }

    pub(crate) fn transport(asked: &str, origin: &url::Origin, source: TransportError) -> Self {
        let origin = origin.ascii_serialization();
        let message = format!("no complete reply from {origin}, asked for {asked}");
        Self::new(ErrorKind::Transport, message).with_source(source)
    }

    pub(crate) fn other_audience(got: Option<&str>, expected: &str) -> Self {
        let message = match got {
            Some(got) => {
                format!("the ID token is for audience {got:?}, but the index expects {expected:?}")
            }
            None => format!("the ID token is not for the audience of the index, {expected:?}"),
        };
        Self::new(ErrorKind::IdToken, message)
    }

    /// Adds the remedy, on one line.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds the cause, which must not contain a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds how long a server asked to wait.
    #[must_use]
    pub fn with_retry_after(mut self, asked: Option<Duration>) -> Self {
        self.0.retry_after = asked;
        self
    }

    pub(crate) fn with_refusal(mut self, refusal: Refusal, claims: &Claims) -> Self {
        self.0.refusal = Some(refusal);
        self.with_claims(claims)
    }

    pub(crate) fn with_claims(mut self, claims: &Claims) -> Self {
        self.0.claims = Some(claims.clone());
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

    /// The index's reason, when it rejected the ID token.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
    }

    /// The claims of the ID token that the index rejected, or that was not sent because of them.
    pub fn claims(&self) -> Option<&Claims> {
        self.0.claims.as_ref()
    }

    /// Whether the same request may succeed later: [`ErrorKind::Unavailable`], and [`ErrorKind::Transport`] unless its
    /// cause is permanent.
    pub fn is_transient(&self) -> bool {
        let source = self.0.source.as_deref();
        let transport = source.and_then(|source| source.downcast_ref::<TransportError>());
        match self.0.kind {
            ErrorKind::Unavailable => true,
            ErrorKind::Transport => transport.is_none_or(|error| error.kind().is_transient()),
            _ => false,
        }
    }

    /// How long the provider or the index asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The message and its cause, on one line.
    pub fn causes(&self) -> String {
        let source = self.0.source.as_deref();
        match source.and_then(|source| source.downcast_ref::<TransportError>()) {
            Some(error) => format!("{self}: {}", error.causes(None)),
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
