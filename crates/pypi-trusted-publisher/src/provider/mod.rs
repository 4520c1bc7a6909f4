//! Providers of ID tokens: CI services, clouds, and tokens that a caller supplies.

mod activestate;
mod agent;
mod azure;
mod buildkite;
mod circleci;
mod endpoint;
mod forgejo;
mod github;
mod gitlab;
mod google;
mod supplied;

use std::{fmt::Debug, sync::Arc};

use pypi_http::Flow;

pub use agent::run;
pub use endpoint::fetch;
pub use supplied::{Supplied, ready};

use activestate::ActiveState;
use azure::Azure;
use buildkite::Buildkite;
use circleci::CircleCi;
use forgejo::Forgejo;
use github::GitHub;
use gitlab::GitLab;
use google::Google;

use crate::{Claims, Environment, Error, IdToken, Registration};

/// Issues ID tokens to a job: a CI service, a cloud, or one of your own.
///
/// A provider reads the [`Environment`] that it is given and nothing else. Its flows open no socket: [`ready`] makes the
/// flow of a token, [`fetch`] that of a request, [`run`] that of a command.
///
/// # Examples
///
/// A CI service that writes an ID token into a variable:
///
/// ```
/// use pypi_trusted_publisher::{
///     BoxFlow, Detected, Environment, Error, ErrorKind, IdToken, Identity, Provider, provider,
/// };
///
/// #[derive(Debug)]
/// struct OurCi;
///
/// impl Provider for OurCi {
///     fn slug(&self) -> &str {
///         "our-ci"
///     }
///
///     fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
///         Ok(match environment.get("OUR_CI_TOKEN") {
///             Some(_) => Detected::Present { renewable: false },
///             None => Detected::Absent,
///         })
///     }
///
///     fn id_token(&self, environment: &Environment, _: &str) -> BoxFlow<IdToken> {
///         let token = environment.get("OUR_CI_TOKEN").and_then(IdToken::parse);
///         let missing = || Error::new(ErrorKind::IdToken, "OUR_CI_TOKEN contains no ID token");
///         provider::ready(token.ok_or_else(missing))
///     }
/// }
///
/// let job = Environment::from_vars([("OUR_CI_TOKEN", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln")]);
/// let identity = Identity::of(OurCi, &job, None)?;
/// assert_eq!(identity.provider(), "our-ci");
/// assert!(!identity.is_renewable());
/// # Ok::<(), Error>(())
/// ```
pub trait Provider: Debug + Send + Sync {
    /// The short name, for reports and options: lower-case letters, digits and hyphens.
    fn slug(&self) -> &str;

    /// Whether `environment` describes a job of this provider.
    ///
    /// `audience` is the one that the index expects; `None` when that is not known yet.
    ///
    /// # Errors
    ///
    /// When it does, but the job cannot get an ID token. The error says how to change that.
    fn detect(&self, environment: &Environment, audience: Option<&str>) -> Result<Detected, Error>;

    /// A flow that requests an ID token for `audience`, once. The exchange retries after a
    /// [transient](Error::is_transient) error.
    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken>;

    /// The publisher that an index would match with these claims; by default that of PyPI's rules.
    fn registration(&self, claims: &Claims) -> Option<Registration> {
        Registration::of(claims)
    }
}

impl<P: Provider + ?Sized> Provider for Arc<P> {
    fn slug(&self) -> &str {
        (**self).slug()
    }

    fn detect(&self, environment: &Environment, audience: Option<&str>) -> Result<Detected, Error> {
        (**self).detect(environment, audience)
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        (**self).id_token(environment, audience)
    }

    fn registration(&self, claims: &Claims) -> Option<Registration> {
        (**self).registration(claims)
    }
}

/// Whether a job belongs to a provider.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Detected {
    /// The job belongs to another provider.
    Absent,
    /// Only a request can tell, such as one to a metadata server. Each request is then expected to return another ID
    /// token.
    Perhaps,
    /// The job belongs to this provider.
    Present {
        /// Whether each request returns another ID token. An ID token is single use.
        renewable: bool,
    },
}

/// A boxed flow that returns a `T`.
pub type BoxFlow<T> = Box<dyn Flow<Output = T, Error = Error> + Send>;

/// The built-in providers in the order of their detection: a CI service comes before the machine that it runs on, and
/// Forgejo, which sets the variables of GitHub too, before GitHub.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::provider;
///
/// let slugs: Vec<String> = provider::built_in().iter().map(|one| one.slug().to_owned()).collect();
/// assert_eq!(slugs, ["forgejo", "github", "gitlab", "buildkite", "circleci", "azure", "google"]);
/// ```
pub fn built_in() -> Vec<Arc<dyn Provider>> {
    vec![
        Arc::new(Forgejo),
        Arc::new(GitHub),
        Arc::new(GitLab),
        Arc::new(Buildkite),
        Arc::new(CircleCi),
        Arc::new(Azure),
        Arc::new(Google::hinted()),
    ]
}

/// The slugs that [`named`] knows, in the order of detection.
pub const NAMES: [&str; 8] = [
    "forgejo",
    "github",
    "gitlab",
    "buildkite",
    "circleci",
    "azure",
    "activestate",
    "google",
];

/// The built-in provider with this slug, for a user who chose it: Google Cloud needs no hint then, and ActiveState, which
/// cannot be detected, explains itself. `None` for an unknown slug.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::provider;
///
/// assert!(provider::NAMES.iter().all(|slug| provider::named(slug).is_some()));
/// assert!(provider::named("jenkins").is_none());
/// ```
pub fn named(slug: &str) -> Option<Arc<dyn Provider>> {
    Some(match slug {
        "activestate" => Arc::new(ActiveState),
        "google" => Arc::new(Google::chosen()),
        _ => built_in().into_iter().find(|one| one.slug() == slug)?,
    })
}

/// An environment variable that is `true`, as CI services write it.
fn is_true(environment: &Environment, name: &str) -> bool {
    environment
        .get(name)
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}
