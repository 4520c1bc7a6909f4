//! The kinds of requests.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The audience of ID tokens.
    Audience,
    /// The revocation of a minted token.
    Burn,
    /// A signing certificate of the index's Sigstore instance.
    Certificate,
    /// The bytes of a file.
    File,
    /// An issuer's discovery document or key set.
    Issuer,
    /// The JSON API.
    Json,
    /// An entry of the transparency log of the index's Sigstore instance.
    LogEntry,
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
    /// The keys of the index's Sigstore instance, and the configuration that makes clients use it.
    TrustRoot,
    /// An upload.
    Upload,
}

impl Route {
    /// The route of a path, which may be percent-encoded.
    pub(crate) fn of(path: &str) -> Self {
        let path = &*percent_decode_str(path).decode_utf8_lossy();
        match path {
            "/legacy" | "/legacy/" => Self::Upload,
            "/_/oidc/audience" => Self::Audience,
            "/_/oidc/mint-token" | "/_/oidc/github/mint-token" => Self::Mint,
            "/_/oidc/burn-token" => Self::Burn,
            "/simple" | "/simple/" => Self::SimpleIndex,
            RUNNER_GITHUB | RUNNER_GOOGLE => Self::Runner,
            CERTIFICATE | CERTIFICATE_AT_ROOT => Self::Certificate,
            LOG_ENTRIES => Self::LogEntry,
            TRUST_CONFIG | TRUSTED_ROOT => Self::TrustRoot,
            "/" => Self::Page,
            _ if path
                .strip_prefix(LOG_ENTRIES)
                .is_some_and(|rest| rest.starts_with('/')) =>
            {
                Self::LogEntry
            }
            _ if path.starts_with("/simple/") => Self::Simple,
            _ if path.starts_with("/pypi/") => Self::Json,
            _ if path.starts_with("/integrity/") => Self::Provenance,
            _ if path.starts_with("/files/") && path.ends_with(".metadata") => Self::Metadata,
            _ if path.starts_with("/files/") => Self::File,
            _ if path.starts_with("/issuer/") => Self::Issuer,
            _ if path.starts_with("/project/") || is_log(path) => Self::Page,
            _ => Self::Other,
        }
    }
}

/// Whether this is the path of a page of the request log.
pub(crate) fn is_log(path: &str) -> bool {
    path == "/log" || path.starts_with("/log/")
}

/// The path at which certificates are requested.
const CERTIFICATE: &str = "/sigstore/fulcio/api/v2/signingCert";

/// The same for sigstore-python, which ignores the path in the URL of a certificate authority.
const CERTIFICATE_AT_ROOT: &str = "/api/v2/signingCert";

/// The path of the log's entries.
pub(crate) const LOG_ENTRIES: &str = "/sigstore/rekor/api/v1/log/entries";

/// The path of a `ClientTrustConfig` of Sigstore.
pub(crate) const TRUST_CONFIG: &str = "/sigstore/trust_config.json";

/// The path of a `TrustedRoot` of Sigstore.
const TRUSTED_ROOT: &str = "/sigstore/trusted_root.json";

/// The path of `ACTIONS_ID_TOKEN_REQUEST_URL`.
pub(crate) const RUNNER_GITHUB: &str = "/runner/github/token";

/// The path at which Google's metadata server issues ID tokens.
const RUNNER_GOOGLE: &str = "/computeMetadata/v1/instance/service-accounts/default/identity";
