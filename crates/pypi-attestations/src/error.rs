//! Why an attestation is rejected.

use std::error::Error as StdError;
use std::sync::Arc;

/// Why an attestation, or a set of them, is rejected.
///
/// Prints one line: what was found and what was expected. The cause, if there is one, is behind `source()`.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, ErrorKind};
///
/// let error = Attestation::parse(b"[]").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Malformed);
/// assert_eq!(error.to_string(), "not a PEP 740 attestation: `version` is missing");
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<&'static str>,
    is_id_token: bool,
    #[source]
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, ErrorKind};
///
/// let error = Attestation::parse(br#"{"version": 2}"#).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Version);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// A Sigstore bundle that cannot be converted.
    Bundle,
    /// The certificate cannot be read, or is not a signing certificate of Sigstore.
    Certificate,
    /// The certificate was not issued by an authority of the trusted root.
    CertificateChain,
    /// The certificate's entry in a certificate transparency log is not proved.
    CertificateLog,
    /// The certificate authority rejected the request; [`Error::is_id_token`] is true if it rejected the ID token.
    CertificateRefused,
    /// The checkpoint is not signed by a transparency log of the trusted root, or is for another tree.
    Checkpoint,
    /// The subject has another sha256 than the distribution.
    Digest,
    /// A transparency log entry is missing a part, or is not the JSON object that PyPI reads.
    Entry,
    /// The transparency log entry is for another signature, certificate or statement.
    EntryMismatch,
    /// The transparency log added the entry outside the validity of the certificate.
    Expired,
    /// The transparency log added the entry in the future, by the clock of this machine. It may verify seconds later.
    Future,
    /// The certificate was issued for another identity.
    Identity,
    /// The inclusion promise is not signed by a transparency log of the trusted root.
    InclusionPromise,
    /// The inclusion proof does not prove that the entry is in the log.
    InclusionProof,
    /// A configuration of Sigstore that cannot be used to sign: not JSON of the expected form, a URL that is neither https
    /// nor on this machine, or without a transparency log of version 1.
    Instance,
    /// The certificate was issued for a token of another OIDC issuer.
    Issuer,
    /// No signing key could be made, or it could not sign.
    Key,
    /// The transparency log rejected the entry.
    LogRefused,
    /// Not the JSON object that PEP 740 describes.
    Malformed,
    /// The subject is another file.
    Name,
    /// A predicate type that PyPI does not accept.
    PredicateType,
    /// The trusted root cannot be read.
    Root,
    /// More attestations than PyPI accepts for one file, or two of one predicate type.
    Set,
    /// The signature of the statement is invalid.
    Signature,
    /// The statement does not have exactly one subject with a name and a sha256.
    Subject,
    /// The certificate authority or the transparency log did not do what it was asked within the time for it: a server that
    /// is down, or a transport that cannot reach it. The cause, if there is one, is the last error of the transport.
    Unavailable,
    /// The verifier rejects it for a reason without a kind of its own.
    Unverified,
    /// A version of the object other than 1.
    Version,
}

impl Error {
    /// An error with `message`, which is cut off where it is too long: it quotes what was read.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.len() > MAX_MESSAGE {
            let end = (0..=MAX_MESSAGE).rfind(|end| message.is_char_boundary(*end));
            message.truncate(end.unwrap_or_default());
            message.push('…');
        }
        Self(Box::new(Inner {
            kind,
            message,
            help: None,
            is_id_token: false,
            source: None,
        }))
    }

    #[cfg(feature = "verify")]
    pub(crate) fn caused(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        let mut error = Self::new(kind, message);
        error.0.source = Some(Arc::new(source));
        error
    }

    /// Adds the remedy, where the one of the kind does not fit.
    #[cfg(feature = "sign")]
    pub(crate) fn with_help(mut self, help: &'static str) -> Self {
        self.0.help = Some(help);
        self
    }

    /// Marks the ID token as the reason.
    #[cfg(feature = "sign")]
    pub(crate) fn of_id_token(mut self) -> Self {
        self.0.is_id_token = true;
        self
    }

    pub(crate) fn malformed(why: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorKind::Malformed,
            format!("not a PEP 740 attestation: {why}"),
        )
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the certificate authority rejected the ID token: it has expired, is for another audience, or is of an unknown
    /// issuer. A new token may help, once.
    pub fn is_id_token(&self) -> bool {
        self.0.is_id_token
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        self.0.help.or_else(|| self.kind_help())
    }

    fn kind_help(&self) -> Option<&'static str> {
        Some(match self.kind() {
            ErrorKind::CertificateChain
            | ErrorKind::CertificateLog
            | ErrorKind::Checkpoint
            | ErrorKind::InclusionPromise => {
                "compare the Sigstore instance that signed with the trusted root: production, staging or your own"
            }
            ErrorKind::Entry => {
                "sign with a transparency log of version 1 (Rekor v1), the only one that PyPI reads"
            }
            ErrorKind::Expired => "sign again: a signing certificate is valid for ten minutes",
            ErrorKind::Future => {
                "verify again in a few seconds, and compare the clock of this machine"
            }
            ErrorKind::Instance => {
                "pass the JSON of a ClientTrustConfig with `trustedRoot` and `signingConfig`, with https URLs and a log of version 1"
            }
            ErrorKind::Unavailable => {
                "sign again later: nothing depends on what was signed so far, an unused log entry does no harm"
            }
            _ => return None,
        })
    }
}

/// The longest message, in bytes.
const MAX_MESSAGE: usize = 1000;

impl Eq for Error {}

/// Equal if they have the same kind and message.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (self.0.kind, &self.0.message) == (other.0.kind, &other.0.message)
    }
}
