//! Buildkite.

use super::{
    BoxFlow, Detected, Provider,
    agent::{command, run},
    is_true,
};
use crate::{Environment, Error, IdToken};

/// Buildkite, by its agent.
///
/// The claims with the ids of the organization and the pipeline, which do not change when these are renamed, are in a
/// token only on request.
///
/// # Source
///
/// [Buildkite, "buildkite-agent oidc"](https://buildkite.com/docs/agent/cli/reference/oidc), 2026-11.
#[derive(Clone, Copy, Debug)]
pub(super) struct Buildkite;

impl Provider for Buildkite {
    fn slug(&self) -> &str {
        "buildkite"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        Ok(match is_true(environment, "BUILDKITE") {
            true => Detected::Present { renewable: true },
            false => Detected::Absent,
        })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        let command = command("buildkite-agent", environment, "BUILDKITE").arguments([
            "oidc",
            "request-token",
            "--audience",
            audience,
            "--claim",
            "organization_id",
            "--claim",
            "pipeline_id",
        ]);
        run(HELP, command)
    }
}

const HELP: &str = "the job needs `buildkite-agent` of version 3.45 or later in its PATH; in a container, mount it and pass on the variables of the agent (`mount-buildkite-agent: true` of the docker plugin)";
