//! The identity of a CI job, and the claims of its ID token.

mod activestate;
mod github;
mod gitlab;
mod google;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use self::activestate::ActiveState;
use self::github::GitHub;
use self::gitlab::GitLab;
use self::google::Google;
use super::issuer::Issuer;
use super::publisher::TrustedPublisher;
use super::signing::Signing;

/// The identity of a CI job, from which its ID tokens are made.
///
/// The claims are those of a real token. Each can be changed or left out, the times and the audience included. Nothing is
/// checked, so a test can use any job, valid or not.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Identity, LocalIndex};
///
/// let job = Identity::github("octo-org/demo", "release.yml").environment("pypi");
/// let index = LocalIndex::builder().publisher("demo", job.publisher()).start()?;
/// assert!(index.id_token(&job, "pypi").is_some());
/// // A token that expired in 2001, and one with a list of audiences:
/// let old = job.clone().claim("exp", 1_000_000_000);
/// let two = job.claim("aud", vec!["pypi", "testpypi"]);
/// assert!(index.id_token(old, "pypi").is_some() && index.id_token(two, "pypi").is_some());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Identity {
    job: Job,
    environment: Option<String>,
    changes: Vec<ClaimChange>,
    signing: Signing,
}

/// The claims of an ID token.
pub(crate) type Claims = Map<String, Value>;

#[derive(Clone, Debug)]
enum Job {
    ActiveState(ActiveState),
    GitHub(GitHub),
    GitLab(GitLab),
    Google(Google),
}

/// A claim with another value, or without one.
#[derive(Clone, Debug)]
struct ClaimChange {
    name: String,
    value: Option<Value>,
}

impl Identity {
    /// A job of GitHub Actions: a push to `main` that runs `workflow` (a file name in `.github/workflows`) of
    /// `repository` (`owner/name`).
    pub fn github(repository: impl Into<String>, workflow: impl Into<String>) -> Self {
        Self::new(Job::GitHub(GitHub::new(repository.into(), workflow.into())))
    }

    /// A pipeline of GitLab for the branch `main` of `project_path` (`namespace/project`); `config` is the path of the CI
    /// file.
    pub fn gitlab(project_path: impl Into<String>, config: impl Into<String>) -> Self {
        Self::new(Job::GitLab(GitLab {
            project_path: project_path.into(),
            config: config.into(),
        }))
    }

    /// A workload of Google Cloud that runs as the service account with this email address.
    pub fn google(email: impl Into<String>) -> Self {
        Self::new(Job::Google(Google {
            email: email.into(),
        }))
    }

    /// A build of the ActiveState platform.
    pub fn activestate(
        organization: impl Into<String>,
        project: impl Into<String>,
        actor_id: impl Into<String>,
    ) -> Self {
        Self::new(Job::ActiveState(ActiveState {
            organization: organization.into(),
            project: project.into(),
            actor_id: actor_id.into(),
        }))
    }

    /// Sets the deployment environment of the job (GitHub and GitLab).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Sets the account id of the repository's owner (GitHub; ignored for other providers). The default is `4242`.
    #[must_use]
    pub fn owner_id(mut self, id: impl Into<String>) -> Self {
        if let Job::GitHub(github) = &mut self.job {
            github.owner_id = id.into();
        }
        self
    }

