//! Agents that are programs, over a real transport: the executables of `tests/agents`.

use pypi_http::{BlockingClient, drive};
use pypi_trusted_publisher::{Environment, Error, ErrorKind, IdToken, Identity};

use crate::script::id_token;

const AGENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/agents");

fn token(variables: &[(&str, &str)]) -> Result<IdToken, Error> {
    let path = ("PATH", format!("{AGENTS}:/usr/bin:/bin"));
    let variables = variables
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let job = Environment::from_vars([path].into_iter().chain(variables));
    let identity = Identity::detect(&job, Some("pypi"))?.expect("a CI service");
    let client = BlockingClient::new().expect("a client");
    drive(identity.id_token("pypi"), &client)
}

#[test]
fn an_agent_is_found_in_the_path_of_the_job() {
    let ours = id_token("pypi", 7);
    for variables in [
        [
            ("BUILDKITE", "true"),
            ("BUILDKITE_AGENT_ACCESS_TOKEN", "agent-secret"),
            ("BUILDKITE_FAKE_ID_TOKEN", &ours),
            ("TWINE_PASSWORD", "not the agent's"),
        ],
        [
            ("CIRCLECI", "true"),
            ("CIRCLE_JOB", "release"),
            ("CIRCLE_FAKE_ID_TOKEN", &ours),
            ("TWINE_PASSWORD", "not the agent's"),
        ],
    ] {
        let token = token(&variables).expect("a token");
        assert_eq!(token.claims().text("jti"), Some("7"));
    }
}

#[test]
fn an_agent_that_fails_is_quoted_without_secrets() {
    let error = token(&[("BUILDKITE", "true")]).expect_err("it needs its own token");
    assert_eq!(error.kind(), ErrorKind::IdToken);
    assert_eq!(
        error.to_string(),
        "buildkite-agent, asked for an ID token, ended with code 1: fatal: missing agent-access-token"
    );
    let error =
        token(&[("CIRCLECI", "true"), ("CIRCLE_PR_USERNAME", "mallory")]).expect_err("a fork");
    assert_eq!(
        error.help(),
        Some(
            "a pull request from a fork gets no ID token: publish from a branch or a tag of the project"
        )
    );
    let error = token(&[
        ("CIRCLECI", "true"),
        ("CIRCLE_FAKE_ID_TOKEN", "a banner, not a token"),
    ])
    .expect_err("not a JWT");
    assert_eq!(
        error.to_string(),
        "the reply of circleci contains no ID token: expected a JWT"
    );
}

#[test]
fn a_missing_agent_is_named_with_the_remedy() {
    let job = Environment::from_vars([("BUILDKITE", "true"), ("PATH", "/nowhere")]);
    let identity = Identity::detect(&job, None)
        .expect("sound")
        .expect("Buildkite");
    let client = BlockingClient::new().expect("a client");
    let error = drive(identity.id_token("pypi"), &client).expect_err("not found");
    assert_eq!(error.kind(), ErrorKind::IdToken);
    assert_eq!(
        error.to_string(),
        "buildkite-agent could not be run for an ID token"
    );
    assert!(
        error
            .help()
            .is_some_and(|help| help.contains("version 3.45"))
    );
}
