//! Each provider: absent, present, misconfigured, and what it requests.

use http::{HeaderMap, HeaderValue, StatusCode};
use pypi_http::{
    CommandOutput, Reply, Secret, TransportError, TransportErrorKind, drive,
    testing::{Script, broken, output, reply},
};
use pypi_trusted_publisher::{
    Environment, Error, ErrorKind, IdToken, Identity,
    provider::{self, Supplied},
};

use crate::script::{github, id_token, script};

fn job(variables: &[(&str, &str)]) -> Environment {
    Environment::from_vars(variables.iter().copied())
}

fn found(variables: &[(&str, &str)]) -> Result<Option<Identity>, Error> {
    Identity::detect(&job(variables), Some("pypi"))
}

#[track_caller]
fn identity(variables: &[(&str, &str)]) -> Identity {
    found(variables).expect("sound").expect("a provider")
}

fn token(identity: &Identity, script: &Script) -> Result<IdToken, Error> {
    drive(identity.id_token("pypi"), script)
}

#[test]
fn a_ci_service_wins_over_the_machine_and_forgejo_over_github() {
    const RUNNER: [(&str, &str); 3] = [
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci.example/token"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"),
    ];
    const GOOGLE: (&str, &str) = ("GCE_METADATA_HOST", "127.0.0.1:1");
    let with = |more: &[(&'static str, &'static str)]| [&RUNNER, more].concat();
    assert!(found(&[("CI", "true")]).expect("sound").is_none());
    for (variables, slug) in [
        (with(&[("FORGEJO_ACTIONS", "true")]), "forgejo"),
        (with(&[("GITEA_ACTIONS", "true")]), "forgejo"),
        (with(&[GOOGLE]), "github"),
        (
            vec![("GITLAB_CI", "true"), ("PYPI_ID_TOKEN", "x"), GOOGLE],
            "gitlab",
        ),
        (vec![("BUILDKITE", "true"), GOOGLE], "buildkite"),
        (vec![("CIRCLECI", "true"), GOOGLE], "circleci"),
        (
            vec![
                ("TF_BUILD", "True"),
                ("SYSTEM_OIDCREQUESTURI", "https://dev.example/oidctoken"),
                ("SYSTEM_ACCESSTOKEN", "secret"),
                GOOGLE,
            ],
            "azure",
        ),
        (vec![GOOGLE], "google"),
    ] {
        let identity = identity(&variables);
        assert_eq!(identity.provider(), slug);
        assert_eq!(identity.is_renewable(), slug != "gitlab", "{slug}");
    }
}

#[test]
fn a_misconfigured_job_has_the_remedy_of_its_provider() {
    let fork = "a pull request from a fork never gets an ID token: publish from a push or a tag";
    for (variables, kind, message, help) in [
        (
            vec![("GITHUB_ACTIONS", "true")],
            ErrorKind::MissingPermission,
            "this GitHub Actions job may not request an ID token: add `permissions: id-token: write` to the job",
            None,
        ),
        (
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request"),
            ],
            ErrorKind::MissingPermission,
            "this GitHub Actions job may not request an ID token: add `permissions: id-token: write` to the job",
            Some(fork),
        ),
        (
            vec![("GITHUB_ACTIONS", "true"), ("FORGEJO_ACTIONS", "true")],
            ErrorKind::MissingPermission,
            "this Forgejo Actions job may not request an ID token",
            Some(
                "add `enable-openid-connect: true` to the job; it needs Forgejo 15 and a runner of version 12.5 or later",
            ),
        ),
        (
            vec![
                ("FORGEJO_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request"),
            ],
            ErrorKind::MissingPermission,
            "this Forgejo Actions job may not request an ID token",
            Some(fork),
        ),
        (
            vec![
                ("GITHUB_ACTIONS", "true"),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://ci.example/token"),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"),
            ],
            ErrorKind::Insecure,
            "ACTIONS_ID_TOKEN_REQUEST_URL is neither https nor on this machine: no token is sent to it",
            None,
        ),
        (
            vec![("GITLAB_CI", "true"), ("TESTPYPI_ID_TOKEN", "x")],
            ErrorKind::MissingPermission,
            "this GitLab job has no ID token: the variable PYPI_ID_TOKEN is missing",
            Some("add `id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}` to the job"),
        ),
        (
            vec![("TF_BUILD", "True")],
            ErrorKind::MissingPermission,
            "this Azure Pipelines job may not request an ID token: SYSTEM_ACCESSTOKEN is missing",
            Some("add `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}` to the step"),
        ),
        (
            vec![("TF_BUILD", "True"), ("SYSTEM_PULLREQUEST_ISFORK", "True")],
            ErrorKind::MissingPermission,
            "this Azure Pipelines job may not request an ID token: SYSTEM_ACCESSTOKEN is missing",
            Some("a pull request from a fork gets no secrets: publish from a branch or a tag"),
        ),
        (
            vec![("TF_BUILD", "True"), ("SYSTEM_ACCESSTOKEN", "secret")],
            ErrorKind::MissingPermission,
            "this Azure Pipelines job may not request an ID token: SYSTEM_OIDCREQUESTURI is missing",
            Some("update the agent; Azure DevOps Server does not issue ID tokens"),
        ),
    ] {
        let error = found(&variables).expect_err(message);
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
        assert_eq!(error.help(), help, "{message}");
    }
}

