//! Trusted publishers, and which of them a token's claims are of.

mod activestate;
mod github;
mod gitlab;
mod google;

use std::fmt;

use pypi_metadata::python_repr;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::oidc::keys::Claims;
use crate::config::issuer::Issuer;
use crate::warehouse::publisher::activestate::ActiveState;
use crate::warehouse::publisher::github::GitHub;
use crate::warehouse::publisher::gitlab::GitLab;
use crate::warehouse::publisher::google::Google;

pub(crate) use crate::warehouse::publisher::github::owner_id;

/// A trusted publisher of a project, as it is registered on PyPI.
///
/// | provider | matches exactly | matches in any letter case |
/// |---|---|---|
/// | GitHub | owner, repository, owner id, workflow | environment |
/// | GitLab | path of the CI file, environment | namespace and project |
/// | Google | address, and the subject if one is given | |
/// | ActiveState | organization, project, actor id | |
///
/// A publisher without an environment matches every environment (Warehouse, 2026-08-21).
///
/// # Examples
///
/// ```
/// use pypi_local_index::TrustedPublisher;
///
/// let publisher = TrustedPublisher::github("octo-org/demo", "release.yml").environment("pypi");
/// assert_eq!(publisher.to_string(), "octo-org/demo, release.yml, environment pypi");
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TrustedPublisher(Kind);

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind {
    ActiveState(ActiveState),
    GitHub(GitHub),
    GitLab(GitLab),
    Google(Google),
}

impl TrustedPublisher {
    /// The `workflow` (a file name in `.github/workflows`) of `repository` (`owner/name`), in any environment.
    pub fn github(repository: impl Into<String>, workflow: impl Into<String>) -> Self {
        Self(Kind::GitHub(GitHub::new(
            repository.into(),
            workflow.into(),
        )))
    }

    /// The CI file (a path in the repository) of a GitLab project (`namespace/project`), in any environment.
    pub fn gitlab(project_path: impl Into<String>, config: impl Into<String>) -> Self {
        Self(Kind::GitLab(GitLab::new(
            project_path.into(),
            config.into(),
        )))
    }

    /// A service account of Google Cloud.
    pub fn google(email: impl Into<String>) -> Self {
        Self(Kind::Google(Google::new(email.into())))
    }

    /// A project of an ActiveState organization, and who builds it.
    pub fn activestate(
        organization: impl Into<String>,
        project: impl Into<String>,
        actor_id: impl Into<String>,
    ) -> Self {
        let own = ActiveState::new(organization.into(), project.into(), actor_id.into());
        Self(Kind::ActiveState(own))
    }

    /// Restricts the publisher to one deployment environment (GitHub and GitLab; nothing for others).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        match &mut self.0 {
            Kind::GitHub(own) => own.environment = Some(name.into()),
            Kind::GitLab(own) => own.environment = Some(name.into()),
            Kind::ActiveState(_) | Kind::Google(_) => {}
        }
        self
    }

    /// Sets the account number that the repository's owner must have (`4242` otherwise, as in
    /// [`Identity`](crate::Identity); nothing for others than GitHub).
    #[must_use]
    pub fn owner_id(mut self, id: impl Into<String>) -> Self {
        if let Kind::GitHub(own) = &mut self.0 {
            own.owner_id = id.into();
        }
        self
    }

    /// Pins the subject of a Google account (nothing for others).
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        if let Kind::Google(own) = &mut self.0 {
            own.subject = Some(subject.into());
        }
        self
    }

    pub(crate) fn issuer(&self) -> Issuer {
        match &self.0 {
            Kind::ActiveState(_) => Issuer::ActiveState,
            Kind::GitHub(_) => Issuer::GitHub,
            Kind::GitLab(_) => Issuer::GitLab,
            Kind::Google(_) => Issuer::Google,
        }
    }

    /// Whether any environment of the provider's job is good.
    pub(crate) fn is_unconstrained(&self) -> bool {
        match &self.0 {
            Kind::GitHub(own) => own.environment.is_none(),
            Kind::GitLab(own) => own.environment.is_none(),
            Kind::ActiveState(_) | Kind::Google(_) => false,
        }
    }

    /// As a provenance object names it (PEP 740).
    pub(crate) fn provenance(&self) -> Value {
        match &self.0 {
            Kind::ActiveState(_) => json!({"kind": "ActiveState"}),
            Kind::GitHub(own) => json!({
                "kind": "GitHub",
                "repository": own.repository,
                "workflow": own.workflow,
                "environment": own.environment,
            }),
            Kind::GitLab(own) => json!({
                "kind": "GitLab",
                "repository": own.project_path,
                "workflow_filepath": own.config,
                "environment": own.environment,
            }),
            Kind::Google(own) => json!({"kind": "Google", "email": own.email}),
        }
    }
}

