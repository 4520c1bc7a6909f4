//! The links of a release, and which of them its trusted publisher verifies.

use url::Url;

use crate::config::{PublisherKind, TrustedPublisher};
use crate::warehouse::Release;

/// A link of a release.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Link<'r> {
    pub(super) label: &'r str,
    pub(super) url: &'r str,
    /// Whether the project is in the hands of whoever publishes this.
    pub(super) is_verified: bool,
}

/// The project URLs, then the home page and the download URL.
pub(super) fn of(release: &Release) -> Vec<Link<'_>> {
    let publishers: Vec<&TrustedPublisher> = release
        .files
        .iter()
        .filter_map(|file| file.publisher.as_ref())
        .collect();
    let link = |label, url| Link {
        label,
        url,
        is_verified: publishers.iter().any(|publisher| verifies(publisher, url)),
    };
    let listed = release
        .fields("project_urls")
        .filter_map(|item| item.split_once(','));
    let listed = listed.map(|(label, url)| link(label.trim(), url.trim()));
    let single = [("Homepage", "home_page"), ("Download", "download_url")];
    let single = single
        .iter()
        .filter_map(|(label, key)| Some(link(label, release.field(key)?)));
    let mut links: Vec<Link<'_>> = Vec::new();
    for link in listed.chain(single) {
        if !link.url.is_empty() && links.iter().all(|known| known.url != link.url) {
            links.push(link);
        }
    }
    links
}

/// Whether `url` is that of the publisher's repository, of something below it, or of its pages.
///
/// # Source
///
/// `verify_url` of `warehouse/oidc/models` (2026-08-21).
fn verifies(publisher: &TrustedPublisher, url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let bases = match publisher.kind() {
        PublisherKind::ActiveState(fields) => {
            vec![format!(
                "https://platform.activestate.com/{}/{}",
                fields.organization, fields.project
            )]
        }
        PublisherKind::GitHub(fields) => {
            let (owner, name) = fields.repository.split_once('/').unwrap_or_default();
            vec![
                format!("https://github.com/{}", fields.repository),
                format!("https://github.com/{}.git", fields.repository),
                format!("https://{owner}.github.io/{name}"),
            ]
        }
        PublisherKind::GitLab(fields) => {
            let (group, name) = fields.project_path.split_once('/').unwrap_or_default();
            vec![
                format!("https://gitlab.com/{}", fields.project_path),
                format!("https://gitlab.com/{}.git", fields.project_path),
                format!("https://{group}.gitlab.io/{name}"),
            ]
        }
        PublisherKind::Google(_) => Vec::new(),
    };
    let bases = bases.iter().filter_map(|base| Url::parse(base).ok());
    bases.into_iter().any(|base| is_below(&base, &url))
}

fn is_below(base: &Url, url: &Url) -> bool {
    let (own, other) = (base.path().to_lowercase(), url.path().to_lowercase());
    let rest = other.strip_prefix(own.trim_end_matches('/'));
    base.origin() == url.origin()
        && url.username().is_empty()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publisher_verifies_its_repository_and_pages() {
        let github = TrustedPublisher::github("octo-org/demo", "release.yml");
        for url in [
            "https://github.com/octo-org/demo",
            "https://github.com/octo-org/demo/",
            "https://github.com/Octo-Org/Demo/issues?q=is%3Aopen",
            "https://github.com/octo-org/demo.git",
            "https://octo-org.github.io/demo/guide.html",
        ] {
            assert!(verifies(&github, url), "{url}");
        }
        for url in [
            "http://github.com/octo-org/demo",
            "https://github.com/octo-org/demo2",
            "https://github.com/octo-org",
            "https://github.com.example.org/octo-org/demo",
            "https://github.com/octo-org/demo/../other",
            "https://user@github.com/octo-org/demo",
            "https://github.com:444/octo-org/demo",
            "javascript:alert(1)",
            "demo",
        ] {
            assert!(!verifies(&github, url), "{url}");
        }
        let gitlab = TrustedPublisher::gitlab("group/demo", ".gitlab-ci.yml");
        assert!(verifies(&gitlab, "https://gitlab.com/group/demo/-/issues"));
        assert!(!verifies(
            &TrustedPublisher::google("a@b.example"),
            "https://b.example"
        ));
    }
}
