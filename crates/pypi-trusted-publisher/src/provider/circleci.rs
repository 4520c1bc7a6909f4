//! CircleCI.

use serde_json::json;

use super::{
    BoxFlow, Detected, Provider,
    agent::{command, run},
    is_true,
};
use crate::{Environment, Error, IdToken};

/// CircleCI, by the command `circleci` of its jobs.
///
/// # Source
///
/// [CircleCI, "OIDC tokens with custom claims"](https://circleci.com/docs/oidc-tokens-with-custom-claims/), 2026-11;
/// `--root-issuer` as the Python package `id` 1.6.1 asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CircleCi;

impl Provider for CircleCi {
    fn slug(&self) -> &str {
        "circleci"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        Ok(match is_true(environment, "CIRCLECI") {
            true => Detected::Present { renewable: true },
            false => Detected::Absent,
        })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        let claims = json!({ "aud": audience }).to_string();
        let command = command("circleci", environment, "CIRCLE").arguments([
            "run",
            "oidc",
            "get",
            "--claims",
            &claims,
            "--root-issuer",
        ]);
        // These two are set for a pull request from a fork only.
        let is_fork = ["CIRCLE_PR_USERNAME", "CIRCLE_PR_REPONAME"]
            .iter()
            .any(|name| environment.get(name).is_some());
        run(if is_fork { FORK } else { HELP }, command)
    }
}

const HELP: &str = "the job needs the command `circleci` of its executor in its PATH, and a context or project that allows OIDC tokens";

const FORK: &str =
    "a pull request from a fork gets no ID token: publish from a branch or a tag of the project";
