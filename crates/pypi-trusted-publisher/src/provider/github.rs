//! GitHub Actions.

use http::Method;
use pypi_http::{Body, Secret, authorize, is_secure, request};
use url::Url;

use super::{
    BoxFlow, Detected, Provider,
    endpoint::{fetch, member, parsed},
    is_true, ready,
};
use crate::{Environment, Error, ErrorKind, IdToken};

/// GitHub Actions.
///
/// # Source
///
/// [GitHub, "OpenID Connect reference"](https://docs.github.com/en/actions/reference/security/oidc), 2026-11.
#[derive(Clone, Copy, Debug)]
pub(super) struct GitHub;

impl Provider for GitHub {
    fn slug(&self) -> &str {
        "github"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        if !is_true(environment, "GITHUB_ACTIONS") {
            return Ok(Detected::Absent);
        }
        detect(environment, || {
            let error = Error::new(
                ErrorKind::MissingPermission,
                "this GitHub Actions job may not request an ID token: add `permissions: id-token: write` to the job",
            );
            match environment.get("GITHUB_EVENT_NAME") {
                Some("pull_request") => error.with_help(FORK),
                _ => error,
            }
        })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        let help = "add `permissions: id-token: write` to the job";
        id_token("GitHub Actions", help, environment, audience)
    }
}

pub(super) const FORK: &str =
    "a pull request from a fork never gets an ID token: publish from a push or a tag";

const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// Whether the two variables of a runner are there and sound.
pub(super) fn detect(
    environment: &Environment,
    missing: impl Fn() -> Error,
) -> Result<Detected, Error> {
    of(environment, missing).map(|_| Detected::Present { renewable: true })
}

/// A request for an ID token by the two variables of a runner.
pub(super) fn id_token(
    provider: &'static str,
    help: &str,
    environment: &Environment,
    audience: &str,
) -> BoxFlow<IdToken> {
    let missing = || {
        let message = format!("{provider} gave the job no URL for ID tokens");
        Error::new(ErrorKind::MissingPermission, message).with_help(help)
    };
    let (url, token) = match of(environment, missing) {
        Ok(found) => found,
        Err(error) => return ready(Err(error)),
    };
    let url = with_audience(url, audience);
    let request = request(Method::GET, &url, "application/json", Body::default());
    let request = request.and_then(|mut request| {
        authorize(
            &mut request,
            &url,
            &Secret::new(format!("bearer {}", token.reveal())),
        )?;
        Ok(request)
    });
    fetch(provider, help, request, move |reply| {
        parsed(provider, member(provider, &reply, "value")?.reveal())
    })
}

fn of(environment: &Environment, missing: impl Fn() -> Error) -> Result<(Url, Secret), Error> {
    let (Some(url), Some(token)) = (environment.get(URL), environment.get(TOKEN)) else {
        return Err(missing());
    };
    Ok((secure(URL, url)?, Secret::new(token)))
}

/// The URL in a variable, to which a secret may be sent.
pub(super) fn secure(name: &str, url: &str) -> Result<Url, Error> {
    let url: Url = url.parse().map_err(|error| {
        Error::new(ErrorKind::IdToken, format!("{name} is not a URL")).with_source(error)
    })?;
    match is_secure(&url) {
        true => Ok(url),
        false => Err(Error::new(
            ErrorKind::Insecure,
            format!("{name} is neither https nor on this machine: no token is sent to it"),
        )),
    }
}

/// The URL with this audience. It already has a query, of which everything else is kept as it is.
fn with_audience(mut url: Url, audience: &str) -> Url {
    if url.query_pairs().any(|(name, _)| name == "audience") {
        let others: Vec<_> = url
            .query_pairs()
            .filter(|(name, _)| name != "audience")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(others);
    }
    url.query_pairs_mut().append_pair("audience", audience);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_is_added_to_a_query() {
        for (url, expected) in [
            ("https://a.example/t", "https://a.example/t?audience=a+b"),
            (
                "https://a.example/t?x=%20&y",
                "https://a.example/t?x=%20&y&audience=a+b",
            ),
            (
                "https://a.example/t?audience=other&x=1",
                "https://a.example/t?x=1&audience=a+b",
            ),
        ] {
            let url = url.parse().expect("a URL");
            assert_eq!(with_audience(url, "a b").as_str(), expected);
        }
    }
}
