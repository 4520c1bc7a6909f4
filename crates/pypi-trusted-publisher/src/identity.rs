//! The identity of a job: which provider issues its ID tokens.

use std::sync::Arc;

use crate::{
    BoxFlow, Claims, Detected, Environment, Error, ErrorKind, IdToken, Provider, Registration,
    provider::{NAMES, built_in},
};

/// A job and the provider that issues its ID tokens.
#[derive(Clone, Debug)]
pub struct Identity {
    provider: Arc<dyn Provider>,
    environment: Environment,
    is_renewable: bool,
}

impl Identity {
    /// Detects the job's provider among the [built-in ones](built_in); `None` outside of a known CI service.
    ///
    /// `audience` is the one that the index expects, if it is known: `pypi` or `testpypi`. The name of GitLab's variable
    /// depends on it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingPermission`] when the job may not request an ID token, [`ErrorKind::Insecure`] when the URL that
    /// issues them is neither https nor on this machine, [`ErrorKind::IdToken`] when the variable or its URL is malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_trusted_publisher::{Environment, ErrorKind, Identity};
    ///
    /// let nowhere = Environment::default();
    /// assert!(Identity::detect(&nowhere, Some("pypi"))?.is_none());
    ///
    /// let job = Environment::from_vars([("GITHUB_ACTIONS", "true")]);
    /// let error = Identity::detect(&job, Some("pypi")).expect_err("the job has no `id-token: write`");
    /// assert_eq!(error.kind(), ErrorKind::MissingPermission);
    /// # Ok::<(), pypi_trusted_publisher::Error>(())
    /// ```
    pub fn detect(
        environment: &Environment,
        audience: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        Self::first_of(built_in(), environment, audience)
    }

    /// The identity by the first of `providers` that is not absent; `None` when all are.
    ///
    /// # Errors
    ///
    /// The error of the first provider that is present but cannot get an ID token.
    pub fn first_of(
        providers: impl IntoIterator<Item = Arc<dyn Provider>>,
        environment: &Environment,
        audience: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        for provider in providers {
            let is_renewable = match provider.detect(environment, audience)? {
                Detected::Absent => continue,
                Detected::Perhaps => true,
                Detected::Present { renewable } => renewable,
            };
            return Ok(Some(Self {
                provider,
                environment: environment.clone(),
                is_renewable,
            }));
        }
        Ok(None)
    }

    /// The identity by one provider.
    ///
    /// # Errors
    ///
    /// The provider's own; [`ErrorKind::NoIdentity`] when it is absent.
    pub fn of(
        provider: impl Provider + 'static,
        environment: &Environment,
        audience: Option<&str>,
    ) -> Result<Self, Error> {
        let message = format!(
            "the environment does not describe a job of {}",
            provider.slug()
        );
        let provider: Arc<dyn Provider> = Arc::new(provider);
        Self::first_of([provider], environment, audience)?
            .ok_or_else(|| Error::new(ErrorKind::NoIdentity, message))
    }

    /// The slug of the provider.
    pub fn provider(&self) -> &str {
        self.provider.slug()
    }

    /// Whether each request to the provider returns another ID token. Otherwise a lost reply ends the exchange, and the
    /// API token is not replaced when it expires.
    pub fn is_renewable(&self) -> bool {
        self.is_renewable
    }

    /// A flow that requests an ID token.
    pub fn id_token(&self, audience: &str) -> BoxFlow<IdToken> {
        self.provider.id_token(&self.environment, audience)
    }

    /// The publisher that an index would match with the claims of its ID token.
    pub fn registration(&self, claims: &Claims) -> Option<Registration> {
        self.provider.registration(claims)
    }

    /// Checks again, now that the audience is known.
    pub(crate) fn check(&self, audience: &str) -> Result<(), Error> {
        self.provider
            .detect(&self.environment, Some(audience))
            .map(|_| ())
    }
}

impl Error {
    /// The error of a job without a [built-in provider](built_in).
    pub fn no_identity() -> Self {
        let message = "no CI identity in the environment: expected a job of Forgejo Actions, GitHub Actions, GitLab CI, Buildkite, CircleCI, Azure Pipelines or Google Cloud";
        Self::new(ErrorKind::NoIdentity, message).with_help(format!(
            "elsewhere, use an API token; to choose a provider, name one of {}",
            NAMES.join(", ")
        ))
    }
}
