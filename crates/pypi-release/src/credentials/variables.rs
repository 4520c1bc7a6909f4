//! The variables of uv, twine and GitLab.

use pypi_trusted_upload::{Environment, Index, url::Url};

use super::{
    found::{Found, is_at},
    pypirc::Pypirc,
    user_info::UserInfo,
};
use crate::failure::Failure;

/// The secrets for uploads.
pub(super) const UPLOADS: [&str; 3] = [UV_TOKEN, UV_PASSWORD, TWINE_PASSWORD];

const UV_TOKEN: &str = "UV_PUBLISH_TOKEN";
const UV_PASSWORD: &str = "UV_PUBLISH_PASSWORD";
const TWINE_PASSWORD: &str = "TWINE_PASSWORD";

/// `UV_PUBLISH_TOKEN`, and `UV_PUBLISH_USERNAME` with `UV_PUBLISH_PASSWORD`; nothing if `UV_PUBLISH_URL` or
/// `UV_PUBLISH_INDEX` names another index.
pub(super) fn of_uv(
    environment: &Environment,
    index: &Index,
    name: &str,
) -> Result<Vec<Found>, Failure> {
    let is_named = |other: &str| other == name || other == index.name();
    let is_ours = environment.get("UV_PUBLISH_INDEX").is_none_or(is_named)
        && environment
            .get("UV_PUBLISH_URL")
            .is_none_or(|url| is_url_of(index, url));
    if !is_ours {
        return Ok(Vec::new());
    }
    let token = environment.get(UV_TOKEN);
    let token = token.map(|token| Found::token(UV_TOKEN, token));
    let pair = Found::pair(
        UV_PASSWORD,
        environment.get("UV_PUBLISH_USERNAME"),
        environment.get(UV_PASSWORD),
        index,
    )?;
    Ok(token.into_iter().chain(pair).collect())
}

/// `TWINE_USERNAME` and `TWINE_PASSWORD`; nothing if `TWINE_REPOSITORY_URL` or `TWINE_REPOSITORY` names another index.
///
/// A name other than `pypi` and `testpypi` is that of a section of `pypirc`, or that by which its user calls the index.
pub(super) fn of_twine(
    environment: &Environment,
    index: &Index,
    name: &str,
    pypirc: Option<&Pypirc>,
) -> Result<Option<Found>, Failure> {
    let is_section = |section: &str| match pypirc.and_then(|pypirc| pypirc.url(section)) {
        Some(url) => is_at(index, &url),
        None => match section {
            "pypi" => is_at(index, Index::pypi().upload_url()),
            "testpypi" => is_at(index, Index::test_pypi().upload_url()),
            section => section == name,
        },
    };
    // twine prefers the URL too.
    let is_ours = match environment.get("TWINE_REPOSITORY_URL") {
        Some(url) => is_url_of(index, url),
        None => environment.get("TWINE_REPOSITORY").is_none_or(is_section),
    };
    if !is_ours {
        return Ok(None);
    }
    Found::pair(
        TWINE_PASSWORD,
        environment.get("TWINE_USERNAME"),
        environment.get(TWINE_PASSWORD),
        index,
    )
}

/// The variable that names another index than PyPI to uv or twine.
pub(crate) fn other_than_pypi(environment: &Environment) -> Option<&'static str> {
    let pypi = Index::pypi();
    let names = [
        "UV_PUBLISH_URL",
        "UV_PUBLISH_INDEX",
        "TWINE_REPOSITORY_URL",
        "TWINE_REPOSITORY",
    ];
    names.into_iter().find(|name| {
        environment.get(name).is_some_and(|value| {
            let is_pypi = match name.ends_with("_URL") {
                true => is_url_of(&pypi, value),
                false => value == "pypi",
            };
            !is_pypi
        })
    })
}

/// The token of the GitLab job, for the package registry of the same GitLab only.
///
/// # Source
///
/// docs.gitlab.com, "PyPI packages in the package registry" and "CI/CD job token", 2026-11: the user is
/// `gitlab-ci-token`, and the registry is below the API's URL.
pub(super) fn of_gitlab(environment: &Environment, index: &Index) -> Option<Found> {
    if environment.get("GITLAB_CI") != Some("true") {
        return None;
    }
    let api: Url = environment.get("CI_API_V4_URL")?.parse().ok()?;
    let upload = index.upload_url();
    let below = upload.path().strip_prefix(api.path().trim_end_matches('/'));
    let is_below = below.is_some_and(|rest| rest.starts_with('/'));
    let token = environment.get("CI_JOB_TOKEN")?;
    (upload.origin() == api.origin() && is_below)
        .then(|| Found::basic("CI_JOB_TOKEN", "gitlab-ci-token", token))
}

/// The variables of [`UPLOADS`] that are set but empty, as a CI system sets those whose secret does not exist.
pub(super) fn empty(environment: &Environment) -> Vec<&str> {
    environment
        .iter()
        .filter(|(name, value)| value.is_empty() && UPLOADS.contains(name))
        .map(|(name, _)| name)
        .collect()
}

