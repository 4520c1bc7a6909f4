//! GitLab CI.

use super::{BoxFlow, Detected, Provider, is_true, ready};
use crate::{Environment, Error, ErrorKind, IdToken};

/// GitLab CI, of gitlab.com or another instance.
///
/// A job has its ID tokens from the start, in variables that `id_tokens:` names; none can be requested later. The token
/// for an audience is expected in [`variable`](Self::variable).
///
/// # Source
///
/// [GitLab, "id_tokens"](https://docs.gitlab.com/ci/yaml/#id_tokens), 2026-11; the names are those of the Python package
/// `id` 1.6.1.
#[derive(Clone, Copy, Debug)]
pub(super) struct GitLab;

impl GitLab {
    /// The name of the variable for an audience: in upper case, with `_` for each character but ASCII letters, digits and
    /// `_`, and for a leading digit.
    fn variable(audience: &str) -> String {
        let upper = audience.to_uppercase();
        let name = upper.chars().enumerate().map(|(at, c)| match c {
            'A'..='Z' | '_' => c,
            '0'..='9' if at > 0 => c,
            _ => '_',
        });
        name.chain("_ID_TOKEN".chars()).collect()
    }
}

impl Provider for GitLab {
    fn slug(&self) -> &str {
        "gitlab"
    }

    fn detect(&self, environment: &Environment, audience: Option<&str>) -> Result<Detected, Error> {
        if !is_true(environment, "GITLAB_CI") {
            return Ok(Detected::Absent);
        }
        let is_there = match audience {
            Some(audience) => environment.get(&Self::variable(audience)).is_some(),
            None => environment
                .iter()
                .any(|(name, _)| name.ends_with("_ID_TOKEN")),
        };
        match is_there {
            true => Ok(Detected::Present { renewable: false }),
            false => Err(missing(audience)),
        }
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        let name = Self::variable(audience);
        ready(match environment.get(&name) {
            None => Err(missing(Some(audience))),
            Some(text) => IdToken::parse(text.trim()).ok_or_else(|| {
                let message = format!("the variable {name} contains no ID token: expected a JWT");
                Error::new(ErrorKind::IdToken, message).with_help(remedy(audience))
            }),
        })
    }
}

fn missing(audience: Option<&str>) -> Error {
    let (name, audience) = match audience {
        Some(audience) => (GitLab::variable(audience), audience),
        None => ("…_ID_TOKEN".to_owned(), "the audience of the index"),
    };
    let message = format!("this GitLab job has no ID token: the variable {name} is missing");
    Error::new(ErrorKind::MissingPermission, message).with_help(remedy(audience))
}

fn remedy(audience: &str) -> String {
    let name = GitLab::variable(audience);
    format!("add `id_tokens: {{{name}: {{aud: {audience}}}}}` to the job")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_as_the_package_id_does() {
        for (audience, name) in [
            ("pypi", "PYPI_ID_TOKEN"),
            ("sigstore", "SIGSTORE_ID_TOKEN"),
            ("http://test.audience", "HTTP___TEST_AUDIENCE_ID_TOKEN"),
            ("my-audience_123", "MY_AUDIENCE_123_ID_TOKEN"),
            ("3rd", "_RD_ID_TOKEN"),
            ("straße", "STRASSE_ID_TOKEN"),
            ("é", "__ID_TOKEN"),
            ("", "_ID_TOKEN"),
        ] {
            assert_eq!(GitLab::variable(audience), name, "{audience}");
        }
    }
}
