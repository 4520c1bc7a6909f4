//! Why a run failed.

use std::{error::Error as StdError, fmt, sync::Arc};

use pypi_http::TransportError;
use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{Context, Diagnosis};

use crate::Problem;

/// Why a run failed, besides the outcomes of single files.
///
/// Prints one line; the cause is behind `source()`. It contains no secret.
#[derive(Clone, Debug)]
pub struct Error(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    problems: Vec<Problem>,
    diagnosis: Option<Diagnosis>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    is_transient: bool,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// A file could not be signed, or the index would reject an attestation. No file was uploaded.
    Attestation,
    /// The run was cancelled.
    Cancelled,
    /// The deadline of the run passed.
    Deadline,
    /// Credentials are missing or cannot be used, or the CI identity or its exchange was refused: see the cause.
    Identity,
    /// The distributions have errors: see [`Error::problems`]. Nothing was sent.
    Plan,
    /// The index or the CI provider gave no usable reply: see the cause.
    Unavailable,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::with(kind, message.into(), None, Vec::new(), None)
    }

    /// The error of an exchange for what `context` describes. Its message is completed when the run is over.
    pub(crate) fn of_exchange(error: pypi_trusted_publisher::Error, context: &Context) -> Self {
        use pypi_trusted_publisher::ErrorKind as Exchange;
        let kind = match error.kind() {
            Exchange::Transport | Exchange::Unavailable | Exchange::UnexpectedReply => {
                ErrorKind::Unavailable
            }
            _ => ErrorKind::Identity,
        };
        let help = error.help().map(str::to_owned);
        let message = "could not obtain an API token".to_owned();
        let diagnosis = error.refusal().map(|refusal| {
            Diagnosis::new(&refusal.code, &refusal.description, error.claims(), context)
        });
        Self(Arc::new(Inner {
            kind,
            message,
            help,
            problems: Vec::new(),
            diagnosis,
            is_transient: kind == ErrorKind::Unavailable,
            source: Some(Arc::new(error)),
        }))
    }

    /// The error of a run that could not look up any file.
    pub(crate) fn unavailable(why: &str) -> Self {
        let message = "the index is not available".to_owned();
        let source: Box<dyn StdError + Send + Sync> = why.into();
        let kind = ErrorKind::Unavailable;
        Self::with(kind, message, None, Vec::new(), Some(Arc::from(source)))
    }

    /// The error of a run whose attestations the index would reject, or whose files cannot be signed.
    pub(crate) fn attestation(message: &str, finding: &Finding) -> Self {
        let source: Box<dyn StdError + Send + Sync> = finding.message().into();
        let help = finding.help().map(str::to_owned);
        let (kind, source) = (ErrorKind::Attestation, Some(Arc::from(source)));
        Self::with(kind, message.to_owned(), help, Vec::new(), source)
    }

    /// The error of a file that could not be signed, or of no certificate.
    #[cfg(feature = "sign")]
    pub(crate) fn of_signing(message: &str, error: pypi_attestations::Error) -> Self {
        let is_transient = error.kind() == pypi_attestations::ErrorKind::Unavailable;
        let help = error.help().map(str::to_owned);
        Self::signing(message, help, is_transient, error)
    }

    /// The error of an ID token that could not be obtained for signing.
    #[cfg(feature = "sign")]
    pub(crate) fn of_signing_token(error: pypi_trusted_publisher::Error) -> Self {
        let (is_transient, help) = (error.is_transient(), error.help().map(str::to_owned));
        Self::signing(
            "could not obtain an ID token for signing",
            help,
            is_transient,
            error,
        )
    }

    #[cfg(feature = "sign")]
    fn signing(
        message: &str,
        help: Option<String>,
        is_transient: bool,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            kind: ErrorKind::Attestation,
            message: message.to_owned(),
            help,
            problems: Vec::new(),
            diagnosis: None,
            source: Some(Arc::new(source)),
            is_transient,
        }))
    }

    /// The error of a plan with these errors.
    pub(crate) fn unpublishable(problems: Vec<Problem>) -> Self {
        let is_identity = |problem: &Problem| problem.finding().rule() == &rules::NO_IDENTITY;
        let is_credential = |problem: &Problem| {
            let rule = problem.finding().rule();
            [
                &rules::CREDENTIALS_CONFLICT,
                &rules::CREDENTIALS_INVALID,
                &rules::NO_TRUSTED_PUBLISHING,
            ]
            .contains(&rule)
        };
        let (kind, message) = if problems.iter().all(is_identity) {
            (ErrorKind::Identity, "could not obtain an API token")
        } else if problems.iter().all(is_credential) {
            (ErrorKind::Identity, "the credentials cannot be used")
        } else {
            (ErrorKind::Plan, "the distributions have errors")
        };
        let causes: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let source = Some(Arc::from(Box::from(causes.join("; "))));
        let message = format!("{message}: nothing was sent");
        Self::with(kind, message, None, problems, source)
    }

    fn with(
        kind: ErrorKind,
        message: String,
        help: Option<String>,
        problems: Vec<Problem>,
        source: Option<Arc<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            message,
            help,
            problems,
            diagnosis: None,
            source,
            is_transient: kind == ErrorKind::Unavailable,
        }))
    }

    /// The same error, with how many files were not uploaded.
    pub(crate) fn counted(self, files: usize, missing: usize) -> Self {
        let message = match missing {
            0 => format!("{self}: all {files} files are on the index"),
            _ => format!("{self}: {missing} of {files} files were not uploaded"),
        };
        Self(Arc::new(Inner {
            kind: self.0.kind,
            message,
            help: self.0.help.clone(),
            problems: Vec::new(),
            diagnosis: self.0.diagnosis.clone(),
            source: self.0.source.clone(),
            is_transient: self.0.is_transient,
        }))
    }

    /// The error and its causes, on one line.
    pub fn causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<TransportError>() {
                return format!("{text}: {}", error.causes(None));
            }
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        text
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether a service was down: the index, the CI provider or Sigstore. The same run may succeed later.
    pub fn is_transient(&self) -> bool {
        self.0.is_transient
    }

    /// The remedy, when the cause has one: such as the trusted publisher that must be registered.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Why the index rejected the ID token, if it did.
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.0.diagnosis.as_ref()
    }

    /// The errors of the plan, for [`ErrorKind::Plan`].
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }
}

impl ErrorKind {
    /// The stable word for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attestation => "attestation",
            Self::Cancelled => "cancelled",
            Self::Deadline => "deadline",
            Self::Identity => "identity",
            Self::Plan => "plan",
            Self::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|cause| cause as _)
    }
}