impl fmt::Display for TrustedPublisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let environment = match &self.0 {
            Kind::ActiveState(own) => {
                write!(
                    f,
                    "{}, {}, actor {}",
                    own.organization, own.project, own.actor_id
                )?;
                &None
            }
            Kind::GitHub(own) => {
                write!(f, "{}, {}", own.repository, own.workflow)?;
                &own.environment
            }
            Kind::GitLab(own) => {
                write!(f, "{}, {}", own.project_path, own.config)?;
                &own.environment
            }
            Kind::Google(own) => {
                f.write_str(&own.email)?;
                &None
            }
        };
        match environment {
            Some(environment) => write!(f, ", environment {environment}"),
            None => Ok(()),
        }
    }
}

/// The position of the publisher that verified `claims` of `issuer` are of, or Warehouse's reason why there is none.
pub(crate) fn find<'p>(
    publishers: impl Iterator<Item = &'p TrustedPublisher>,
    issuer: Issuer,
    claims: &Claims,
) -> Result<usize, String> {
    let of_issuer: Vec<(usize, &Kind)> = publishers
        .map(|publisher| &publisher.0)
        .enumerate()
        .collect();
    match issuer {
        Issuer::ActiveState => activestate::find(
            &only(&of_issuer, |kind| match kind {
                Kind::ActiveState(own) => Some(own),
                _ => None,
            }),
            claims,
        ),
        Issuer::GitHub => github::find(
            &only(&of_issuer, |kind| match kind {
                Kind::GitHub(own) => Some(own),
                _ => None,
            }),
            claims,
        ),
        Issuer::GitLab => gitlab::find(
            &only(&of_issuer, |kind| match kind {
                Kind::GitLab(own) => Some(own),
                _ => None,
            }),
            claims,
        ),
        Issuer::Google => google::find(
            &only(&of_issuer, |kind| match kind {
                Kind::Google(own) => Some(own),
                _ => None,
            }),
            claims,
        ),
    }
}

