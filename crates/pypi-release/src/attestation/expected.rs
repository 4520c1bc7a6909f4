//! The identity that is expected to have signed.

use clap::Args;
use pypi_trusted_upload::{Environment, attestations::Identity};

/// The identity that a user expects; at most one.
#[derive(Args, Clone, Debug)]
pub(crate) struct IdentityArguments {
    /// The repository that must have signed, by its URL on github.com or gitlab.com; any workflow of it
    #[arg(long, value_name = "URL", value_parser = repository, conflicts_with = "identity_json")]
    repository: Option<Identity>,
    /// The identity that must have signed: {"kind": "GitHub", "repository": …, "workflow": …} and the other publishers of
    /// provenance objects, or {"san": …, "issuer": …}
    #[arg(long, value_name = "JSON", value_parser = identity)]
    identity_json: Option<Identity>,
}

impl IdentityArguments {
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.repository.as_ref().or(self.identity_json.as_ref())
    }
}

/// The repository of this CI job; `None` elsewhere, and on a server of one's own, which PyPI knows no publisher of.
pub(crate) fn of_job(environment: &Environment) -> Option<Identity> {
    let get = |name| environment.get(name);
    let url = if get("GITHUB_ACTIONS") == Some("true") {
        let server = get("GITHUB_SERVER_URL").unwrap_or("https://github.com");
        format!("{server}/{}", get("GITHUB_REPOSITORY")?)
    } else if get("GITLAB_CI") == Some("true") {
        get("CI_PROJECT_URL")?.to_owned()
    } else {
        return None;
    };
    Identity::repository(&url).ok()
}

fn repository(url: &str) -> Result<Identity, String> {
    Identity::repository(url).map_err(|error| error.to_string())
}

fn identity(json: &str) -> Result<Identity, String> {
    Identity::parse(json.as_bytes()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_one_of_its_repository() {
        let of = |variables: &[(&str, &str)]| {
            let environment = Environment::from_vars(variables.iter().copied());
            of_job(&environment).map(|identity| identity.to_string())
        };
        let github = ("GITHUB_ACTIONS", "true");
        let repository = ("GITHUB_REPOSITORY", "octo-org/demo");
        let expected = "any workflow of https://github.com/octo-org/demo";
        assert_eq!(of(&[github, repository]).as_deref(), Some(expected));
        let server = ("GITHUB_SERVER_URL", "https://github.example");
        assert_eq!(of(&[github, repository, server]), None);
        assert_eq!(of(&[repository]), None);
        let project = ("CI_PROJECT_URL", "https://gitlab.com/group/sub/demo");
        let expected = "any pipeline of https://gitlab.com/group/sub/demo";
        assert_eq!(
            of(&[("GITLAB_CI", "true"), project]).as_deref(),
            Some(expected)
        );
    }
}
