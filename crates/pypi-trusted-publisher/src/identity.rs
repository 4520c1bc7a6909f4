//! The CI service that a job runs in, and how it requests an ID token.

use std::fmt;

use pypi_http::{Secret, is_secure};
use url::Url;

use crate::{Environment, Error, ErrorKind};

/// A CI service that issues ID tokens to its jobs.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Provider {
    /// GitHub Actions.
    GitHub,
}

impl Provider {
    /// The short name, for reports and options.
    pub fn slug(self) -> &'static str {
        match self {
            Self::GitHub => "github",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "GitHub Actions",
        })
    }
}

/// What a job needs to request an ID token.
#[derive(Clone, Debug)]
pub struct Identity {
    provider: Provider,
    request_url: Url,
    request_token: Secret,
}

impl Identity {
    /// Detects a known CI service in `environment`; `None` outside of one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingPermission`] when the job may not request an ID token, [`ErrorKind::Insecure`] when the
    /// request URL is neither https nor on this machine.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_trusted_publisher::{Environment, ErrorKind, Identity};
    ///
    /// let nowhere = Environment::default();
    /// assert!(Identity::detect(&nowhere)?.is_none());
    ///
    /// let job = Environment::from_vars([("GITHUB_ACTIONS", "true")]);
    /// let error = Identity::detect(&job).expect_err("the job has no `id-token: write`");
    /// assert_eq!(error.kind(), ErrorKind::MissingPermission);
    /// # Ok::<(), pypi_trusted_publisher::Error>(())
    /// ```
    ///
    /// # Source
    ///
    /// [GitHub, "OpenID Connect reference"](https://docs.github.com/en/actions/reference/security/oidc)
    pub fn detect(environment: &Environment) -> Result<Option<Self>, Error> {
        if environment.get("GITHUB_ACTIONS") != Some("true") {
            return Ok(None);
        }
        let (Some(url), Some(token)) = (environment.get(GITHUB_URL), environment.get(GITHUB_TOKEN))
        else {
            return Err(missing_permission(environment));
        };
        let request_url: Url = url.parse().map_err(|error| {
            Error::new(
                ErrorKind::IdToken,
                format!("{GITHUB_URL} is not a URL: {error}"),
            )
        })?;
        if !is_secure(&request_url) {
            return Err(Error::new(
                ErrorKind::Insecure,
                format!(
                    "{GITHUB_URL} is neither https nor on this machine: no token is sent to it"
                ),
            ));
        }
        Ok(Some(Self {
            provider: Provider::GitHub,
            request_url,
            request_token: Secret::new(token),
        }))
    }

    /// The CI service.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The URL that issues an ID token for `audience`. GitHub's URL already has a query.
    pub(crate) fn request_url(&self, audience: &str) -> Url {
        let mut url = self.request_url.clone();
        url.query_pairs_mut().append_pair("audience", audience);
        url
    }

    pub(crate) fn authorization(&self) -> Secret {
        Secret::new(format!("bearer {}", self.request_token.reveal()))
    }
}

const GITHUB_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const GITHUB_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

fn missing_permission(environment: &Environment) -> Error {
    let error = Error::new(
        ErrorKind::MissingPermission,
        "this GitHub Actions job may not request an ID token: add `permissions: id-token: write` to the job",
    );
    match environment.get("GITHUB_EVENT_NAME") {
        Some("pull_request") => error.with_help(
            "a pull request from a fork never gets an ID token: publish from a push or a tag"
                .to_owned(),
        ),
        _ => error,
    }
}
