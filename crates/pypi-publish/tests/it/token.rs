//! The life of the tokens of a run.

use std::time::Duration;

use pypi_http::testing::reply;
use pypi_metadata::testing::{self, TestDistribution};
use pypi_publish::{Order, Publisher, Report};
use pypi_trusted_publisher::Environment;

use crate::{
    folder::{requiring, wheel_for},
    hand::{Hand, Time},
    schedule::{LOOK, outcomes, publisher},
};

const AUDIENCE: &str = "GET /_/oidc/audience";
const ID_TOKEN: &str = "GET /id-token";
const MINT: &str = "POST /_/oidc/mint-token";
const BURN: &str = "POST /_/oidc/burn-token";
const WHEEL: &str = "demo-1.0-py3-none-any.whl";
const SDIST: &str = "demo-1.0.tar.gz";
const EXPIRED: &str = r#"{"code":"403 Invalid API Token: token is expired"}"#;

pub(crate) fn trusted(time: &Time) -> Publisher {
    publisher(time).trusted_publishing(Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        (
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "http://127.0.0.1:1/id-token",
        ),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token-of-the-job"),
    ]))
}

fn release() -> [TestDistribution; 2] {
    [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")]
}

/// Answers an exchange with a token that lives for `life` seconds.
pub(crate) fn exchange(hand: &mut Hand, time: &Time, life: u64) {
    hand.answer(AUDIENCE, reply(200, r#"{"audience":"pypi"}"#));
    let jwt = r#"{"value":"eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJweXBpIn0.c2ln"}"#;
    hand.answer(ID_TOKEN, reply(200, jwt));
    let expires = time.clock().unix_seconds() + life;
    let token = format!(r#"{{"token":"pypi-minted-{expires}","expires":{expires}}}"#);
    hand.answer(MINT, reply(200, token));
}

fn begin(files: impl IntoIterator<Item = TestDistribution>, life: u64) -> (Hand, Time) {
    let time = Time::start();
    let mut hand = Hand::new(&trusted(&time).verify(None), files, &time);
    hand.answer(LOOK, reply(404, ""));
    exchange(&mut hand, &time, life);
    (hand, time)
}

fn burned(report: &Report) -> Option<bool> {
    report.token_burned()
}

#[test]
fn a_token_is_burned_right_after_the_last_upload_and_before_verification_ends() {
    let time = Time::start();
    let mut hand = Hand::new(&trusted(&time), release(), &time);
    hand.answer(LOOK, reply(404, ""));
    exchange(&mut hand, &time, 900);
    hand.answer(WHEEL, reply(200, ""));
    assert_eq!(hand.flying(), [SDIST]);
    hand.answer(SDIST, reply(200, ""));
    assert_eq!(hand.flying(), [BURN, LOOK]);
    let page = hand.page(&[WHEEL, SDIST]);
    assert!(
        hand.answer(LOOK, reply(200, page)).is_none(),
        "the burn is awaited"
    );
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert!(report.is_success());
    assert_eq!(burned(&report), Some(true));
    assert_eq!(report.token_expires(), Some(1_760_000_900));
    let url = report.files()[0].url().map(|url| url.as_str().to_owned());
    assert_eq!(url, Some(format!("http://127.0.0.1:1/simple/demo/{WHEEL}")));
}

#[test]
fn a_burn_is_retried_and_a_failed_one_is_reported() {
    let (mut hand, _) = begin([testing::wheel("demo", "1.0")], 900);
    hand.answer(WHEEL, reply(200, ""));
    for _ in 0..4 {
        assert!(hand.answer(BURN, reply(503, "")).is_none());
    }
    let report = hand.answer(BURN, reply(503, "")).expect("over");
    assert_eq!(burned(&report), Some(false));
    assert!(report.is_success(), "a token that lives on is a warning");
}

#[test]
fn an_expired_token_is_minted_again_and_the_file_sent_again() {
    let (mut hand, time) = begin(release(), 900);
    hand.answer(WHEEL, reply(403, EXPIRED));
    assert_eq!(
        hand.flying(),
        [BURN, AUDIENCE],
        "the expired one is of no use"
    );
    hand.answer(BURN, reply(202, ""));
    exchange(&mut hand, &time, 900);
    assert_eq!(hand.flying(), [WHEEL]);
    hand.answer(WHEEL, reply(200, ""));
    hand.answer(SDIST, reply(200, ""));
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert_eq!(
        outcomes(&report),
        [(WHEEL, "uploaded"), (SDIST, "uploaded")]
    );
    let statuses: Vec<_> = report.files()[0]
        .attempts()
        .iter()
        .map(|attempt| attempt.status)
        .collect();
    assert_eq!(statuses, [Some(403), Some(200)]);
    assert_eq!(burned(&report), Some(true), "both");
}

#[test]
fn no_file_is_sent_with_a_token_that_was_burned() {
    let platforms = ["linux_armv7l", "macosx_11_0_arm64", "win32", "win_amd64"];
    let names = platforms.map(|platform| format!("demo-1.0-py3-none-{platform}.whl"));
    let [first, second, third, fourth] = names.each_ref().map(String::as_str);
    let time = Time::start();
    let publisher = trusted(&time).verify(None).jobs(2);
    let mut hand = Hand::new(&publisher, platforms.map(wheel_for), &time);
    hand.answer(LOOK, reply(404, ""));
    exchange(&mut hand, &time, 900);
    time.pass(Duration::from_secs(300));
    hand.answer(first, reply(200, ""));
    assert_eq!(hand.flying(), [second, third]);
    time.pass(Duration::from_secs(300));
    hand.answer(third, reply(200, ""));
    exchange(&mut hand, &time, 900);
    assert_eq!(hand.flying(), [second, fourth]);
    hand.answer(fourth, reply(200, ""));
    hand.answer(BURN, reply(202, ""));
    hand.answer(second, reply(403, EXPIRED));
    assert_eq!(hand.flying(), [BURN, AUDIENCE], "a third token is minted");
}

#[test]
fn a_file_is_sent_again_once_only() {
    let (mut hand, time) = begin(release(), 900);
    hand.answer(WHEEL, reply(403, EXPIRED));
    hand.answer(BURN, reply(202, ""));
    exchange(&mut hand, &time, 900);
    hand.answer(WHEEL, reply(403, EXPIRED));
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "refused"), (SDIST, "failed")]);
}

#[test]
fn a_token_whose_life_is_too_short_for_the_next_file_is_replaced_before() {
    let files = ["macosx_11_0_arm64", "manylinux_2_28_x86_64", "win_amd64"].map(wheel_for);
    let names = ["macosx_11_0_arm64", "manylinux_2_28_x86_64", "win_amd64"]
        .map(|platform| format!("demo-1.0-py3-none-{platform}.whl"));
    let time = Time::start();
    let mut hand = Hand::new(&trusted(&time).verify(None).jobs(1), files, &time);
    hand.answer(LOOK, reply(404, ""));
    exchange(&mut hand, &time, 900);
    // At this rate the second file takes 300 s, 450 s to be safe; 600 s are left.
    time.pass(Duration::from_secs(300));
    hand.answer(&names[0], reply(200, ""));
    assert_eq!(hand.flying(), [names[1].as_str()]);
    time.pass(Duration::from_secs(300));
    hand.answer(&names[1], reply(200, ""));
    assert_eq!(hand.flying(), [AUDIENCE], "300 s are left");
    exchange(&mut hand, &time, 900);
    assert_eq!(
        hand.flying(),
        [BURN],
        "the old one, as only one task may run"
    );
    hand.answer(BURN, reply(202, ""));
    assert_eq!(hand.flying(), [names[2].as_str()]);
}

#[test]
fn a_new_token_is_used_however_short_its_life() {
    let (mut hand, time) = begin(release(), 0);
    assert_eq!(hand.flying(), [WHEEL]);
    hand.answer(WHEEL, reply(200, ""));
    hand.answer(BURN, reply(202, ""));
    exchange(&mut hand, &time, 0);
    assert_eq!(hand.flying(), [SDIST]);
}

#[test]
fn a_second_exchange_that_fails_ends_what_is_left() {
    let (mut hand, _) = begin(release(), 0);
    hand.answer(WHEEL, reply(200, ""));
    hand.answer(BURN, reply(202, ""));
    let report = hand.answer(AUDIENCE, reply(403, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "uploaded"), (SDIST, "failed")]);
    let error = report.error().expect("the run failed");
    assert_eq!(
        error.to_string(),
        "could not obtain an API token: 1 of 2 files were not uploaded"
    );
    assert!(
        error.causes().contains("switched off"),
        "{}",
        error.causes()
    );
}

#[test]
fn a_token_lives_as_long_as_a_later_level_needs_it() {
    let time = Time::start();
    let files = [requiring("app", &["demo"]), testing::wheel("demo", "1.0")];
    let mut hand = Hand::new(&trusted(&time).order(Order::Dependencies), files, &time);
    hand.answer("GET /simple/app/", reply(404, ""));
    hand.answer(LOOK, reply(404, ""));
    exchange(&mut hand, &time, 900);
    hand.answer(WHEEL, reply(200, ""));
    assert_eq!(hand.flying(), [LOOK]);
    let page = hand.page(&[WHEEL]);
    hand.answer(LOOK, reply(200, page));
    assert_eq!(hand.flying(), ["app-1.0-py3-none-any.whl"]);
    hand.answer("app-1.0-py3-none-any.whl", reply(200, ""));
    assert_eq!(hand.flying(), [BURN, "GET /simple/app/"]);
}
