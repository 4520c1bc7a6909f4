//! URLs of the API, and those of replies that may be given the token.

use std::{fmt, path::Path};

use pypi_trusted_upload::{Environment, transport::is_secure, url::Url, versioning::GitCommand};

use crate::{failure::Failure, notes::repository_path};

/// A repository, as `owner/name`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Repository {
    owner: String,
    name: String,
}

impl Repository {
    /// Parses `owner/name`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let is_name = |name: &str| {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !matches!(name, "" | "." | "..") && name.len() <= 100 && name.chars().all(is_allowed)
        };
        (is_name(owner) && is_name(name)).then(|| Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The repository with this name, or else that of the CI job, or else that of the remote `origin` of the checkout.
    pub(crate) fn of(
        named: Option<&str>,
        root: &Path,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let named = named.or_else(|| environment.get("GITHUB_REPOSITORY"));
        let remote = || {
            let url = GitCommand::new(root).remote_url("origin").ok()??;
            repository_path(&url)
        };
        let name = named.map(str::to_owned).or_else(remote).ok_or_else(|| {
            Failure::usage(
                "the repository is not known: give --repository OWNER/NAME, or set GITHUB_REPOSITORY",
            )
        })?;
        Self::parse(&name).ok_or_else(|| {
            Failure::usage(format!("{name:?} is not a repository: expected OWNER/NAME"))
        })
    }

    /// The URL of the repository in the API, and `path` below it, of which each part is percent-encoded.
    pub(super) fn url(&self, api: &Url, path: &[&str]) -> Url {
        let mut url = api.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(["repos", &self.owner, &self.name]);
            segments.extend(path);
        }
        url
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// The URL of the API.
pub(super) fn api(text: &str) -> Result<Url, String> {
    let remedy = "GITHUB_API_URL must be an https URL such as https://api.github.com";
    let url: Url = text
        .parse()
        .map_err(|_| format!("{text:?} is not a URL: {remedy}"))?;
    let is_plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_secure(&url) && is_plain {
        return Ok(url);
    }
    Err(format!("the API of GitHub cannot be at that URL: {remedy}"))
}

/// The URL to which an asset is sent, from the `upload_url` of a release; `None` if it is not on a host that belongs to
/// the API.
pub(super) fn upload(
    api: &Url,
    upload_url: &str,
    release: u64,
    name: &str,
    label: Option<&str>,
) -> Option<Url> {
    let template = upload_url.split('{').next()?;
    let mut url: Url = template.parse().ok()?;
    let is_path = url.path().ends_with(&format!("/releases/{release}/assets"));
    let is_bare = url.query().is_none() && url.username().is_empty() && url.password().is_none();
    if !(is_secure(&url) && is_path && is_bare && is_upload_host(api, &url)) {
        return None;
    }
    url.query_pairs_mut().append_pair("name", name);
    if let Some(label) = label {
        url.query_pairs_mut().append_pair("label", label);
    }
    Some(url)
}

/// The host of the API (GitHub Enterprise Server), or `uploads.X` for `api.X` and for `X`.
fn is_upload_host(api: &Url, upload: &Url) -> bool {
    if api.origin() == upload.origin() {
        return true;
    }
    let (Some(own), Some(host)) = (api.domain(), upload.domain()) else {
        return false;
    };
    let parent = own.strip_prefix("api.").unwrap_or(own);
    api.scheme() == upload.scheme()
        && api.port_or_known_default() == upload.port_or_known_default()
        && host.strip_prefix("uploads.") == Some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_hosts_of_the_api_only() {
        let path = "repos/o/r/releases/7/assets{?name,label}";
        for (base, url, is_expected) in [
            (
                "https://api.github.com",
                "https://uploads.github.com/",
                true,
            ),
            ("https://api.github.com", "https://api.github.com/", true),
            (
                "https://api.tenant.ghe.com",
                "https://uploads.tenant.ghe.com/",
                true,
            ),
            (
                "https://git.example/api/v3",
                "https://git.example/api/uploads/",
                true,
            ),
            (
                "https://git.example/api/v3",
                "https://uploads.git.example/",
                true,
            ),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/", true),
            ("http://127.0.0.1:8000", "http://127.0.0.1:9000/", false),
            (
                "https://api.github.com",
                "http://uploads.github.com/",
                false,
            ),
            (
                "https://api.github.com",
                "https://uploads.github.com:444/",
                false,
            ),
            (
                "https://api.github.com",
                "https://uploads.github.com.evil.example/",
                false,
            ),
            (
                "https://api.github.com",
                "https://uploads.evil.example/",
                false,
            ),
            (
                "https://api.github.com",
                "https://uploads.github.com@evil.example/",
                false,
            ),
            (
                "https://api.github.com",
                "https://user@uploads.github.com/",
                false,
            ),
            ("https://api.github.com", "//uploads.github.com/", false),
        ] {
            let api = api(base).unwrap();
            let found = upload(&api, &format!("{url}{path}"), 7, "a b.whl", None);
            assert_eq!(found.is_some(), is_expected, "{base} {url}");
        }
        let api = api("https://api.github.com").unwrap();
        let other = "https://uploads.github.com/repos/o/r/releases/8/assets{?name,label}";
        assert_eq!(upload(&api, other, 7, "a", None), None, "another release");
    }

    #[test]
    fn names_are_encoded() {
        let api = api("https://api.github.com/").unwrap();
        let repository = Repository::parse("o/r").unwrap();
        let url = repository.url(&api, &["releases", "tags", "a/b?c"]);
        assert_eq!(
            url.as_str(),
            "https://api.github.com/repos/o/r/releases/tags/a%2Fb%3Fc"
        );
        for text in ["o", "o/", "/r", "o/r/x", "o/..", "o/r?x", "ö/r"] {
            assert_eq!(Repository::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_api_is_reached_over_https_or_on_this_machine() {
        for text in [
            "http://api.github.com",
            "https://u:p@api.github.com",
            "https://x/?a",
            "x",
        ] {
            assert!(api(text).is_err(), "{text}");
        }
    }
}
