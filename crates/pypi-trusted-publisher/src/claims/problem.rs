//! What is wrong with the claims of an ID token.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong with an ID token, with its remedy.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{ClaimProblemKind, Claims};
///
/// // {"alg":"none","kid":"1"} and {"iss":"https://gitlab.com"}
/// let claims = Claims::parse("eyJhbGciOiJub25lIiwia2lkIjoiMSJ9.eyJpc3MiOiJodHRwczovL2dpdGxhYi5jb20ifQ.")?;
/// let problems = claims.problems(1_760_000_000, None);
/// let algorithm = &problems[0];
/// assert_eq!(algorithm.kind(), ClaimProblemKind::Algorithm);
/// assert_eq!(algorithm.to_string(), "the ID token is signed with \"none\", expected RS256");
/// assert!(algorithm.is_fatal());
/// # Ok::<(), pypi_trusted_publisher::ClaimsError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ClaimProblem {
    kind: ClaimProblemKind,
    is_fatal: bool,
    message: String,
    remedy: String,
}

/// What a caller may branch on. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimProblemKind {
    /// The token is not signed with RS256.
    Algorithm,
    /// The token is for another audience, or for a list of them.
    Audience,
    /// The event that started the job: `pull_request_target`, which PyPI rejects, or another pull request, which it accepts.
    Event,
    /// The token has expired.
    Expired,
    /// A claim does not have the value or the type that PyPI requires.
    InvalidClaim,
    /// PyPI does not accept tokens of this issuer, or only for an organization that has registered it.
    Issuer,
    /// The header does not name the key that signed the token.
    KeyId,
    /// A claim that PyPI requires is absent or null.
    MissingClaim,
    /// The token is not valid yet, or was issued in the future.
    NotYetValid,
    /// The job is in a reusable workflow.
    ReusableWorkflow,
    /// The job was started by CircleCI's rerun with SSH.
    SshRerun,
    /// The claims about the file of the job, its repository and its commit do not agree.
    Workflow,
}

impl ClaimProblem {
    /// A problem for which PyPI rejects the token.
    pub(super) fn fatal(
        kind: ClaimProblemKind,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            is_fatal: true,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// A problem with which PyPI may accept the token.
    pub(super) fn warning(
        kind: ClaimProblemKind,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            is_fatal: false,
            ..Self::fatal(kind, message, remedy)
        }
    }

    /// The category, for `match`.
    pub fn kind(&self) -> ClaimProblemKind {
        self.kind
    }

    /// Whether PyPI rejects a token with this problem, whichever publishers are registered.
    pub fn is_fatal(&self) -> bool {
        self.is_fatal
    }

    /// What is wrong, on one line; also its `Display`.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to change, on one line.
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for ClaimProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
