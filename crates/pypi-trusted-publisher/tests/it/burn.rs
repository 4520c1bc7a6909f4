use pypi_http::{RetryPolicy, Secret, drive};
use pypi_trusted_publisher::{ApiToken, Burn, BurnOutcome, Endpoints};

use crate::script::{endpoints, script};
use pypi_http::testing::{Script, broken, reply};

#[track_caller]
fn burn(script: &Script, endpoints: Endpoints) -> BurnOutcome {
    let token = ApiToken::new(Secret::new("pypi-minted"));
    let policy = RetryPolicy::default().attempts(2);
    let Ok(outcome) = drive(Burn::new(&endpoints, &token, policy), script);
    outcome
}

#[test]
fn every_reply_is_an_outcome() {
    const BURN: &str = "POST /_/oidc/burn-token";
    for (replies, outcome) in [
        (vec![reply(202, "")], BurnOutcome::Accepted),
        (
            vec![reply(404, "not found: pypi-minted")],
            BurnOutcome::Unsupported,
        ),
        (vec![reply(500, ""), reply(202, "")], BurnOutcome::Accepted),
        (vec![broken(), broken()], BurnOutcome::Failed),
    ] {
        let is_retried = replies.len() > 1;
        let script = script(replies);
        assert_eq!(burn(&script, endpoints()), outcome);
        match is_retried {
            true => assert_eq!(script.transcript(), [BURN, "wait", BURN]),
            false => assert_eq!(script.transcript(), [BURN]),
        }
    }
}

#[test]
fn a_token_is_not_burned_in_the_clear() {
    let script = script([]);
    let endpoints = Endpoints::at(&"http://example.org/".parse().expect("a URL")).expect("a host");
    assert_eq!(burn(&script, endpoints), BurnOutcome::Failed);
    assert!(script.transcript().is_empty(), "nothing was sent");
}
