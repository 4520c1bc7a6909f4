use pypi_http::{Secret, drive};
use pypi_trusted_publisher::{ApiToken, Burn, BurnOutcome, Endpoints};

use crate::script::{endpoints, script};
use pypi_http::testing::{Script, broken, reply};

#[track_caller]
fn burn(script: &Script, endpoints: Endpoints) -> BurnOutcome {
    let token = ApiToken::new(Secret::new("pypi-minted"));
    let Ok(outcome) = drive(Burn::new(endpoints, token), script);
    outcome
}

#[test]
fn every_answer_is_an_outcome() {
    for (answer, outcome) in [
        (reply(202, ""), BurnOutcome::Accepted),
        (
            reply(404, "not found: pypi-minted"),
            BurnOutcome::Unsupported,
        ),
        (reply(500, ""), BurnOutcome::Failed),
        (broken(), BurnOutcome::Failed),
    ] {
        let script = script([answer]);
        assert_eq!(burn(&script, endpoints()), outcome);
        assert_eq!(script.transcript(), ["POST /_/oidc/burn-token"]);
    }
}

#[test]
fn a_token_is_not_burned_in_the_clear() {
    let script = script([]);
    let endpoints = Endpoints::at(&"http://example.org/".parse().expect("a URL")).expect("a host");
    assert_eq!(burn(&script, endpoints), BurnOutcome::Failed);
    assert!(script.transcript().is_empty(), "nothing was sent");
}
