//! Who issued an ID token.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// The kind of service that issued an ID token, by its `iss` claim.
///
/// PyPI accepts the tokens of GitHub, GitLab, Google and ActiveState, and of a self-managed GitLab that an organization has
/// registered. Other indexes may accept others.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::Issuer;
///
/// assert_eq!(Issuer::GitLab.slug(), "gitlab");
/// assert_eq!(Issuer::CircleCi.to_string(), "CircleCI");
/// ```
///
/// # Source
///
/// `OIDC_ISSUER_SERVICE_NAMES` in `warehouse/oidc/utils.py`, 2026-08-21.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Issuer {
    /// The ActiveState platform.
    ActiveState,
    /// Azure DevOps: `https://vstoken.dev.azure.com/ORGANIZATION`.
    Azure,
    /// Buildkite: `https://agent.buildkite.com`.
    Buildkite,
    /// CircleCI: `https://oidc.circleci.com`, also with `/org/ORGANIZATION`.
    CircleCi,
    /// Forgejo, such as Codeberg: `https://INSTANCE/api/actions`.
    Forgejo,
    /// GitHub Actions on github.com.
    GitHub,
    /// GitHub Actions of an enterprise with an issuer of its own: github.com's issuer followed by `/ENTERPRISE`, a host
    /// under `ghe.com`, or GitHub Enterprise Server.
    #[serde(rename = "github-enterprise")]
    GitHubEnterprise,
    /// GitLab CI/CD on gitlab.com.
    GitLab,
    /// GitLab CI/CD on another host, recognised by its claims.
    #[serde(rename = "gitlab-self-managed")]
    GitLabSelfManaged,
    /// Google Cloud: `https://accounts.google.com`.
    Google,
    /// Anything else, or no `iss` claim.
    Unknown,
}

impl Issuer {
    /// The short name, as in JSON.
    pub fn slug(self) -> &'static str {
        match self {
            Self::ActiveState => "activestate",
            Self::Azure => "azure",
            Self::Buildkite => "buildkite",
            Self::CircleCi => "circleci",
            Self::Forgejo => "forgejo",
            Self::GitHub => "github",
            Self::GitHubEnterprise => "github-enterprise",
            Self::GitLab => "gitlab",
            Self::GitLabSelfManaged => "gitlab-self-managed",
            Self::Google => "google",
            Self::Unknown => "unknown",
        }
    }

    /// Whether PyPI accepts the attestations of a job with a token of this issuer.
    ///
    /// # Source
    ///
    /// `attestation_identity` in `warehouse/oidc/models`, 2026-08-21; of GitLab only gitlab.com, because Sigstore's
    /// certificates name no other.
    pub fn is_attested(self) -> bool {
        matches!(self, Self::GitHub | Self::GitLab | Self::Google)
    }

    /// The issuer of a token with these claims.
    pub(crate) fn of(claims: &Map<String, Value>) -> Self {
        let Some(url) = claims.get("iss").and_then(Value::as_str) else {
            return Self::Unknown;
        };
        match url {
            ACTIVESTATE => Self::ActiveState,
            BUILDKITE => Self::Buildkite,
            CIRCLECI => Self::CircleCi,
            GITHUB => Self::GitHub,
            GITLAB => Self::GitLab,
            GOOGLE => Self::Google,
            _ if is_below(url, AZURE) => Self::Azure,
            _ if is_below(url, CIRCLECI) => Self::CircleCi,
            _ if is_github_enterprise(url) => Self::GitHubEnterprise,
            _ if url.ends_with("/api/actions") => Self::Forgejo,
            _ if claims.contains_key("ci_config_ref_uri")
                && claims.contains_key("project_path") =>
            {
                Self::GitLabSelfManaged
            }
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ActiveState => "ActiveState",
            Self::Azure => "Azure DevOps",
            Self::Buildkite => "Buildkite",
            Self::CircleCi => "CircleCI",
            Self::Forgejo => "Forgejo",
            Self::GitHub => "GitHub",
            Self::GitHubEnterprise => "GitHub Enterprise",
            Self::GitLab => "GitLab",
            Self::GitLabSelfManaged => "self-managed GitLab",
            Self::Google => "Google",
            Self::Unknown => "an unknown issuer",
        })
    }
}

