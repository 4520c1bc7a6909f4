//! The kinds of requests.

use serde::Deserialize;

/// What a request is for, judged by its path.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Fault, LocalIndex, Route};
///
/// let index = LocalIndex::start()?;
/// index.add_fault(Fault::on(Route::Upload).nth(1).respond(503, "text/plain", "busy"));
/// // After the tool under test has run, count its uploads:
/// let uploads = index.requests().iter().filter(|request| request.route == Route::Upload).count();
/// assert_eq!(uploads, 0);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The audience of ID tokens.
    Audience,
    /// The revocation of a minted token.
    Burn,
    /// The bytes of a file.
    File,
    /// An issuer's discovery document or key set.
    Issuer,
    /// The JSON API.
    Json,
    /// The `METADATA` of a wheel (PEP 658).
    Metadata,
    /// The exchange of an ID token for an API token.
    Mint,
    /// Any other path.
    Other,
    /// A page of the web UI.
    Page,
    /// The provenance of a file (PEP 740).
    Provenance,
    /// A CI provider's endpoint for ID tokens.
    Runner,
    /// A project's page in the simple API.
    Simple,
    /// The simple API's list of projects.
    SimpleIndex,
    /// An upload.
    Upload,
}

impl Route {
    pub(crate) fn of(path: &str) -> Self {
        match path {
            "/legacy" | "/legacy/" => Self::Upload,
            "/_/oidc/audience" => Self::Audience,
            "/_/oidc/mint-token" | "/_/oidc/github/mint-token" => Self::Mint,
            "/_/oidc/burn-token" => Self::Burn,
            "/simple" | "/simple/" => Self::SimpleIndex,
            RUNNER_GITHUB | RUNNER_GOOGLE => Self::Runner,
            "/" => Self::Page,
            _ if path.starts_with("/simple/") => Self::Simple,
            _ if path.starts_with("/pypi/") => Self::Json,
            _ if path.starts_with("/integrity/") => Self::Provenance,
            _ if path.starts_with("/files/") && path.ends_with(".metadata") => Self::Metadata,
            _ if path.starts_with("/files/") => Self::File,
            _ if path.starts_with("/issuer/") => Self::Issuer,
            _ if path.starts_with("/project/") || path.starts_with("/log") => Self::Page,
            _ => Self::Other,
        }
    }
}

/// The path of `ACTIONS_ID_TOKEN_REQUEST_URL`.
pub(crate) const RUNNER_GITHUB: &str = "/runner/github/token";

/// The path at which Google's metadata server issues ID tokens.
const RUNNER_GOOGLE: &str = "/computeMetadata/v1/instance/service-accounts/default/identity";
