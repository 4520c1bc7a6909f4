//! ID tokens that are checked before they are sent.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use pypi_http::{
    Clock as Time, Reply, RetryPolicy, Secret, TransportError, drive,
    testing::{Script, reply},
};
use pypi_local_index::{Clock, Identity as Job, LocalIndex, Signing};
use pypi_trusted_publisher::{
    ApiToken, ClaimProblem, ClaimProblemKind as Problem, Environment, Error, ErrorKind, Exchange,
    Identity, provider::Supplied,
};

use crate::script::{audience, endpoints, script};

/// The time of the scripts, and when each token is issued.
const NOW: u64 = 1_760_000_000;
const ASK_AUDIENCE: &str = "GET /_/oidc/audience";
const MINT: &str = "POST /_/oidc/mint-token";
const MINTED: &str = r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#;

/// How an exchange ended, and which requests it sent.
struct Ended {
    result: Result<ApiToken, Error>,
    problems: Vec<ClaimProblem>,
    sent: Vec<String>,
}

/// The exchange of a token of `job`; the index has these replies.
fn exchange(
    job: &Job,
    is_pypi: bool,
    time: impl FnOnce(&Script) -> Time,
    replies: [Result<Reply, TransportError>; 2],
) -> Ended {
    let index = LocalIndex::builder().clock(Clock::fixed(NOW)).start();
    let token = index.expect("an index").id_token(job, "pypi");
    let token = Supplied::value(Secret::new(token.expect("an ID token").reveal()));
    let identity = Identity::of(token, &Environment::default(), None).expect("an identity");
    let script = script(replies).lenient();
    let mut exchange = Exchange::new(endpoints(), identity, RetryPolicy::default())
        .clock(time(&script))
        .pypi_rules(is_pypi);
    assert!(exchange.claims().is_none(), "no token was requested yet");
    let result = drive(&mut exchange, &script);
    assert!(exchange.claims().is_some());
    Ended {
        result,
        problems: exchange.problems().to_vec(),
        sent: script.transcript(),
    }
}

fn kinds(ended: &Ended) -> Vec<Problem> {
    ended.problems.iter().map(ClaimProblem::kind).collect()
}

#[track_caller]
fn is_not_sent(job: &Job, is_pypi: bool, kind: ErrorKind, message: &str) {
    let ended = exchange(
        job,
        is_pypi,
        Script::clock,
        [audience(), reply(200, MINTED)],
    );
    let error = ended.result.expect_err("not sent");
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    assert_eq!(ended.sent, [ASK_AUDIENCE], "the ID token stays here");
    assert!(error.help().is_some(), "{message}");
    assert!(error.claims().is_some() && error.refusal().is_none());
}

#[track_caller]
fn is_sent(job: &Job, is_pypi: bool, problems: &[Problem]) {
    let ended = exchange(
        job,
        is_pypi,
        Script::clock,
        [audience(), reply(200, MINTED)],
    );
    assert_eq!(kinds(&ended), problems);
    assert_eq!(ended.sent, [ASK_AUDIENCE, MINT]);
    assert!(ended.result.is_ok());
}

fn github() -> Job {
    Job::github("octo-org/demo", "release.yml")
}

fn gitlab() -> Job {
    Job::gitlab("group/demo", ".gitlab-ci.yml")
}

#[test]
fn a_sound_token_is_sent_and_has_no_problems() {
    let google = Job::google("robot@example.iam.gserviceaccount.com");
    for job in [github(), gitlab(), google, Job::activestate("o", "p", "7")] {
        is_sent(&job, true, &[]);
        is_sent(&job, false, &[]);
    }
}

#[test]
fn what_pypi_certainly_rejects_is_not_sent_there() {
    for (job, kind, message) in [
        (
            github().claim("exp", NOW - 30),
            ErrorKind::Expired,
            "the ID token expired 30 s ago",
        ),
        (
            github().claim("aud", ["pypi"]),
            ErrorKind::IdToken,
            "the audience of the ID token is a list: PyPI accepts only a string, even if the list has one item",
        ),
        (
            github().signing(Signing::Algorithm("none".to_owned())),
            ErrorKind::InvalidToken,
            "the ID token is signed with \"none\", expected RS256",
        ),
        (
            github().signing(Signing::WithoutKeyId),
            ErrorKind::InvalidToken,
            "the ID token does not name its signing key: its header has no `kid`",
        ),
        (
            github().without_claim("exp"),
            ErrorKind::Claims,
            "the ID token has no claim `exp`, which PyPI requires",
        ),
        (
            github().without_claim("iss"),
            ErrorKind::Claims,
            "the ID token has no claim `iss`, which names its issuer",
        ),
        (
            github().without_claim("event_name"),
            ErrorKind::Claims,
            "the ID token has no claim `event_name`, which PyPI requires",
        ),
        (
            github().claim("event_name", "pull_request_target"),
            ErrorKind::Claims,
            "the job was started by `pull_request_target`, which PyPI rejects",
        ),
        (
            github().claim("repository_owner", "Octo-Org"),
            ErrorKind::Claims,
            "the claim `repository_owner` is \"Octo-Org\", which is not the owner in `repository`, \"octo-org/demo\"",
        ),
        (
            gitlab().without_claim("sha"),
            ErrorKind::Claims,
            "the ID token has no claim `sha`, which PyPI requires",
        ),
        (
            Job::google("robot@example.com").claim("email_verified", false),
            ErrorKind::Claims,
            "the claim `email_verified` is not true",
        ),
        (
            Job::activestate("o", "p", "7").claim("builder", "mine"),
            ErrorKind::Claims,
            "the claim `builder` is \"mine\", expected \"pypi-publisher\"",
        ),
        (
            github()
                .claim("iss", "https://oidc.circleci.com/org/0f1e")
                .claim("oidc.circleci.com/ssh-rerun", true),
            ErrorKind::Claims,
            "the job was rerun with SSH, so its ID token is open to whoever is logged in",
        ),
    ] {
        is_not_sent(&job, true, kind, message);
    }
}

