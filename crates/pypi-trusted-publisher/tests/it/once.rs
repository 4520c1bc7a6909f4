//! Exchanges with a provider that has one ID token per job.

use pypi_http::{
    Reply, RetryPolicy, TransportError, TransportErrorKind, drive,
    testing::{Script, broken, reply},
};
use pypi_trusted_publisher::{ApiToken, Environment, Error, ErrorKind, Exchange, Identity};

use crate::script::{audience, endpoints, id_token, script};

const MINTED: &str = r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#;
const ASK_AUDIENCE: &str = "GET /_/oidc/audience";
const MINT: &str = "POST /_/oidc/mint-token";

fn exchange(script: &Script) -> Result<ApiToken, Error> {
    let job = Environment::from_vars([
        ("GITLAB_CI", "true".to_owned()),
        ("PYPI_ID_TOKEN", id_token("pypi", 1)),
    ]);
    let identity = Identity::detect(&job, Some("pypi"))?.expect("GitLab");
    assert!(!identity.is_renewable());
    drive(
        Exchange::new(endpoints(), identity, RetryPolicy::default()),
        script,
    )
}

#[test]
fn a_lost_mint_is_not_repeated() {
    for lost in [
        broken(),
        reply(502, ""),
        Err(TransportError::new(TransportErrorKind::Timeout)),
        Err(TransportError::new(TransportErrorKind::Reply)),
    ] {
        let script = script([audience(), lost]);
        let error = exchange(&script).expect_err("the reply is lost");
        assert!(
            matches!(error.kind(), ErrorKind::Transport | ErrorKind::Unavailable),
            "{error}"
        );
        assert_eq!(
            error.help(),
            Some("gitlab issues one ID token per job, which may be used up now: run the job again")
        );
        assert_eq!(script.transcript(), [ASK_AUDIENCE, MINT]);
    }
}

#[test]
fn a_mint_that_did_not_arrive_is_repeated_with_the_same_token() {
    let unread: [Result<Reply, TransportError>; 2] = [
        Err(TransportError::new(TransportErrorKind::Connect)),
        reply(429, ""),
    ];
    for unread in unread {
        let script = script([audience(), unread, reply(200, MINTED)]);
        exchange(&script).expect("minted");
        let bodies = script.bodies();
        assert_eq!(bodies[1], bodies[2], "the same ID token");
        assert_eq!(script.transcript(), [ASK_AUDIENCE, MINT, "wait", MINT]);
    }
}

#[test]
fn the_audience_of_the_index_names_the_variable() {
    let script = script([reply(200, r#"{"audience":"testpypi"}"#)]);
    let error = exchange(&script).expect_err("the job has a token for pypi only");
    assert_eq!(error.kind(), ErrorKind::MissingPermission);
    assert_eq!(
        error.to_string(),
        "this GitLab job has no ID token: the variable TESTPYPI_ID_TOKEN is missing"
    );
    assert_eq!(script.transcript(), [ASK_AUDIENCE], "no token was sent");
}
