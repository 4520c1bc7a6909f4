//! `Publisher`: the settings of a publication.

use std::{fmt, sync::Arc};

use pypi_http::{AsyncTransport, RetryPolicy, Secret, Transport, drive, drive_async, is_secure};
use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{ApiToken, Endpoints, Environment, Identity};
use pypi_upload::{Credentials, Index};

use crate::{
    Dists, Error, ErrorKind, Observer, Plan, Problem, Report,
    publication::{Access, Publication},
};

/// Where and how distributions are published.
///
/// # Examples
///
/// What is wrong with these files, without any network:
///
/// ```
/// use pypi_publish::{Dists, Publisher};
///
/// let plan = Publisher::pypi().plan(Dists::read(["no-such-file.whl"]));
/// assert!(!plan.is_publishable());
/// for problem in plan.problems() {
///     println!("{problem}");
/// }
/// ```
#[derive(Clone)]
#[must_use = "a publisher does nothing until `publish` is called"]
pub struct Publisher {
    index: Index,
    authentication: Authentication,
    policy: RetryPolicy,
    observer: Option<Arc<dyn Observer>>,
}

#[derive(Clone, Debug)]
enum Authentication {
    Given(Credentials),
    Missing,
    Trusted(Environment),
}

impl Publisher {
    /// Publishes to PyPI.
    pub fn pypi() -> Self {
        Self::index(Index::pypi())
    }

    /// Publishes to TestPyPI.
    pub fn test_pypi() -> Self {
        Self::index(Index::test_pypi())
    }

    /// Publishes to `index`.
    pub fn index(index: Index) -> Self {
        Self {
            index,
            authentication: Authentication::Missing,
            policy: RetryPolicy::default(),
            observer: None,
        }
    }

    /// Authenticates as the CI job that `environment` describes: a token is minted before the first upload and burned
    /// after the last, whatever their outcomes.
    pub fn trusted_publishing(mut self, environment: Environment) -> Self {
        self.authentication = Authentication::Trusted(environment);
        self
    }

    /// Authenticates with an API token of the caller's own, which is not burned.
    pub fn token(mut self, token: &ApiToken) -> Self {
        self.authentication = Authentication::Given(Credentials::token(token.secret()));
        self
    }

    /// Authenticates with a user name and a password, for an index that accepts them. PyPI does not.
    pub fn basic(mut self, user: &str, password: &Secret) -> Self {
        self.authentication = Authentication::Given(Credentials::basic(user, password));
        self
    }

    /// How requests are retried; by default five attempts.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Reports every [`Event`](crate::Event) to `observer`.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The files to publish, and every problem that can be known without the network.
    pub fn plan(&self, dists: Dists) -> Plan {
        let mut plan = Plan::new(dists);
        let url = self.index.upload_url();
        if !is_secure(url) {
            let message = format!(
                "{} is not https: no token is sent to it",
                url.origin().ascii_serialization()
            );
            plan.push(self.setting(Finding::new(&rules::INSECURE_INDEX, message)));
        }
        let attested = plan.dists.iter().any(|dist| dist.attestations.is_some());
        match self.authentication {
            Authentication::Missing => plan.push(
                self.setting(
                    Finding::new(
                        &rules::NO_AUTHENTICATION,
                        "credentials for the index are missing",
                    )
                    .with_help("use trusted publishing, or give an API token"),
                ),
            ),
            Authentication::Given(_) if attested => plan.push(self.setting(Finding::new(
                &rules::ATTESTATIONS_NOT_SENT,
                "attestations are not sent: PyPI accepts them with trusted publishing only",
            ))),
            Authentication::Given(_) => {}
            Authentication::Trusted(_) => {
                if let Err(error) = self.access() {
                    let finding = Finding::new(&rules::NO_IDENTITY, error.to_string());
                    plan.push(self.setting(finding.with_help_if(error.help())));
                }
            }
        }
        plan
    }

    /// Publishes, blocking the thread.
    ///
    /// # Errors
    ///
    /// When no file was sent: [`ErrorKind::Plan`] when the plan has errors, [`ErrorKind::Identity`] when credentials are
    /// missing or no token was minted, [`ErrorKind::Unavailable`] when the index gave no usable reply. From the
    /// first upload on, everything is in the [`Report`].
    pub fn publish(&self, dists: Dists, transport: &impl Transport) -> Result<Report, Error> {
        drive(self.publication(dists)?, transport)
    }

    /// Publishes, on any executor. [`Dists`] has read the distributions before, which blocks.
    ///
    /// # Errors
    ///
    /// As [`publish`](Self::publish).
    pub async fn publish_async(
        &self,
        dists: Dists,
        transport: &impl AsyncTransport,
    ) -> Result<Report, Error> {
        drive_async(self.publication(dists)?, transport).await
    }

    /// The flow that publishes, for a caller that drives it by hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Plan`], as [`publish`](Self::publish).
    pub fn publication(&self, dists: Dists) -> Result<Publication, Error> {
        let plan = self.plan(dists);
        if !plan.is_publishable() {
            return Err(Error::unpublishable(plan));
        }
        let access = match self.access() {
            Ok(access) => access,
            Err(error) => return Err(Error::new(ErrorKind::Identity, plan).with_source(error)),
        };
        Ok(Publication::new(
            plan,
            self.index.clone(),
            access,
            self.policy.clone(),
            self.observer.clone(),
        ))
    }

    fn access(&self) -> Result<Access, pypi_trusted_publisher::Error> {
        let no_identity = pypi_trusted_publisher::Error::no_identity;
        match &self.authentication {
            Authentication::Given(credentials) => Ok(Access::Given(credentials.clone())),
            Authentication::Missing => Err(no_identity()),
            Authentication::Trusted(environment) => Ok(Access::Exchange(Box::new((
                Endpoints::at(self.index.upload_url()).ok_or_else(no_identity)?,
                Identity::detect(environment)?.ok_or_else(no_identity)?,
            )))),
        }
    }

    /// A finding about the settings.
    fn setting(&self, finding: Finding) -> Problem {
        Problem::new(self.index.name(), finding)
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher")
            .field("index", &self.index)
            .field("authentication", &self.authentication)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