const ACTIVESTATE: &str = "https://platform.activestate.com/api/v1/oauth/oidc";
const AZURE: &str = "https://vstoken.dev.azure.com";
const BUILDKITE: &str = "https://agent.buildkite.com";
const CIRCLECI: &str = "https://oidc.circleci.com";
pub(crate) const GITHUB: &str = "https://token.actions.githubusercontent.com";
pub(crate) const GITLAB: &str = "https://gitlab.com";
const GOOGLE: &str = "https://accounts.google.com";

/// The path of `url` below `root`, without the slash between them; `None` if `url` is elsewhere.
pub(crate) fn below<'u>(url: &'u str, root: &str) -> Option<&'u str> {
    let path = url.strip_prefix(root)?.strip_prefix('/')?;
    (!path.is_empty()).then_some(path)
}

fn is_below(url: &str, root: &str) -> bool {
    below(url, root).is_some()
}

fn is_github_enterprise(url: &str) -> bool {
    is_below(url, GITHUB)
        || url.ends_with("/_services/token")
        || (url.starts_with("https://token.actions.") && url.ends_with(".ghe.com"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn of(claims: Value) -> Issuer {
        Issuer::of(claims.as_object().expect("claims"))
    }

    #[test]
    fn issuers_are_known_by_their_url() {
        for (url, issuer) in [
            (ACTIVESTATE, Issuer::ActiveState),
            ("https://vstoken.dev.azure.com/0ca3ddd9", Issuer::Azure),
            (BUILDKITE, Issuer::Buildkite),
            (CIRCLECI, Issuer::CircleCi),
            ("https://oidc.circleci.com/org/0f1e", Issuer::CircleCi),
            ("https://codeberg.org/api/actions", Issuer::Forgejo),
            (GITHUB, Issuer::GitHub),
            (
                "https://token.actions.githubusercontent.com/acme",
                Issuer::GitHubEnterprise,
            ),
            (
                "https://github.acme.example/_services/token",
                Issuer::GitHubEnterprise,
            ),
            (
                "https://token.actions.acme.ghe.com",
                Issuer::GitHubEnterprise,
            ),
            (GITLAB, Issuer::GitLab),
            (GOOGLE, Issuer::Google),
            (
                "https://token.actions.githubusercontent.com/",
                Issuer::Unknown,
            ),
            (
                "https://token.actions.githubusercontent.com.example",
                Issuer::Unknown,
            ),
            ("https://gitlab.example", Issuer::Unknown),
            ("", Issuer::Unknown),
        ] {
            assert_eq!(of(json!({ "iss": url })), issuer, "{url}");
        }
        assert_eq!(of(json!({ "iss": 1 })), Issuer::Unknown);
        assert_eq!(of(json!({})), Issuer::Unknown);
    }

    #[test]
    fn a_self_managed_gitlab_is_known_by_its_claims() {
        let claims = json!({
            "iss": "https://gitlab.example",
            "ci_config_ref_uri": "gitlab.example/group/demo//.gitlab-ci.yml@refs/heads/main",
            "project_path": "group/demo",
        });
        assert_eq!(of(claims), Issuer::GitLabSelfManaged);
    }

    #[test]
    fn pypi_attests_three_issuers() {
        let attested = [Issuer::GitHub, Issuer::GitLab, Issuer::Google];
        assert!(attested.into_iter().all(Issuer::is_attested));
        let others = [
            Issuer::ActiveState,
            Issuer::CircleCi,
            Issuer::GitHubEnterprise,
            Issuer::GitLabSelfManaged,
        ];
        assert!(!others.into_iter().any(Issuer::is_attested));
    }

    #[test]
    fn the_slug_is_the_name_in_json() {
        for issuer in [Issuer::CircleCi, Issuer::GitHubEnterprise, Issuer::GitLab] {
            assert_eq!(json!(issuer), json!(issuer.slug()));
        }
    }
}
