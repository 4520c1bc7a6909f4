//! Why a client could not be set up.

use std::{error::Error as StdError, fmt};

/// An option of a client that cannot be used, or a client that could not be set up.
///
/// Prints one line; the cause is behind `source()`. Neither contains a key, a password or a proxy's URL.
///
/// # Examples
///
/// ```
/// use pypi_http::{ClientErrorKind, Proxy};
///
/// let error = Proxy::all("socks5://user:hush@proxy.example").err().ok_or("accepted")?;
/// assert_eq!(error.kind(), ClientErrorKind::Proxy);
/// assert!(!format!("{error} {error:?}").contains("hush"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug)]
pub struct ClientError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ClientErrorKind,
    source: Box<dyn StdError + Send + Sync>,
}

/// What could not be set up. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ClientErrorKind {
    /// The certificates of certificate authorities.
    CaCertificates,
    /// The client certificate or its private key.
    ClientCertificate,
    /// A proxy.
    Proxy,
    /// The client itself: the system's certificates, the TLS library or the runtime.
    Setup,
    /// The `User-Agent`.
    UserAgent,
}

impl ClientError {
    pub(super) fn new(
        kind: ClientErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        Self(Box::new(Inner { kind, source }))
    }

    pub(super) fn setup(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ClientErrorKind::Setup, source)
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ClientErrorKind {
        self.0.kind
    }

    /// The remedy, if there is one.
    pub fn help(&self) -> Option<&'static str> {
        match self.0.kind {
            ClientErrorKind::CaCertificates => Some(
                "give certificates in PEM form, which begin with `-----BEGIN CERTIFICATE-----`",
            ),
            ClientErrorKind::ClientCertificate => Some(
                "give the certificate, its intermediates and its unencrypted private key in PEM form",
            ),
            ClientErrorKind::Proxy => Some(
                "give a URL such as `http://proxy.example:3128` or `http://user:password@proxy.example:3128`",
            ),
            ClientErrorKind::Setup | ClientErrorKind::UserAgent => None,
        }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.kind {
            ClientErrorKind::CaCertificates => "the CA certificates cannot be used",
            ClientErrorKind::ClientCertificate => "the client certificate cannot be used",
            ClientErrorKind::Proxy => "the proxy cannot be used",
            ClientErrorKind::Setup => "the HTTP client could not be set up",
            ClientErrorKind::UserAgent => "the user agent is not a header value",
        })
    }
}

impl StdError for ClientError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.source.as_ref())
    }
}
