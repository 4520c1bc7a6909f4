//! Trusted publishers, and which of them a token's claims are of.

use std::fmt;

use pypi_metadata::python_repr;
use serde_json::Value;

use super::key::Claims;

/// A trusted publisher of a project, as it is registered on PyPI: a workflow of a GitHub repository.
///
/// Owner, repository, owner id and workflow must match the token exactly, letter case included; the environment matches
/// in any case, and a publisher without one matches every environment (Warehouse, 2026-08-21).
///
/// # Examples
///
/// ```
/// use pypi_local_index::Publisher;
///
/// let publisher = Publisher::github("octo-org/demo", "release.yml").environment("pypi");
/// assert_eq!(publisher.to_string(), "octo-org/demo, release.yml, environment pypi");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Publisher {
    repository: String,
    owner_id: String,
    workflow: String,
    environment: Option<String>,
}

impl Publisher {
    /// The `workflow` (a file name in `.github/workflows`) of `repository` (`owner/name`), in any environment.
    pub fn github(repository: impl Into<String>, workflow: impl Into<String>) -> Self {
        Self {
            repository: repository.into(),
            owner_id: "4242".to_owned(),
            workflow: workflow.into(),
            environment: None,
        }
    }

    /// Restricts the publisher to one deployment environment.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Sets the account number that the repository's owner must have (`4242` otherwise, as in
    /// [`GitHubIdentity`](crate::GitHubIdentity)).
    #[must_use]
    pub fn owner_id(mut self, id: impl Into<String>) -> Self {
        self.owner_id = id.into();
        self
    }

    fn matches(&self, job: &Job<'_>) -> bool {
        self.repository == job.repository
            && self
                .repository
                .split_once('/')
                .is_some_and(|(owner, _)| owner == job.owner)
            && self.owner_id == job.owner_id
            && self.workflow == job.workflow
    }

    fn wants(&self, environment: Option<&str>) -> bool {
        match (&self.environment, environment) {
            (Some(own), Some(of_job)) => own.to_lowercase() == of_job.to_lowercase(),
            (own, of_job) => own.is_none() && of_job.is_none(),
        }
    }

    /// The exact value of `job_workflow_ref`, but for its end.
    fn workflow_path(&self) -> String {
        format!("{}/.github/workflows/{}", self.repository, self.workflow)
    }
}

impl fmt::Display for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.repository, self.workflow)?;
        match &self.environment {
            Some(environment) => write!(f, ", environment {environment}"),
            None => Ok(()),
        }
    }
}

/// The claims that GitHub's publishers need, in the order in which a missing one is named.
const REQUIRED: [&str; 8] = [
    "repository",
    "repository_owner",
    "repository_owner_id",
    "job_workflow_ref",
    "jti",
    "event_name",
    "ref",
    "sha",
];

struct Job<'c> {
    repository: &'c str,
    owner: &'c str,
    owner_id: &'c str,
    workflow: &'c str,
}

/// The position of the publisher that verified `claims` are of, or Warehouse's reason why there is none.
pub(crate) fn find<'p>(
    publishers: impl Iterator<Item = &'p Publisher> + Clone,
    claims: &Claims,
) -> Result<usize, String> {
    for name in REQUIRED {
        if matches!(claims.get(name), None | Some(Value::Null)) {
            return Err(format!("Missing claim '{name}'"));
        }
    }
    let workflow_ref = text(claims, "job_workflow_ref");
    let job = Job {
        repository: text(claims, "repository"),
        owner: text(claims, "repository_owner"),
        owner_id: text(claims, "repository_owner_id"),
        workflow: workflow_file(workflow_ref)
            .ok_or("Could not job extract workflow filename from OIDC claims")?,
    };
    let environment = claims
        .get("environment")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty());
    let candidates = || {
        publishers
            .clone()
            .enumerate()
            .filter(|(_, publisher)| publisher.matches(&job))
    };
    let (found, publisher) = candidates()
        .find(|(_, publisher)| publisher.wants(environment))
        .or_else(|| candidates().find(|(_, publisher)| publisher.wants(None)))
        .ok_or("Publisher with matching claims was not found")?;
    check_workflow_ref(publisher, claims, workflow_ref)?;
    if text(claims, "event_name") == "pull_request_target" {
        return Err(
            "Publishing from a workflow invoked via 'pull_request_target' is not supported."
                .to_owned(),
        );
    }
    Ok(found)
}

fn check_workflow_ref(publisher: &Publisher, claims: &Claims, found: &str) -> Result<(), String> {
    let path = publisher.workflow_path();
    let mut expected: Vec<String> = ["ref", "sha"]
        .into_iter()
        .map(|name| text(claims, name))
        .filter(|end| !end.is_empty())
        .map(|end| format!("{path}@{end}"))
        .collect();
    if expected.is_empty() {
        return Err("The ref and sha claims are empty".to_owned());
    }
    if expected.iter().any(|expected| expected == found) {
        return Ok(());
    }
    expected.sort();
    let expected: Vec<String> = expected.iter().map(|one| python_repr(one)).collect();
    Err(format!(
        "The job_workflow_ref claim does not match, expecting one of [{}], got {}",
        expected.join(", "),
        python_repr(found)
    ))
}

/// The file name in `owner/repo/.github/workflows/file@ref`.
fn workflow_file(workflow_ref: &str) -> Option<&str> {
    workflow_ref.split('/').find_map(|segment| {
        let (file, _) = segment.rsplit_once('@')?;
        let stem = file
            .strip_suffix(".yml")
            .or_else(|| file.strip_suffix(".yaml"))?;
        (!stem.is_empty()).then_some(file)
    })
}

fn text<'c>(claims: &'c Claims, name: &str) -> &'c str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GitHubIdentity;

    #[test]
    fn the_publisher_of_the_environment_goes_before_the_one_without() {
        let publishers = [
            Publisher::github("o/r", "release.yml"),
            Publisher::github("o/r", "release.yml").environment("PyPI"),
        ];
        let found = |job: GitHubIdentity| find(publishers.iter(), &job.claims("pypi", "1", 0));
        let job = || GitHubIdentity::new("o/r", "release.yml");
        assert_eq!(found(job()), Ok(0));
        assert_eq!(found(job().environment("pypi")), Ok(1));
        assert_eq!(found(job().environment("test")), Ok(0));
    }

    #[test]
    fn a_workflow_for_pull_requests_of_strangers_is_refused() {
        let job =
            GitHubIdentity::new("o/r", "release.yml").claim("event_name", "pull_request_target");
        let found = find([job.publisher()].iter(), &job.claims("pypi", "1", 0));
        assert_eq!(
            found,
            Err(
                "Publishing from a workflow invoked via 'pull_request_target' is not supported."
                    .to_owned()
            )
        );
    }
}