fn is_url_of(index: &Index, url: &str) -> bool {
    let (url, _) = UserInfo::split(url);
    url.parse().is_ok_and(|url| is_at(index, &url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(url: &str) -> Index {
        Index::custom(url).expect("a URL")
    }

    fn uv(variables: &[(&str, &str)], index: &Index) -> Vec<String> {
        let environment = Environment::from_vars(variables.iter().copied());
        let found = of_uv(&environment, index, "corp").expect("no failure");
        found.into_iter().map(|found| found.source).collect()
    }

    fn twine(variables: &[(&str, &str)], index: &Index) -> bool {
        let environment = Environment::from_vars(variables.iter().copied());
        let pypirc =
            "[distutils]\nindex-servers = corp\n[corp]\nrepository = https://corp.example/\n";
        let pypirc = Pypirc::parse(pypirc, "x").ok();
        let found = of_twine(&environment, index, "named", pypirc.as_ref());
        found.expect("no failure").is_some()
    }

    #[test]
    fn variables_of_uv_are_for_the_index_that_uv_would_publish_to() {
        let token = ("UV_PUBLISH_TOKEN", "pypi-x");
        let corp = index("https://corp.example/legacy/");
        assert_eq!(uv(&[token], &Index::pypi()), ["UV_PUBLISH_TOKEN"]);
        assert_eq!(uv(&[token], &corp), ["UV_PUBLISH_TOKEN"]);
        let url = ("UV_PUBLISH_URL", "https://me:hush@corp.example/legacy");
        assert_eq!(uv(&[token, url], &corp), ["UV_PUBLISH_TOKEN"]);
        assert_eq!(uv(&[token, url], &Index::pypi()), [""; 0]);
        let name = ("UV_PUBLISH_INDEX", "testpypi");
        assert_eq!(uv(&[token, name], &Index::pypi()), [""; 0]);
        assert_eq!(
            uv(&[token, name], &Index::test_pypi()),
            ["UV_PUBLISH_TOKEN"]
        );
        let pair = [
            ("UV_PUBLISH_USERNAME", "me"),
            ("UV_PUBLISH_PASSWORD", "hush"),
        ];
        assert_eq!(uv(&pair, &corp), ["UV_PUBLISH_PASSWORD"]);
        let both = [token, pair[0], pair[1]];
        assert_eq!(uv(&both, &corp).len(), 2);
        let environment = Environment::from_vars([pair[1]]);
        let failure = of_uv(&environment, &corp, "corp").expect_err("no user name");
        assert!(failure.message().contains("UV_PUBLISH_PASSWORD"));
        assert!(!failure.message().contains("hush"));
    }

    #[test]
    fn variables_of_twine_are_for_the_index_that_twine_would_publish_to() {
        let password = ("TWINE_PASSWORD", "pypi-x");
        let corp = index("https://corp.example/");
        assert!(twine(&[password], &Index::pypi()));
        for (variable, index, is_found) in [
            (("TWINE_REPOSITORY", "testpypi"), &Index::pypi(), false),
            (("TWINE_REPOSITORY", "testpypi"), &Index::test_pypi(), true),
            (("TWINE_REPOSITORY", "corp"), &corp, true),
            (("TWINE_REPOSITORY", "corp"), &Index::pypi(), false),
            (("TWINE_REPOSITORY", "unknown"), &corp, false),
            (("TWINE_REPOSITORY", "named"), &corp, true),
            (
                ("TWINE_REPOSITORY_URL", "https://corp.example"),
                &corp,
                true,
            ),
            (
                ("TWINE_REPOSITORY_URL", "https://corp.example"),
                &Index::pypi(),
                false,
            ),
        ] {
            assert_eq!(
                twine(&[password, variable], index),
                is_found,
                "{variable:?}"
            );
        }
    }

    #[test]
    fn a_variable_that_names_another_index_than_pypi_is_found() {
        let pypi = Index::pypi();
        for (name, value, is_other) in [
            ("UV_PUBLISH_URL", "https://corp.example/", true),
            ("UV_PUBLISH_URL", pypi.upload_url().as_str(), false),
            ("UV_PUBLISH_URL", "", false),
            ("UV_PUBLISH_INDEX", "corp", true),
            ("UV_PUBLISH_INDEX", "pypi", false),
            ("TWINE_REPOSITORY_URL", "not a URL", true),
            ("TWINE_REPOSITORY", "testpypi", true),
            ("TWINE_REPOSITORY", "pypi", false),
            ("TWINE_CERT", "x", false),
        ] {
            let environment = Environment::from_vars([(name, value)]);
            let found = other_than_pypi(&environment);
            assert_eq!(found, is_other.then_some(name), "{name}={value}");
        }
    }

    #[test]
    fn the_job_token_is_for_its_own_gitlab() {
        let environment = |api: &str| {
            Environment::from_vars([
                ("GITLAB_CI", "true"),
                ("CI_API_V4_URL", api),
                ("CI_JOB_TOKEN", "hush"),
            ])
        };
        let api = "https://git.example/api/v4";
        let registry = "https://git.example/api/v4/projects/7/packages/pypi";
        assert!(of_gitlab(&environment(api), &index(registry)).is_some());
        for url in [
            "https://git.example/api/v40/projects/7/packages/pypi",
            "https://git.example:8443/api/v4/projects/7/packages/pypi",
            "http://git.example/api/v4/projects/7/packages/pypi",
            "https://other.example/api/v4/projects/7/packages/pypi",
            "https://git.example/",
        ] {
            assert!(of_gitlab(&environment(api), &index(url)).is_none(), "{url}");
        }
        assert!(of_gitlab(&environment("nonsense"), &index(registry)).is_none());
        assert!(of_gitlab(&environment(api), &Index::pypi()).is_none());
    }

    #[test]
    fn an_empty_variable_is_told_from_a_missing_one() {
        let environment = Environment::from_vars([("TWINE_PASSWORD", ""), ("OTHER", "")]);
        assert_eq!(empty(&environment), ["TWINE_PASSWORD"]);
    }
}
