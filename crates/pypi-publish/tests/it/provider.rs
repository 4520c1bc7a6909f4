//! Publications as a job of each kind of provider.

use std::sync::{Arc, Mutex};

use pypi_http::{
    RetryPolicy, Secret, TransportError, TransportErrorKind,
    testing::{Script, output, reply},
};
use pypi_publish::{Dists, Error, ErrorKind, Publisher};
use pypi_trusted_publisher::{
    BoxFlow, Detected, Environment, IdToken, Provider,
    provider::{self, Supplied},
};
use pypi_upload::Index;
use tempfile::TempDir;

use crate::folder::release;

const AUDIENCE: &str = "GET /_/oidc/audience";
const MINT: &str = "POST /_/oidc/mint-token";
const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJweXBpIn0.c2ln";
const MINTED: &str = r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#;

fn publisher() -> Publisher {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    Publisher::index(index).jobs(1).verify(None)
}

fn job(variables: &[(&str, &str)]) -> Environment {
    Environment::from_vars(variables.iter().copied())
}

fn dists(folder: &TempDir) -> Dists {
    Dists::read_dir(folder.path()).expect("a folder")
}

fn found(publisher: &Publisher, folder: &TempDir) -> Vec<&'static str> {
    let plan = publisher.plan(dists(folder));
    let problems = plan.problems().iter();
    problems
        .map(|problem| problem.finding().rule().id())
        .collect()
}

/// An index that accepts everything after a mint.
fn accepting() -> Script {
    Script::new([
        reply(200, r#"{"audience":"pypi"}"#),
        reply(200, MINTED),
        reply(200, ""),
        reply(200, ""),
        reply(202, ""),
    ])
    .secrets(["pypi-minted", "eyJhdWQ"])
}

#[test]
fn an_agent_is_run_for_the_id_token() {
    let folder = release();
    let publisher = publisher().trusted_publishing(job(&[("BUILDKITE", "true")]));
    let script = accepting().outputs([output(JWT)]);
    let report = publisher
        .clock(script.clock())
        .publish(dists(&folder), &script)
        .expect("published");
    assert!(report.is_success());
    assert_eq!(
        script.transcript()[..3],
        [
            AUDIENCE,
            "run buildkite-agent oidc request-token --audience pypi --claim organization_id --claim pipeline_id",
            MINT
        ]
    );
}

fn failed(variables: &[(&str, &str)], script: &Script) -> Error {
    let folder = release();
    publisher()
        .trusted_publishing(job(variables))
        .retry(RetryPolicy::default().attempts(2))
        .publish(dists(&folder), script)
        .expect_err("no token")
}

#[test]
fn a_provider_that_is_unavailable_is_not_one_that_refuses() {
    const GITHUB: [(&str, &str); 3] = [
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/token"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token-of-the-job"),
    ];
    let audience = || reply(200, r#"{"audience":"pypi"}"#);
    for (answers, kind) in [
        (
            vec![audience(), reply(503, ""), reply(429, "")],
            ErrorKind::Unavailable,
        ),
        (vec![audience(), reply(401, "")], ErrorKind::Identity),
        (vec![reply(503, ""), reply(503, "")], ErrorKind::Unavailable),
        (vec![reply(403, "")], ErrorKind::Identity),
    ] {
        let script = Script::new(answers);
        assert_eq!(
            failed(&GITHUB, &script).kind(),
            kind,
            "{:?}",
            script.transcript()
        );
    }
    let late = || Err(TransportError::new(TransportErrorKind::Timeout));
    let script = Script::new([audience()]).outputs([late(), late()]);
    let error = failed(&[("CIRCLECI", "true")], &script);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let absent = Err(TransportError::new(TransportErrorKind::Unusable));
    let script = Script::new([audience()]).outputs([absent]);
    let error = failed(&[("CIRCLECI", "true")], &script);
    assert_eq!(error.kind(), ErrorKind::Identity);
}

#[test]
fn a_plan_says_when_there_is_no_second_id_token() {
    let folder = release();
    let gitlab = job(&[("GITLAB_CI", "true"), ("PYPI_ID_TOKEN", JWT)]);
    let publisher = publisher().trusted_publishing(gitlab);
    assert_eq!(found(&publisher, &folder), ["identity-once"]);
    assert!(publisher.plan(dists(&folder)).is_publishable());
    let script = accepting();
    let report = publisher
        .clock(script.clock())
        .publish(dists(&folder), &script)
        .expect("published");
    assert!(report.is_success());
    assert_eq!(script.transcript()[..2], [AUDIENCE, MINT]);
}

#[test]
fn pypi_and_testpypi_are_told_by_their_audiences() {
    let folder = release();
    let gitlab = job(&[("GITLAB_CI", "true"), ("PYPI_ID_TOKEN", JWT)]);
    let pypi = Publisher::pypi().trusted_publishing(gitlab.clone());
    assert_eq!(found(&pypi, &folder), ["identity-once"]);
    let test = Publisher::test_pypi().trusted_publishing(gitlab);
    assert_eq!(found(&test, &folder), ["no-identity"]);
}

#[test]
fn a_provider_can_be_left_out_or_chosen() {
    let folder = release();
    let both = job(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITLAB_CI", "true"),
        ("PYPI_ID_TOKEN", JWT),
    ]);
    let ours = || publisher().trusted_publishing(both.clone());
    assert_eq!(
        found(&ours(), &folder),
        ["no-identity"],
        "GitHub, without permission"
    );
    assert_eq!(
        found(&ours().without_provider("github"), &folder),
        ["identity-once"]
    );
    let gitlab = provider::named("gitlab").expect("built in");
    assert_eq!(found(&ours().provider(gitlab), &folder), ["identity-once"]);
}

#[derive(Debug)]
struct OurCi;

impl Provider for OurCi {
    fn slug(&self) -> &str {
        "our-ci"
    }

    fn detect(
        &self,
        environment: &Environment,
        _: Option<&str>,
    ) -> Result<Detected, pypi_trusted_publisher::Error> {
        assert_eq!(environment.get("OUR_JOB"), Some("7"));
        Ok(Detected::Present { renewable: true })
    }

    fn id_token(&self, _: &Environment, audience: &str) -> BoxFlow<IdToken> {
        assert_eq!(audience, "pypi");
        provider::ready(Ok(IdToken::parse(JWT).expect("a JWT")))
    }
}

#[test]
fn a_provider_of_the_caller_is_named_in_the_report_and_its_token_masked() {
    let folder = release();
    let masked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&masked);
    let script = accepting();
    let report = publisher()
        .provider(OurCi)
        .trusted_publishing(job(&[("OUR_JOB", "7")]))
        .mask(move |token: &Secret| {
            log.lock()
                .expect("one thread")
                .push(token.reveal().to_owned())
        })
        .clock(script.clock())
        .publish(dists(&folder), &script)
        .expect("published");
    assert_eq!(*masked.lock().expect("one thread"), ["pypi-minted"]);
    let report: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(report["credentials"], "our-ci");
}

#[test]
fn a_supplied_token_needs_no_environment() {
    let folder = release();
    let publisher = publisher().provider(Supplied::value(Secret::new(JWT)));
    assert!(!format!("{publisher:?}").contains("eyJ"));
    let script = accepting();
    let report = publisher
        .clock(script.clock())
        .publish(dists(&folder), &script)
        .expect("published");
    assert!(report.is_success());
}
