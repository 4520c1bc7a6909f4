//! The web pages of a repository.

use pypi_trusted_upload::{Environment, url::Url};

/// A repository on a service whose links are known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Remote {
    url: Url,
    service: Service,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Service {
    GitHub,
    GitLab,
}

impl Remote {
    /// The repository of a CI job, or else that of the URL of a remote.
    pub(super) fn of(environment: &Environment, remote_url: Option<&str>) -> Option<Self> {
        let get = |name| environment.get(name);
        if let (Some(server), Some(repository)) =
            (get("GITHUB_SERVER_URL"), get("GITHUB_REPOSITORY"))
        {
            return Self::at(
                &format!("{}/{repository}", server.trim_end_matches('/')),
                Service::GitHub,
            );
        }
        if let Some(url) = get("CI_PROJECT_URL") {
            return Self::at(url, Service::GitLab);
        }
        let (host, path) = host_and_path(remote_url?)?;
        let service = match host.as_str() {
            host if host.contains("github") => Service::GitHub,
            host if host.contains("gitlab") => Service::GitLab,
            _ => return None,
        };
        Self::at(&format!("https://{host}/{path}"), service)
    }

    fn at(url: &str, service: Service) -> Option<Self> {
        let url: Url = url.parse().ok()?;
        let is_plain =
            url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        (matches!(url.scheme(), "https" | "http") && url.has_host() && is_plain)
            .then_some(Self { url, service })
    }

    pub(super) fn compare(&self, from: &str, to: &str) -> String {
        let range = format!("{from}...{to}");
        match self.service {
            Service::GitHub => self.page(&["compare", &range]),
            Service::GitLab => self.page(&["-", "compare", &range]),
        }
    }

    pub(super) fn commit(&self, id: &str) -> String {
        match self.service {
            Service::GitHub => self.page(&["commit", id]),
            Service::GitLab => self.page(&["-", "commit", id]),
        }
    }

    /// The page of a pull or merge request, and how the service writes its number.
    pub(super) fn request(&self, number: u64) -> (String, String) {
        match self.service {
            Service::GitHub => (
                format!("#{number}"),
                self.page(&["pull", &number.to_string()]),
            ),
            Service::GitLab => (
                format!("!{number}"),
                self.page(&["-", "merge_requests", &number.to_string()]),
            ),
        }
    }

    /// The page of an account.
    pub(super) fn account(&self, login: &str) -> Option<String> {
        let mut url = self.url.clone();
        if self.service != Service::GitHub {
            return None;
        }
        url.path_segments_mut().ok()?.clear().push(login);
        Some(url.to_string())
    }

    fn page(&self, path: &[&str]) -> String {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url.to_string()
    }
}

/// `owner/name` of the URL of a remote.
pub(crate) fn repository_path(remote_url: &str) -> Option<String> {
    host_and_path(remote_url).map(|(_, path)| path)
}

/// The host and the path of `https://host/path.git`, `ssh://git@host:22/path` or `git@host:path`.
fn host_and_path(url: &str) -> Option<(String, String)> {
    let (host, path) = match url.split_once("://") {
        Some(("https" | "http" | "ssh" | "git", rest)) => {
            let (authority, path) = rest.split_once('/')?;
            let host = authority.rsplit('@').next()?;
            (host.split(':').next()?, path)
        }
        Some(_) => return None,
        None => {
            let (host, path) = url.split_once(':')?;
            (host.rsplit('@').next()?, path)
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let is_path = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let is_valid = !host.is_empty()
        && host.chars().all(is_host)
        && path.contains('/')
        && path.chars().all(is_path)
        && !path.contains("..");
    is_valid.then(|| (host.to_ascii_lowercase(), path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_have_pages() {
        let none = Environment::from_vars::<&str, &str>([]);
        for (url, expected) in [
            (
                "https://github.com/o/r.git",
                Some("https://github.com/o/r/compare/v1...v2"),
            ),
            (
                "git@github.com:o/r.git",
                Some("https://github.com/o/r/compare/v1...v2"),
            ),
            (
                "ssh://git@gitlab.example.org:2222/g/s/p",
                Some("https://gitlab.example.org/g/s/p/-/compare/v1...v2"),
            ),
            ("https://example.org/o/r", None),
            ("../o/r", None),
            ("file:///github/o", None),
            ("https://github.com/o/r)[x](y", None),
            ("https://github.com/../x", None),
        ] {
            let found = Remote::of(&none, Some(url)).map(|remote| remote.compare("v1", "v2"));
            assert_eq!(found.as_deref(), expected, "{url}");
        }
        let job = Environment::from_vars([
            ("GITHUB_SERVER_URL", "https://git.corp"),
            ("GITHUB_REPOSITORY", "o/r"),
        ]);
        let remote = Remote::of(&job, None).unwrap();
        assert_eq!(
            remote.compare("a/v1", "a/v2"),
            "https://git.corp/o/r/compare/a%2Fv1...a%2Fv2"
        );
        assert_eq!(remote.account("x").as_deref(), Some("https://git.corp/x"));
        assert_eq!(remote.request(7).1, "https://git.corp/o/r/pull/7");
    }
}
