//! Why nothing was published.

use std::{error::Error as StdError, fmt};

use pypi_metadata::rules;

use crate::{Plan, Problem};

/// Why nothing was published.
///
/// Prints one line; the cause is behind `source()`. It contains no secret.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    plan: Plan,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// Credentials are missing, or the CI identity or its exchange was refused: see the cause.
    Identity,
    /// The distributions have errors: see the cause and [`Error::plan`]. Nothing was sent.
    Plan,
    /// The index or the CI provider gave no usable reply: see the cause.
    Unavailable,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, plan: Plan) -> Self {
        Self(Box::new(Inner {
            kind,
            plan,
            source: None,
        }))
    }

    /// The error of a plan that is not publishable; its problems are the cause.
    pub(crate) fn unpublishable(plan: Plan) -> Self {
        let is_identity = |problem: &Problem| {
            let rule = problem.finding().rule();
            rule == &rules::NO_AUTHENTICATION || rule == &rules::NO_IDENTITY
        };
        let kind = match plan.errors().all(is_identity) {
            true => ErrorKind::Identity,
            false => ErrorKind::Plan,
        };
        let causes: Vec<String> = plan.errors().map(ToString::to_string).collect();
        Self::new(kind, plan).with_source(causes.join("; "))
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The remedy, when the cause has one: such as the trusted publisher that must be registered.
    pub fn help(&self) -> Option<&str> {
        let source = self.0.source.as_ref()?;
        source
            .downcast_ref::<pypi_trusted_publisher::Error>()?
            .help()
    }

    /// The files that were to be published. None of them was uploaded.
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.0.plan.files().len();
        match self.0.kind {
            ErrorKind::Identity => write!(
                f,
                "could not obtain an API token: none of {files} files was uploaded"
            ),
            ErrorKind::Plan => f.write_str("the distributions have errors: nothing was sent"),
            ErrorKind::Unavailable => write!(
                f,
                "the index is not available: none of {files} files was uploaded"
            ),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|cause| cause as _)
    }
}
