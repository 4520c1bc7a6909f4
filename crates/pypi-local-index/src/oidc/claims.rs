//! Who a job of any provider is, and the ID token that says so.

use pypi_http::Secret;
use serde_json::{Value, json};

use super::issuer::Issuer;
use super::key::{Claims, Keys, Signing};
use super::publisher::Publisher;

/// A job of a CI provider, with every claim of its ID token.
///
/// The claims are those of a real token; each can be changed or left out, also the times and the audience. Nothing is
/// checked, so that a test can be any job, also a wrong one. A [`GitHubIdentity`](crate::GitHubIdentity) becomes one.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Identity, LocalIndex};
///
/// let job = Identity::gitlab("my-group/demo", ".gitlab-ci.yml").environment("pypi");
/// let index = LocalIndex::builder().publisher("demo", job.publisher()).start()?;
/// assert!(index.id_token(&job, "pypi").is_some());
/// // A token of an hour ago, and one for a list of audiences:
/// let old = job.clone().claim("exp", 1_000_000_000);
/// let two = job.claim("aud", vec!["pypi", "testpypi"]);
/// assert!(index.id_token(old, "pypi").is_some() && index.id_token(two, "pypi").is_some());
/// # Ok::<(), pypi_local_index::StartError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Identity {
    pub(crate) issuer: Issuer,
    claims: Claims,
    /// Claims that are set to another value, or are left out.
    changed: Vec<(String, Option<Value>)>,
    publisher: Publisher,
    signing: Signing,
}

impl Identity {
    pub(super) fn new(issuer: Issuer, claims: Value, publisher: Publisher) -> Self {
        let claims = match claims {
            Value::Object(claims) => claims,
            _ => Claims::new(),
        };
        Self {
            issuer,
            claims,
            changed: Vec::new(),
            publisher,
            signing: Signing::default(),
        }
    }

    /// A pipeline of GitLab for the branch `main`: `project_path` is `namespace/project`, `config` its CI file.
    pub fn gitlab(project_path: impl Into<String>, config: impl Into<String>) -> Self {
        let (path, config) = (project_path.into(), config.into());
        let namespace = path.rsplit_once('/').map_or("", |(namespace, _)| namespace);
        let claims = json!({
            "ci_config_ref_uri": format!("gitlab.com/{path}//{config}@refs/heads/main"),
            "ci_config_sha": SHA,
            "job_id": "1",
            "namespace_id": "72",
            "namespace_path": namespace,
            "pipeline_id": "1",
            "pipeline_source": "push",
            "project_id": "20",
            "project_path": path,
            "project_visibility": "public",
            "ref": "main",
            "ref_path": "refs/heads/main",
            "ref_protected": "true",
            "ref_type": "branch",
            "runner_environment": "gitlab-hosted",
            "runner_id": 1,
            "sha": SHA,
            "sub": format!("project_path:{path}:ref_type:branch:ref:main"),
            "user_id": "1",
            "user_login": "tanuki",
        });
        Self::new(Issuer::GitLab, claims, Publisher::gitlab(path, config))
    }

    /// A workload of Google Cloud that runs as a service account.
    pub fn google(email: impl Into<String>) -> Self {
        let email = email.into();
        let claims = json!({
            "azp": GOOGLE_SUBJECT,
            "email": email,
            "email_verified": true,
            "sub": GOOGLE_SUBJECT,
        });
        Self::new(Issuer::Google, claims, Publisher::google(email))
    }

    /// A build of ActiveState's platform.
    pub fn activestate(
        organization: impl Into<String>,
        project: impl Into<String>,
        actor_id: impl Into<String>,
    ) -> Self {
        let (organization, project, actor_id) =
            (organization.into(), project.into(), actor_id.into());
        let claims = json!({
            "actor": "builder",
            "actor_id": actor_id,
            "builder": "pypi-publisher",
            "organization": organization,
            "project": project,
            "sub": format!("org:{organization}:project:{project}"),
        });
        let publisher = Publisher::activestate(organization, project, actor_id);
        Self::new(Issuer::ActiveState, claims, publisher)
    }

    /// Has the job run in a deployment environment (GitHub and GitLab).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.publisher = self.publisher.environment(&name);
        self.claim("environment", name)
    }

    /// Gives a claim of the token another value.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.changed.push((name.into(), Some(value.into())));
        self
    }

    /// Leaves a claim out of the token.
    #[must_use]
    pub fn without_claim(mut self, name: impl Into<String>) -> Self {
        self.changed.push((name.into(), None));
        self
    }

    /// Has the token signed in another way than its issuer does.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// The publisher that a project needs in order to trust this job, as it was before claims were changed.
    pub fn publisher(&self) -> Publisher {
        self.publisher.clone()
    }

    /// The claims of a token for `audience`, issued at `now` (seconds since 1970) under a number that is used once.
    pub(crate) fn claims(&self, audience: &str, jti: &str, now: u64) -> Claims {
        let mut claims = self.claims.clone();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("iss", self.issuer.url().into());
        set("aud", audience.into());
        set("iat", now.into());
        set("nbf", now.saturating_sub(5).into());
        set("exp", (now + 300).into());
        // Google's tokens have no number.
        if self.issuer != Issuer::Google {
            set("jti", jti.into());
        }
        for (name, value) in &self.changed {
            match value {
                Some(value) => claims.insert(name.clone(), value.clone()),
                None => claims.remove(name),
            };
        }
        claims
    }

    /// An ID token for `audience`; `None` when it cannot be signed.
    pub(crate) fn id_token(
        &self,
        keys: &Keys,
        audience: &str,
        jti: &str,
        now: u64,
    ) -> Option<Secret> {
        let claims = self.claims(audience, jti, now);
        keys.sign(self.issuer, &self.signing, &claims)
            .map(Secret::new)
    }
}

impl From<&Self> for Identity {
    fn from(identity: &Self) -> Self {
        identity.clone()
    }
}

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
const GOOGLE_SUBJECT: &str = "111260650121185072906";