    /// Sets the Git reference, such as `refs/tags/v1.0` (GitHub; ignored for other providers). The default is
    /// `refs/heads/main`.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> Self {
        if let Job::GitHub(github) = &mut self.job {
            github.reference = name.into();
        }
        self
    }

    /// Replaces or adds a claim of the ID token. A value that cannot be written as JSON is null.
    #[must_use]
    pub fn claim(self, name: impl Into<String>, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.change(name.into(), Some(value))
    }

    /// Removes a claim from the ID token.
    #[must_use]
    pub fn without_claim(self, name: impl Into<String>) -> Self {
        self.change(name.into(), None)
    }

    /// Sets how the ID token is signed. The default is a valid signature.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// The publisher that makes a project trust this job. Changed claims are not taken into account.
    pub fn publisher(&self) -> TrustedPublisher {
        let publisher = match &self.job {
            Job::ActiveState(activestate) => activestate.publisher(),
            Job::GitHub(github) => github.publisher(),
            Job::GitLab(gitlab) => gitlab.publisher(),
            Job::Google(google) => google.publisher(),
        };
        match &self.environment {
            Some(environment) => publisher.environment(environment),
            None => publisher,
        }
    }

    pub(crate) fn issuer(&self) -> Issuer {
        match &self.job {
            Job::ActiveState(_) => Issuer::ActiveState,
            Job::GitHub(_) => Issuer::GitHub,
            Job::GitLab(_) => Issuer::GitLab,
            Job::Google(_) => Issuer::Google,
        }
    }

    /// How the ID token is signed.
    pub(crate) fn signed(&self) -> &Signing {
        &self.signing
    }

    /// The claims of a token for `audience`, issued at `now` (seconds since 1970) with the id `jti`.
    pub(crate) fn claims(&self, audience: &str, jti: &str, now: u64) -> Claims {
        let mut claims = self.job_claims();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("iss", self.issuer().url().into());
        set("aud", audience.into());
        set("iat", now.into());
        set("nbf", now.saturating_sub(5).into());
        set("exp", now.saturating_add(300).into());
        // Google's tokens have no id.
        if self.issuer() != Issuer::Google {
            set("jti", jti.into());
        }
        if let Some(environment) = &self.environment {
            set("environment", environment.as_str().into());
        }
        for ClaimChange { name, value } in &self.changes {
            match value {
                Some(value) => claims.insert(name.clone(), value.clone()),
                None => claims.remove(name),
            };
        }
        claims
    }

    /// The text of a claim about the job; empty if it has no such text.
    pub(crate) fn text(&self, claim: &str) -> String {
        let claims = self.claims("", "", 0);
        let text = claims.get(claim).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    }

    fn new(job: Job) -> Self {
        Self {
            job,
            environment: None,
            changes: Vec::new(),
            signing: Signing::default(),
        }
    }

    fn change(mut self, name: String, value: Option<Value>) -> Self {
        self.changes.push(ClaimChange { name, value });
        self
    }

    fn job_claims(&self) -> Claims {
        let claims = match &self.job {
            Job::ActiveState(activestate) => activestate.claims(),
            Job::GitHub(github) => github.claims(self.environment.as_deref()),
            Job::GitLab(gitlab) => gitlab.claims(),
            Job::Google(google) => google.claims(),
        };
        match claims {
            Value::Object(claims) => claims,
            _ => Claims::new(),
        }
    }
}

impl Default for Identity {
    /// The job of `release.yml` in `octo-org/demo` on GitHub.
    fn default() -> Self {
        Self::github("octo-org/demo", "release.yml")
    }
}

impl From<&Self> for Identity {
    fn from(identity: &Self) -> Self {
        identity.clone()
    }
}

impl<'de> Deserialize<'de> for Identity {
    /// Reads a job of GitHub: `repository`, `workflow`, and optionally `environment`; with a `kind`, one of another provider.
    /// `claims` replaces claims, or removes them with null.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let identity = match fields {
            Fields {
                kind: None | Some(Issuer::GitHub),
                repository: Some(repository),
                workflow: Some(workflow),
                ..
            } => Self::github(repository, workflow),
            Fields {
                kind: Some(Issuer::GitLab),
                project_path: Some(project_path),
                config,
                ..
            } => Self::gitlab(project_path, config.as_deref().unwrap_or(".gitlab-ci.yml")),
            Fields {
                kind: Some(Issuer::Google),
                email: Some(email),
                ..
            } => Self::google(email),
            _ => return Err(D::Error::custom(EXPECTED)),
        };
        let identity = match fields.environment {
            Some(environment) => identity.environment(environment),
            None => identity,
        };
        let claims = fields.claims.into_iter();
        Ok(claims.fold(identity, |identity, (name, value)| {
            let value = Some(value).filter(|value| !value.is_null());
            identity.change(name, value)
        }))
    }
}

/// What a scenario says about a job.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Fields {
    kind: Option<Issuer>,
    repository: Option<String>,
    workflow: Option<String>,
    project_path: Option<String>,
    config: Option<String>,
    email: Option<String>,
    environment: Option<String>,
    #[serde(default)]
    claims: Claims,
}

const EXPECTED: &str = "a job needs `repository` and `workflow`, with `kind = \"gitlab\"` `project-path`, or with `kind = \"google\"` `email`";

/// The commit of every job.
const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