fn only<'p, T>(
    all: &[(usize, &'p Kind)],
    pick: impl Fn(&'p Kind) -> Option<&'p T>,
) -> Vec<(usize, &'p T)> {
    all.iter()
        .filter_map(|(at, kind)| Some((*at, pick(kind)?)))
        .collect()
}

const NOT_FOUND: &str = "Publisher with matching claims was not found";

/// Names the first of the required claims that is missing.
fn require(claims: &Claims, names: &[&str]) -> Result<(), String> {
    let missing = names
        .iter()
        .find(|name| matches!(claims.get(**name), None | Some(Value::Null)));
    match missing {
        Some(name) => Err(format!("Missing claim '{name}'")),
        None => Ok(()),
    }
}

fn failed(name: &str) -> String {
    format!("Check failed for required claim '{name}'")
}

/// Whether a claim about the workflow is one of the paths that the publisher and the job's reference make.
fn check_reference(
    claims: &Claims,
    name: &str,
    path: &str,
    (reference, sha): (&str, &str),
) -> Result<(), String> {
    let found = text(claims, name);
    let mut expected: Vec<String> = [reference, sha]
        .into_iter()
        .map(|name| text(claims, name))
        .filter(|end| !end.is_empty())
        .map(|end| format!("{path}@{end}"))
        .collect();
    if expected.is_empty() {
        return Err(format!("The {reference} and {sha} claims are empty"));
    }
    if expected.iter().any(|expected| expected == found) {
        return Ok(());
    }
    expected.sort();
    let expected: Vec<String> = expected.iter().map(|one| python_repr(one)).collect();
    Err(format!(
        "The {name} claim does not match, expecting one of [{}], got {}",
        expected.join(", "),
        python_repr(found)
    ))
}

fn environment(claims: &Claims) -> Option<&str> {
    let name = claims.get("environment").and_then(Value::as_str);
    name.filter(|name| !name.is_empty())
}

fn text<'c>(claims: &'c Claims, name: &str) -> &'c str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Identity;

    fn found(publishers: &[TrustedPublisher], job: impl Into<Identity>) -> Result<usize, String> {
        let job = job.into();
        find(publishers.iter(), job.issuer(), &job.claims("pypi", "1", 0))
    }

    #[test]
    fn the_publisher_of_the_environment_goes_before_the_one_without() {
        let publishers = [
            TrustedPublisher::google("o/r"),
            TrustedPublisher::github("o/r", "release.yml"),
            TrustedPublisher::github("o/r", "release.yml").environment("PyPI"),
        ];
        let job = || Identity::github("o/r", "release.yml");
        assert_eq!(found(&publishers, job()), Ok(1));
        assert_eq!(found(&publishers, job().environment("pypi")), Ok(2));
        assert_eq!(found(&publishers, job().environment("test")), Ok(1));
    }

    #[test]
    fn a_workflow_for_pull_requests_of_strangers_is_refused() {
        let job = Identity::github("o/r", "release.yml").claim("event_name", "pull_request_target");
        let text = "Publishing from a workflow invoked via 'pull_request_target' is not supported.";
        assert_eq!(found(&[job.publisher()], job), Err(text.to_owned()));
    }

    #[test]
    fn gitlab_ignores_the_case_of_the_project_only() {
        let own = [TrustedPublisher::gitlab("Group/Demo", ".gitlab-ci.yml").environment("Pypi")];
        let job = |path: &str, config: &str, environment: &str| {
            Identity::gitlab(path, config).environment(environment)
        };
        assert_eq!(
            found(&own, job("group/demo", ".gitlab-ci.yml", "Pypi")),
            Err("The ci_config_ref_uri claim does not match, expecting one of \
                 ['gitlab.com/Group/Demo//.gitlab-ci.yml@0123456789abcdef0123456789abcdef01234567', \
                 'gitlab.com/Group/Demo//.gitlab-ci.yml@refs/heads/main'], \
                 got 'gitlab.com/group/demo//.gitlab-ci.yml@refs/heads/main'"
                .to_owned())
        );
        assert_eq!(
            found(&own, job("Group/Demo", ".gitlab-ci.yml", "Pypi")),
            Ok(0)
        );
        let other_case =
            job("Group/Demo", ".gitlab-ci.yml", "Pypi").claim("project_path", "GROUP/demo");
        assert_eq!(found(&own, other_case), Ok(0));
        for wrong in [
            job("Group/Demo", ".gitlab-ci.yml", "pypi"),
            job("Group/Demo", "ci/release.yml", "Pypi"),
            job("Group/Other", ".gitlab-ci.yml", "Pypi"),
        ] {
            assert_eq!(found(&own, wrong), Err(NOT_FOUND.to_owned()));
        }
        let subject =
            job("Group/Demo", ".gitlab-ci.yml", "Pypi").claim("sub", "project_path:x/y:ref:main");
        assert_eq!(found(&own, subject), Err(failed("sub")));
    }

    #[test]
    fn google_and_activestate_match_as_they_are_written() {
        let own = [
            TrustedPublisher::google("robot@example.com"),
            TrustedPublisher::google("robot@example.com").subject("111260650121185072906"),
            TrustedPublisher::activestate("org", "demo", "7"),
        ];
        assert_eq!(found(&own, Identity::google("robot@example.com")), Ok(1));
        assert_eq!(
            found(
                &own,
                Identity::google("robot@example.com").claim("sub", "2")
            ),
            Ok(0)
        );
        assert_eq!(
            found(&own, Identity::google("Robot@example.com")),
            Err(NOT_FOUND.to_owned())
        );
        let unverified = Identity::google("robot@example.com").claim("email_verified", false);
        assert_eq!(found(&own, unverified), Err(failed("email_verified")));

        let build = || Identity::activestate("org", "demo", "7");
        assert_eq!(found(&own, build()), Ok(2));
        for (wrong, reason) in [
            (build().claim("builder", "someone"), failed("builder")),
            (
                build().claim("sub", "org:org"),
                "Invalid 'subject' claim. Wrong format".to_owned(),
            ),
            (
                build().claim("sub", "org:org:project:x"),
                "Invalid 'subject' claim".to_owned(),
            ),
            (
                build().without_claim("sub"),
                "Missing claim 'sub'".to_owned(),
            ),
            (build().claim("actor_id", "8"), NOT_FOUND.to_owned()),
        ] {
            assert_eq!(found(&own, wrong), Err(reason));
        }
    }
}