#[test]
fn another_index_decides_itself_except_about_its_audience() {
    for (job, problem) in [
        (github().claim("exp", NOW - 3600), Problem::Expired),
        (github().claim("aud", ["pypi", "other"]), Problem::Audience),
        (
            github().signing(Signing::Algorithm("ES256".to_owned())),
            Problem::Algorithm,
        ),
        (github().signing(Signing::WithoutKeyId), Problem::KeyId),
        (github().without_claim("sha"), Problem::MissingClaim),
        (
            github().claim("event_name", "pull_request_target"),
            Problem::Event,
        ),
    ] {
        is_sent(&job, false, &[problem]);
    }
    is_not_sent(
        &github().claim("aud", "testpypi"),
        false,
        ErrorKind::IdToken,
        r#"the ID token is for audience "testpypi", but the index expects "pypi""#,
    );
    for job in [
        github().claim("aud", ["testpypi"]),
        github().without_claim("aud"),
        Job::google("robot@example.com")
            .claim("iss", "https://agent.example")
            .without_claim("aud"),
    ] {
        for is_pypi in [false, true] {
            is_not_sent(
                &job,
                is_pypi,
                ErrorKind::IdToken,
                r#"the ID token is not for the audience of the index, "pypi""#,
            );
        }
    }
}

#[test]
fn a_suspicion_is_reported_and_the_token_sent() {
    let called = "octo-org/demo/.github/workflows/publish.yml@refs/heads/main";
    let foreign = "other/tools/.github/workflows/publish.yml@refs/heads/main";
    for (job, problem) in [
        (github().claim("exp", NOW - 29), None),
        (github().claim("nbf", NOW + 30), None),
        (github().claim("nbf", NOW + 31), Some(Problem::NotYetValid)),
        (
            github().claim("iat", NOW + 3600),
            Some(Problem::NotYetValid),
        ),
        (
            github().claim("event_name", "pull_request"),
            Some(Problem::Event),
        ),
        (
            github().claim("job_workflow_ref", called),
            Some(Problem::ReusableWorkflow),
        ),
        (
            github().claim("job_workflow_ref", foreign),
            Some(Problem::ReusableWorkflow),
        ),
        (
            gitlab().claim(
                "ci_config_ref_uri",
                "gitlab.com/other/ci//.gitlab-ci.yml@refs/heads/main",
            ),
            Some(Problem::Workflow),
        ),
    ] {
        is_sent(&job, true, problem.as_slice());
    }
}

#[test]
fn the_index_decides_about_a_new_issuer() {
    for issuer in [
        "https://oidc.circleci.com/org/0f1e",
        "https://agent.example",
        "https://token.actions.githubusercontent.com/acme",
    ] {
        let job = Job::google("robot@example.com").claim("iss", issuer);
        is_sent(&job, true, &[Problem::Issuer]);
        is_sent(&job, false, &[]);
        // The rules of its tokens are not known.
        let job = job.signing(Signing::Algorithm("ES256".to_owned()));
        is_sent(&job, true, &[Problem::Issuer, Problem::Algorithm]);
    }
}

#[test]
fn a_token_has_expired_if_the_clock_of_the_index_agrees() {
    let dated = |date: &'static str| {
        let headers = HeaderMap::from_iter([(header::DATE, HeaderValue::from_static(date))]);
        let body = br#"{"audience":"pypi"}"#.to_vec();
        Ok(Reply::new(StatusCode::OK, headers, body))
    };
    // Our clock is an hour ahead, so the token, which lives for 300 s, looks expired.
    let ahead = |script: &Script| {
        let clock = script.clock();
        Time::new(move || clock.now() + std::time::Duration::from_secs(3600))
    };
    let minted = || reply(200, MINTED);
    let right = exchange(
        &github(),
        true,
        ahead,
        [dated("Thu, 09 Oct 2025 08:53:20 GMT"), minted()],
    );
    assert_eq!((right.sent.len(), kinds(&right)), (2, Vec::new()));
    let late = exchange(
        &github(),
        true,
        ahead,
        [dated("Thu, 09 Oct 2025 09:53:19 GMT"), minted()],
    );
    let error = late.result.expect_err("expired by both clocks");
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert_eq!(error.to_string(), "the ID token expired 3299 s ago");
    for unknown in [dated("yesterday"), audience()] {
        let ended = exchange(&github(), true, ahead, [unknown, minted()]);
        assert_eq!(ended.sent, [ASK_AUDIENCE], "our clock alone");
    }
}
