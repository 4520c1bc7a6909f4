//! Why a request has no complete reply.

use std::{error::Error as StdError, fmt};

use crate::RequestError;

/// A request without a complete reply.
///
/// Prints one line without the cause, which is behind `source()`; neither contains a URL, a header or a body.
///
/// # Examples
///
/// ```
/// use pypi_http::{TransportError, TransportErrorKind};
///
/// let error = TransportError::new(TransportErrorKind::Timeout).with_source("no byte for 60 s");
/// assert!(error.kind().is_transient() && error.kind().may_have_arrived());
/// assert_eq!(error.to_string(), "the server did not reply in time");
/// ```
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How a request failed. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TransportErrorKind {
    /// The request's own body could not be read, and the request was aborted. Not worth a retry.
    Body,
    /// The caller cancelled: the request may have arrived.
    Cancelled,
    /// The server rejected the client's certificate, or asked for one: nothing was accepted. Not worth a retry.
    ClientCertificate,
    /// No connection: nothing was sent.
    Connect,
    /// The connection broke after the request began: it may have arrived.
    Interrupted,
    /// The proxy requires a user and a password, or rejected those that it was given: nothing was sent to the server. Not
    /// worth a retry.
    Proxy,
    /// A reply began but was cut short: the request has arrived.
    Reply,
    /// The request was not sent because it is not allowed or not valid; the cause is a [`RequestError`]. Not worth a
    /// retry.
    Request,
    /// Nothing moved for too long: the request may have arrived.
    Timeout,
    /// The server's certificate was rejected: nothing was sent. Not worth a retry.
    Tls,
    /// The reply is longer than the request allows: the request has arrived. Not worth a retry, because the reply would be
    /// as long again.
    TooLong,
    /// The transport cannot be used here, such as a blocking one inside an async runtime: nothing was sent. Not worth
    /// a retry.
    Unusable,
}

impl TransportError {
    /// An error of `kind`, without a cause.
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause, which must not contain a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// The error with its causes, on one line, and the origin that was asked if it is given: such as `could not connect to
    /// the server (https://index.example): dns error: no such host`. Layers of an HTTP client that say nothing of their own
    /// are left out.
    pub fn causes(&self, origin: Option<&url::Origin>) -> String {
        let mut text = self.kind.to_string();
        if let Some(origin) = origin {
            text.push_str(&format!(" ({})", origin.ascii_serialization()));
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            let layer = error.to_string();
            let is_empty = EMPTY_LAYERS.iter().any(|empty| layer.starts_with(empty));
            if !is_empty && !text.contains(&layer) {
                text.push_str(": ");
                text.extend(layer.split_whitespace().map(|word| format!("{word} ")));
                text.truncate(text.trim_end().len());
            }
            cause = error.source();
        }
        text
    }
}

/// How layers of `reqwest` and `hyper` begin that only say that there is a cause.
const EMPTY_LAYERS: [&str; 3] = [
    "client error (",
    "error sending request",
    "request or response body error",
];

impl TransportErrorKind {
    /// Whether sending the same request again can help.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Interrupted | Self::Reply | Self::Timeout
        )
    }

    /// Whether the server may have acted on the request.
    pub fn may_have_arrived(self) -> bool {
        matches!(
            self,
            Self::Cancelled | Self::Interrupted | Self::Reply | Self::Timeout | Self::TooLong
        )
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body => "the request body could not be read",
            Self::Cancelled => "the request was cancelled",
            Self::ClientCertificate => "the server rejected the client certificate or requires one",
            Self::Connect => "could not connect to the server",
            Self::Interrupted => "the connection broke before a reply arrived",
            Self::Proxy => "the proxy did not accept its user and password",
            Self::Reply => "the server's reply was cut short",
            Self::Request => "the request was not sent",
            Self::Timeout => "the server did not reply in time",
            Self::Tls => "the server's certificate was rejected",
            Self::TooLong => "the server's reply is too long",
            Self::Unusable => "the transport cannot be used here",
        })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

impl From<RequestError> for TransportError {
    fn from(error: RequestError) -> Self {
        Self::new(TransportErrorKind::Request).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_cross_threads() {
        fn assert_send<T: Send + Sync + 'static>() {}
        assert_send::<TransportError>();
    }

    #[test]
    fn a_request_that_never_left_cannot_have_arrived() {
        for kind in [
            TransportErrorKind::Body,
            TransportErrorKind::ClientCertificate,
            TransportErrorKind::Connect,
            TransportErrorKind::Proxy,
            TransportErrorKind::Request,
            TransportErrorKind::Tls,
            TransportErrorKind::Unusable,
        ] {
            assert!(!kind.may_have_arrived(), "{kind:?}");
        }
    }

    #[test]
    fn causes_are_on_one_line_without_empty_layers() {
        let origin = url::Url::parse("https://index.example/legacy/?token=x")
            .expect("a URL")
            .origin();
        let cause = std::io::Error::other("no such\nhost");
        let error = TransportError::new(TransportErrorKind::Connect).with_source(cause);
        assert_eq!(
            error.causes(Some(&origin)),
            "could not connect to the server (https://index.example): no such host"
        );
        let bare = TransportError::new(TransportErrorKind::Timeout).with_source("client error (X)");
        assert_eq!(bare.causes(None), "the server did not reply in time");
    }

    #[test]
    fn the_text_never_contains_its_source() {
        let error = TransportError::new(TransportErrorKind::Connect).with_source("refused by peer");
        assert_eq!(error.to_string(), "could not connect to the server");
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("refused by peer")
        );
    }
}
