//! What an index's code and sentence mean.

use serde::Serialize;

use crate::claims::{ClaimProblem, ClaimProblemKind};

/// Why an index rejected an ID token. Alphabetical; a new kind is a minor release.
///
/// # Source
///
/// `warehouse/oidc/views.py`, 2026-08-21.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiagnosisKind {
    /// The token was exchanged before: `invalid-reuse-token`.
    AlreadyUsed,
    /// A publisher may match, but the claims do not pass its checks: `invalid-publisher` with another reason than
    /// [`UnknownPublisher`](Self::UnknownPublisher)'s.
    ClaimsRejected,
    /// Trusted publishing with this issuer is switched off: `not-enabled`.
    Disabled,
    /// `invalid-token`, and by our clock the token has expired.
    Expired,
    /// `invalid-token` for another reason, which the index does not say.
    InvalidToken,
    /// The request is not JSON with a token: `invalid-payload`.
    MalformedRequest,
    /// The text that was sent is not an ID token: `invalid-payload`.
    MalformedToken,
    /// `invalid-token`, and by our clock the token is not valid yet.
    NotYetValid,
    /// A pending publisher matched, and its project exists already: `invalid-pending-publisher`.
    ProjectExists,
    /// A pending publisher matched, and its project cannot be created: `invalid-payload`.
    ProjectRejected,
    /// A code that was not known when this was written.
    Unknown,
    /// The index does not accept the issuer: `invalid-payload`.
    UnknownIssuer,
    /// No publisher is registered that matches: `invalid-publisher`.
    UnknownPublisher,
}

impl DiagnosisKind {
    pub(super) fn of(code: &str, description: &str, problems: &[ClaimProblem]) -> Self {
        let has = |kind| problems.iter().any(|problem| problem.kind() == kind);
        match code {
            "invalid-payload" => match description {
                "malformed JWT" => Self::MalformedToken,
                "unknown trusted publishing issuer" => Self::UnknownIssuer,
                _ if description.contains("validation error") => Self::MalformedRequest,
                _ => Self::ProjectRejected,
            },
            "invalid-pending-publisher" => Self::ProjectExists,
            "invalid-publisher" if description.contains(NOT_FOUND) => Self::UnknownPublisher,
            "invalid-publisher" => Self::ClaimsRejected,
            "invalid-reuse-token" => Self::AlreadyUsed,
            "invalid-token" if has(ClaimProblemKind::Expired) => Self::Expired,
            "invalid-token" if has(ClaimProblemKind::NotYetValid) => Self::NotYetValid,
            "invalid-token" => Self::InvalidToken,
            "not-enabled" => Self::Disabled,
            _ => Self::Unknown,
        }
    }

    /// The sentence for people, after "INDEX rejected the ID token: ".
    pub(super) fn summary(self) -> &'static str {
        match self {
            Self::AlreadyUsed => "it was exchanged before, and each works once",
            Self::ClaimsRejected => "its claims do not pass the checks of a publisher",
            Self::Disabled => "trusted publishing is switched off on the index",
            Self::Expired => {
                "it has expired by our clock; the index says only that it is malformed or invalid"
            }
            Self::InvalidToken => "it is not valid, and the index does not say why",
            Self::MalformedRequest => "the request was not what the index expects",
            Self::MalformedToken => "it cannot be read",
            Self::UnknownPublisher => "no registered publisher matches the job",
            Self::NotYetValid => {
                "it is not valid yet by our clock; the index says only that it is malformed or invalid"
            }
            Self::ProjectExists => {
                "it matches a pending publisher of a project that exists already"
            }
            Self::ProjectRejected => {
                "it matches a pending publisher, but the project cannot be created"
            }
            Self::Unknown => "the index gives a reason that this version does not know",
            Self::UnknownIssuer => "the index does not accept its issuer",
        }
    }

    /// Whether registering a publisher helps.
    pub(super) fn is_to_register(self) -> bool {
        matches!(self, Self::UnknownPublisher | Self::ProjectExists)
    }

    /// Whether the values of a matching publisher help.
    pub(super) fn is_about_publisher(self) -> bool {
        matches!(
            self,
            Self::ClaimsRejected | Self::UnknownPublisher | Self::ProjectExists | Self::Unknown
        )
    }
}

const NOT_FOUND: &str = "Publisher with matching claims was not found";
