//! `Publisher`: the settings of a publication.

mod access;
mod profile;
#[cfg(feature = "sign")]
mod sign;

use std::{fmt, sync::Arc, time::Duration};

use pypi_http::{AsyncTransport, Clock, RetryPolicy, Secret, Transport, is_secure};
use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{ApiToken, Environment, Provider};
use pypi_upload::{Credentials, Existing, Index, VERDICT_DEADLINE, VERIFY_TIMEOUT};

use crate::{
    CredentialChain, Dists, Error, Observer, Order, Plan, Problem, Publication, Report,
    report::Target,
    settings::{Access, JOBS, Settings, TIMEOUT},
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
    settings: Settings,
    credentials: CredentialChain,
    /// Instead of the built-in ones, unless it is empty.
    providers: Vec<Arc<dyn Provider>>,
    excluded: Vec<String>,
    #[cfg(feature = "sign")]
    attest: Option<crate::Attest>,
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
            settings: Settings {
                index,
                policy: RetryPolicy::default(),
                clock: Clock::system(),
                observer: None,
                jobs: JOBS,
                order: Order::Any,
                existing: Existing::default(),
                all_versions: false,
                skip_private: false,
                timeout: TIMEOUT,
                upload_timeout: VERDICT_DEADLINE,
                deadline: None,
                verify: Some(VERIFY_TIMEOUT),
                requires_attestations: false,
                #[cfg(feature = "sign")]
                signer: None,
                mask: None,
            },
            credentials: CredentialChain::new(),
            providers: Vec::new(),
            excluded: Vec::new(),
            #[cfg(feature = "sign")]
            attest: None,
        }
    }

    /// Authenticates as the CI job that `environment` describes: tokens are minted when files need them, and burned when
    /// none needs them any more, whatever their outcomes.
    ///
    /// Its provider is the first of the [built-in ones](pypi_trusted_publisher::provider::built_in) that is detected, unless
    /// [`provider`](Self::provider) chooses others.
    pub fn trusted_publishing(self, environment: Environment) -> Self {
        self.credentials(CredentialChain::new().trusted_publishing(environment))
    }

    /// Authenticates as a job of this provider: one of your own, a built-in one by
    /// [`provider::named`](pypi_trusted_publisher::provider::named), or a token that you
    /// [supply](pypi_trusted_publisher::provider::Supplied). After several calls the first that is detected counts.
    ///
    /// The provider is given the environment of [`trusted_publishing`](Self::trusted_publishing), or an empty one.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_http::Secret;
    /// use pypi_publish::Publisher;
    /// use pypi_trusted_publisher::provider::Supplied;
    ///
    /// let publisher = Publisher::pypi().provider(Supplied::value(Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")));
    /// # let _ = publisher;
    /// ```
    pub fn provider(mut self, provider: impl Provider + 'static) -> Self {
        self.providers.push(Arc::new(provider));
        match self.credentials.environment() {
            Some(_) => self,
            None => self.trusted_publishing(Environment::default()),
        }
    }

    /// Ignores the provider with this slug, so that another one is detected.
    pub fn without_provider(mut self, slug: impl Into<String>) -> Self {
        self.excluded.push(slug.into());
        self
    }

    /// Calls `mask` with each minted token before it is used, so that a program can hide it in the log of its CI service.
    pub fn mask(mut self, mask: impl Fn(&Secret) + Send + Sync + 'static) -> Self {
        self.settings.mask = Some(Arc::new(mask));
        self
    }

    /// Authenticates with an API token of the caller's own, which is not burned.
    pub fn token(self, token: &ApiToken) -> Self {
        self.credentials(CredentialChain::new().token("", token))
    }

    /// Authenticates with a user name and a password, for an index that accepts them. PyPI does not.
    pub fn basic(self, user: &str, password: &Secret) -> Self {
        self.credentials(CredentialChain::new().basic("", user, password))
    }

    /// Authenticates with the credentials that several sources agree on, or as the CI job if none gives any. Replaces
    /// what was set before.
    pub fn credentials(mut self, chain: CredentialChain) -> Self {
        self.credentials = chain;
        self
    }

    /// How many files are sent at a time; 4 by default, at least 1.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.settings.jobs = jobs.max(1);
        self
    }

    /// The order in which projects are sent; side by side by default.
    pub fn order(mut self, order: Order) -> Self {
        self.settings.order = order;
        self
    }

    /// What it means that the index has a file of the same name; [`Existing::Same`] by default.
    ///
    /// With [`Existing::Same`] and [`Existing::Never`], the files of each project are looked up before anything is sent, if the
    /// simple API of the index is known. Some indexes overwrite a file without a word, so nothing else prevents that.
    pub fn existing(mut self, existing: Existing) -> Self {
        self.settings.existing = existing;
        self
    }

    /// Whether the files of a project may be of several versions. By default that is an error of the plan: a folder often
    /// contains those of builds before.
    pub fn all_versions(mut self, allowed: bool) -> Self {
        self.settings.all_versions = allowed;
        self
    }

    /// Whether to leave out distributions with a classifier that begins with `Private ::`, instead of sending nothing because
    /// PyPI rejects them. The report has a hint for each; a run without other files succeeds and sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_publish::{DistSource, Dists, Publisher};
    ///
    /// # let text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nClassifier: Private :: Mine\n\n";
    /// # let wheel = pypi_metadata::testing::wheel_with("demo", "1.0", text);
    /// let private = DistSource::bytes(wheel.filename, wheel.bytes);
    /// let plan = Publisher::pypi().skip_private(true).plan(Dists::read([private]));
    /// assert!(plan.is_publishable());
    /// assert_eq!((plan.files().len(), plan.skipped().len()), (0, 1));
    /// ```
    pub fn skip_private(mut self, skip: bool) -> Self {
        self.settings.skip_private = skip;
        self
    }

    /// How requests are retried; by default five attempts.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// How long a request that sends no file may take; 30 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How long the index may take to reply after the last byte of a file; 15 minutes by default.
    pub fn upload_timeout(mut self, timeout: Duration) -> Self {
        self.settings.upload_timeout = timeout;
        self
    }

    /// How long the whole run may take; unlimited by default. After that it ends like a cancelled one.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// How long to ask whether the index shows each file with our sha256; 60 seconds by default, `None` to not ask.
    pub fn verify(mut self, timeout: Option<Duration>) -> Self {
        self.settings.verify = timeout;
        self
    }

    /// What to do about attestations; by default those that are stored beside the files are sent, and nothing is signed.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_attestations::Sigstore;
    /// use pypi_publish::{Attest, Publisher};
    ///
    /// let publisher = Publisher::pypi().attest(Attest::best_effort(Sigstore::production()?));
    /// # let _ = publisher;
    /// # Ok::<(), pypi_attestations::Error>(())
    /// ```
    #[cfg(feature = "sign")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sign")))]
    pub fn attest(mut self, attest: crate::Attest) -> Self {
        self.attest = Some(attest);
        self
    }

    /// The clock of the run; the system's by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = clock;
        self
    }

    /// Reports every [`Event`](crate::Event) to `observer`.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// The files to publish, and every problem that can be known without the network.
    pub fn plan(&self, dists: Dists) -> Plan {
        let mut plan = Plan::new(dists, self.target(), &self.settings);
        if plan.is_all_skipped() {
            return plan;
        }
        profile::apply(self.settings.index.profile(), &mut plan);
        let url = self.settings.index.upload_url();
        if !is_secure(url) {
            let message = format!(
                "{} is not https: no token is sent to it",
                url.origin().ascii_serialization()
            );
            plan.push(self.setting(Finding::new(&rules::INSECURE_INDEX, message)));
        }
        for finding in self.credential_findings(&mut plan) {
            plan.push(self.setting(finding));
        }
        #[cfg(feature = "sign")]
        self.plan_signing(&mut plan);
        plan
    }

    /// Publishes, blocking the thread.
    ///
    /// # Errors
    ///
    /// When no file was sent, by the [kind](Error::kind) of the error. From the first upload on, everything is in the
    /// [`Report`], also [the error](Report::error) of a run that failed; [`publication`](Self::publication) gives a report
    /// in every case.
    pub fn publish<T: Transport + Sync>(
        &self,
        dists: Dists,
        transport: &T,
    ) -> Result<Report, Error> {
        let mut publication = self.publication(self.plan(dists))?;
        result(publication.run(transport))
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
        let mut publication = self.publication(self.plan(dists))?;
        result(publication.run_async(transport).await)
    }

    /// The publication of a plan of this publisher, to be [run](Publication::run), cancelled, or driven by hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Plan`](crate::ErrorKind::Plan) when the plan has errors, [`ErrorKind::Identity`] when credentials are
    /// missing.
    ///
    /// [`ErrorKind::Identity`]: crate::ErrorKind::Identity
    pub fn publication(&self, plan: Plan) -> Result<Publication, Error> {
        if !plan.is_publishable() {
            return Err(Error::unpublishable(plan.errors().cloned().collect()));
        }
        let access = match plan.is_all_skipped() {
            // Nothing is sent, so there need not be any.
            true => Access::Given(Credentials::token(&Secret::new(""))),
            false => self
                .access()
                .map_err(|error| Error::of_exchange(error, &self.settings.context()))?,
        };
        #[cfg_attr(
            not(feature = "sign"),
            expect(unused_mut, reason = "signing adds to it")
        )]
        let mut settings = self.settings.clone();
        #[cfg(feature = "sign")]
        {
            settings.signer = self.signer().and_then(Result::ok);
            let attest = self.attest.as_ref();
            settings.requires_attestations = attest.is_some_and(crate::Attest::is_required);
        }
        Ok(Publication::new(plan, settings, access))
    }

    fn target(&self) -> Target {
        Target {
            index: self.settings.index.name().to_owned(),
            upload_url: self.settings.index.upload_url().clone(),
            credentials: self.credentials.label().or_else(|| self.job()),
        }
    }

    /// A finding about the settings.
    fn setting(&self, finding: Finding) -> Problem {
        Problem::new(self.settings.index.name(), finding)
    }
}

/// A failed run in which nothing was sent is an error.
fn result(report: Report) -> Result<Report, Error> {
    match report.error() {
        Some(error) if !report.was_sent() => Err(error.clone()),
        _ => Ok(report),
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher")
            .field("index", &self.settings.index)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