#[test]
fn a_gitlab_job_without_any_token_is_told_before_the_audience_is_known() {
    let error = Identity::detect(&job(&[("GITLAB_CI", "true")]), None).expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::MissingPermission);
    let some = job(&[("GITLAB_CI", "true"), ("OUR_INDEX_ID_TOKEN", "x")]);
    assert!(Identity::detect(&some, None).expect("sound").is_some());
}

#[test]
fn a_provider_that_was_asked_for_is_there_or_says_why_not() {
    let nowhere = Environment::default();
    for slug in provider::NAMES {
        let provider = provider::named(slug).expect("built in");
        assert_eq!(provider.slug(), slug);
        let result = Identity::of(provider, &nowhere, None);
        let kind = result.as_ref().map_err(Error::kind).err();
        match slug {
            "google" => assert_eq!(kind, None),
            "activestate" => assert_eq!(kind, Some(ErrorKind::MissingPermission)),
            _ => assert_eq!(kind, Some(ErrorKind::NoIdentity), "{slug}"),
        }
    }
}

#[test]
fn a_runner_of_github_or_forgejo_is_asked_by_its_url() {
    let value = format!(r#"{{"count":1,"value":"{}"}}"#, id_token("pypi", 1));
    let script = script([reply(200, value)]);
    let identity = Identity::detect(&github(), None)
        .expect("sound")
        .expect("GitHub");
    token(&identity, &script).expect("a token");
    assert_eq!(
        script.transcript(),
        ["GET /id-token?api-version=2&audience=pypi (authorized)"]
    );
}

#[test]
fn azure_is_asked_by_post() {
    let azure = identity(&[
        ("TF_BUILD", "True"),
        ("SYSTEM_OIDCREQUESTURI", "https://dev.example/oidctoken"),
        ("SYSTEM_ACCESSTOKEN", "token-of-the-job"),
    ]);
    let issued = |audience: &str| {
        let body = format!(r#"{{"oidcToken":"{}"}}"#, id_token(audience, 1));
        script([reply(200, body)])
    };
    let script = issued("pypi");
    token(&azure, &script).expect("a token");
    assert_eq!(
        script.transcript(),
        ["POST /oidctoken?api-version=7.1 (authorized)"]
    );
    let error = token(&azure, &issued("api://AzureADTokenExchange")).expect_err("not for us");
    assert_eq!(
        error.to_string(),
        r#"the ID token is for audience "api://AzureADTokenExchange", but the index expects "pypi""#
    );
    assert!(error.help().is_some());
}

#[test]
fn agents_are_run_with_the_audience() {
    for (variable, line) in [
        (
            "BUILDKITE",
            "run buildkite-agent oidc request-token --audience pypi --claim organization_id --claim pipeline_id",
        ),
        (
            "CIRCLECI",
            r#"run circleci run oidc get --claims {"aud":"pypi"} --root-issuer"#,
        ),
    ] {
        let script = script([]).outputs([output(&format!("{}\n", id_token("pypi", 1)))]);
        let agent = identity(&[(variable, "true")]);
        assert_eq!(
            token(&agent, &script)
                .expect("a token")
                .claims()
                .text("jti"),
            Some("1")
        );
        assert_eq!(script.transcript(), [line]);
    }
}

#[test]
fn an_agent_that_takes_too_long_may_be_run_again() {
    let agent = identity(&[("BUILDKITE", "true")]);
    for (kind, expected, is_transient) in [
        (TransportErrorKind::Timeout, ErrorKind::Transport, true),
        (TransportErrorKind::Cancelled, ErrorKind::Transport, false),
        (TransportErrorKind::Unusable, ErrorKind::IdToken, false),
        (TransportErrorKind::Reply, ErrorKind::IdToken, false),
    ] {
        let script = script([]).outputs([Err(TransportError::new(kind))]);
        let error = token(&agent, &script).expect_err("no output");
        assert_eq!(
            (error.kind(), error.is_transient()),
            (expected, is_transient)
        );
    }
}

#[test]
fn the_standard_error_of_an_agent_is_quoted_without_its_secrets() {
    let agent = identity(&[
        ("BUILDKITE", "true"),
        ("BUILDKITE_AGENT_ACCESS_TOKEN", "secret-of-the-agent"),
    ]);
    let told = "\n  401 for secret-of-the-agent\nsecond line";
    let failed = CommandOutput::new(Some(1), Secret::new(""), told);
    let error = token(&agent, &script([]).outputs([Ok(failed)])).expect_err("code 1");
    assert_eq!(
        error.to_string(),
        "buildkite-agent, asked for an ID token, ended with code 1: 401 for [redacted]"
    );
}

fn of_google(body: impl Into<Vec<u8>>) -> Result<Reply, TransportError> {
    let mut headers = HeaderMap::new();
    headers.insert("metadata-flavor", HeaderValue::from_static("Google"));
    Ok(Reply::new(StatusCode::OK, headers, body.into()))
}

#[test]
fn a_metadata_server_is_asked_for_the_identity_of_the_machine() {
    let google = identity(&[("CLOUD_RUN_JOB", "release")]);
    let server = script([of_google(id_token("pypi", 1))]);
    token(&google, &server).expect("a token");
    assert_eq!(
        server.transcript(),
        [
            "GET /computeMetadata/v1/instance/service-accounts/default/identity?audience=pypi&format=full"
        ]
    );
    let error =
        token(&google, &script([reply(200, id_token("pypi", 1))])).expect_err("another server");
    assert_eq!(error.kind(), ErrorKind::NoIdentity);
    let error = token(&google, &script([reply(404, "")])).expect_err("no service account");
    assert_eq!(error.kind(), ErrorKind::IdToken);
    let error = token(&google, &script([broken()])).expect_err("no server");
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[test]
fn another_service_account_is_impersonated() {
    let google = identity(&[(
        "GOOGLE_SERVICE_ACCOUNT_NAME",
        "robot@demo.iam.gserviceaccount.com",
    )]);
    let issued = format!(r#"{{"token":"{}"}}"#, id_token("pypi", 1));
    let server = script([
        of_google(r#"{"access_token":"ya29.secret"}"#),
        reply(200, issued),
    ])
    .secrets(["ya29.secret"]);
    token(&google, &server).expect("a token");
    assert_eq!(
        server.bodies()[1],
        br#"{"audience":"pypi","includeEmail":true}"#
    );
    assert_eq!(
        server.transcript(),
        [
            "GET /computeMetadata/v1/instance/service-accounts/default/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform",
            "POST /v1/projects/-/serviceAccounts/robot@demo.iam.gserviceaccount.com:generateIdToken (authorized)"
        ]
    );
    let odd = identity(&[("GOOGLE_SERVICE_ACCOUNT_NAME", "../../other?x=")]);
    let error = token(&odd, &script([])).expect_err("not an account");
    assert_eq!(error.kind(), ErrorKind::IdToken);
}

#[test]
fn a_supplied_token_is_read_from_where_the_caller_says() {
    let jwt = id_token("pypi", 9);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{jwt}\n")).expect("written");
    let text = jwt.clone();
    let closure = Supplied::closure(move |audience| {
        assert_eq!(audience, "pypi");
        Ok(Secret::new(&*text))
    });
    let environment = job(&[("SEMAPHORE_ID_TOKEN", &jwt)]);
    for supplied in [
        Supplied::value(Secret::new(&*jwt)),
        Supplied::file(&path).expect("a file"),
        Supplied::variable("SEMAPHORE_ID_TOKEN"),
        closure,
    ] {
        let identity = Identity::of(supplied, &environment, None).expect("sound");
        assert_eq!(identity.provider(), "supplied");
        let token = token(&identity, &script([])).expect("a token");
        assert_eq!(token.claims().text("jti"), Some("9"));
    }
}

#[test]
fn a_supplied_token_that_is_none_is_found_before_the_network() {
    let nowhere = Environment::default();
    let of = |supplied: Supplied| Identity::of(supplied, &nowhere, None).expect_err("no token");
    assert_eq!(
        of(Supplied::variable("NO_SUCH")).to_string(),
        "the variable NO_SUCH contains no ID token"
    );
    let error = of(Supplied::value(Secret::new("pypi-an-API-token")));
    assert_eq!(
        error.to_string(),
        "the supplied text is not an ID token: expected a JWT"
    );
    let folder = tempfile::tempdir().expect("a folder");
    assert!(Supplied::file(folder.path()).is_err(), "a folder");
    assert!(Supplied::file(folder.path().join("missing")).is_err());
    let large = folder.path().join("large");
    std::fs::write(&large, vec![b'a'; 70_000]).expect("written");
    assert!(Supplied::file(large).is_err(), "too large");
}
