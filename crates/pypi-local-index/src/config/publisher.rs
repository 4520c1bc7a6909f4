//! Trusted publishers, as they are registered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::issuer::Issuer;

/// A trusted publisher of a project, as it is registered on PyPI.
///
/// | provider | matches exactly | matches in any letter case |
/// |---|---|---|
/// | GitHub | owner, repository, owner id, workflow | environment |
/// | GitLab | namespace, project and path of the CI file (`ci_config_ref_uri`), environment | |
/// | Google | email address, and the subject if one is set | |
/// | ActiveState | organization, project, actor id | |
///
/// A publisher without an environment matches every environment.
///
/// # Examples
///
/// ```
/// use pypi_local_index::TrustedPublisher;
///
/// let publisher = TrustedPublisher::github("octo-org/demo", "release.yml").environment("pypi");
/// assert_eq!(publisher.to_string(), "octo-org/demo, release.yml, environment pypi");
/// ```
///
/// # Source
///
/// `warehouse/oidc/models` (2026-08-21).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TrustedPublisher(PublisherKind);

/// The fields that each provider has.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum PublisherKind {
    ActiveState(ActiveState),
    GitHub(GitHub),
    GitLab(GitLab),
    Google(Google),
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ActiveState {
    pub(crate) organization: String,
    pub(crate) project: String,
    pub(crate) actor_id: String,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GitHub {
    pub(crate) repository: String,
    #[serde(default = "owner_id")]
    pub(crate) owner_id: String,
    pub(crate) workflow: String,
    pub(crate) environment: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GitLab {
    /// `namespace/project`.
    pub(crate) project_path: String,
    /// The path of the CI file in the repository.
    pub(crate) config: String,
    pub(crate) environment: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Google {
    pub(crate) email: String,
    pub(crate) subject: Option<String>,
}

impl TrustedPublisher {
    /// The `workflow` (a file name in `.github/workflows`) of `repository` (`owner/name`), in any environment.
    pub fn github(repository: impl Into<String>, workflow: impl Into<String>) -> Self {
        Self(PublisherKind::GitHub(GitHub {
            repository: repository.into(),
            owner_id: owner_id(),
            workflow: workflow.into(),
            environment: None,
        }))
    }

    /// The CI file (a path in the repository) of a GitLab project (`namespace/project`), in any environment.
    pub fn gitlab(project_path: impl Into<String>, config: impl Into<String>) -> Self {
        Self(PublisherKind::GitLab(GitLab {
            project_path: project_path.into(),
            config: config.into(),
            environment: None,
        }))
    }

    /// A service account of Google Cloud, by its email address.
    pub fn google(email: impl Into<String>) -> Self {
        Self(PublisherKind::Google(Google {
            email: email.into(),
            subject: None,
        }))
    }

    /// A project of an ActiveState organization, and the account that builds it.
    pub fn activestate(
        organization: impl Into<String>,
        project: impl Into<String>,
        actor_id: impl Into<String>,
    ) -> Self {
        Self(PublisherKind::ActiveState(ActiveState {
            organization: organization.into(),
            project: project.into(),
            actor_id: actor_id.into(),
        }))
    }

    /// Restricts the publisher to a deployment environment (GitHub and GitLab; ignored for other providers).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        match &mut self.0 {
            PublisherKind::GitHub(github) => github.environment = Some(name.into()),
            PublisherKind::GitLab(gitlab) => gitlab.environment = Some(name.into()),
            PublisherKind::ActiveState(_) | PublisherKind::Google(_) => {}
        }
        self
    }

    /// Sets the account id of the repository's owner (GitHub; ignored for other providers). The default is `4242`, as in
    /// [`Identity`](crate::Identity).
    #[must_use]
    pub fn owner_id(mut self, id: impl Into<String>) -> Self {
        if let PublisherKind::GitHub(github) = &mut self.0 {
            github.owner_id = id.into();
        }
        self
    }

    /// Restricts the publisher to a subject (Google; ignored for other providers).
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        if let PublisherKind::Google(google) = &mut self.0 {
            google.subject = Some(subject.into());
        }
        self
    }

    pub(crate) fn kind(&self) -> &PublisherKind {
        &self.0
    }

    pub(crate) fn issuer(&self) -> Issuer {
        match &self.0 {
            PublisherKind::ActiveState(_) => Issuer::ActiveState,
            PublisherKind::GitHub(_) => Issuer::GitHub,
            PublisherKind::GitLab(_) => Issuer::GitLab,
            PublisherKind::Google(_) => Issuer::Google,
        }
    }

    /// Whether the provider has environments, and the publisher is restricted to none of them.
    pub(crate) fn is_unconstrained(&self) -> bool {
        match &self.0 {
            PublisherKind::GitHub(github) => github.environment.is_none(),
            PublisherKind::GitLab(gitlab) => gitlab.environment.is_none(),
            PublisherKind::ActiveState(_) | PublisherKind::Google(_) => false,
        }
    }
}

impl fmt::Display for TrustedPublisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let environment = match &self.0 {
            PublisherKind::ActiveState(activestate) => {
                let ActiveState {
                    organization,
                    project,
                    actor_id,
                } = activestate;
                write!(f, "{organization}, {project}, actor {actor_id}")?;
                &None
            }
            PublisherKind::GitHub(github) => {
                write!(f, "{}, {}", github.repository, github.workflow)?;
                &github.environment
            }
            PublisherKind::GitLab(gitlab) => {
                write!(f, "{}, {}", gitlab.project_path, gitlab.config)?;
                &gitlab.environment
            }
            PublisherKind::Google(google) => {
                f.write_str(&google.email)?;
                &None
            }
        };
        match environment {
            Some(environment) => write!(f, ", environment {environment}"),
            None => Ok(()),
        }
    }
}

/// The default id of a repository's owner.
pub(super) fn owner_id() -> String {
    "4242".to_owned()
}
