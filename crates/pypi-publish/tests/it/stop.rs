//! Runs that are cancelled, reach their deadline, or lose tasks.

use std::time::Duration;

use pypi_http::testing::reply;
use pypi_http::{Secret, TransportError, TransportErrorKind};
use pypi_metadata::testing;
use pypi_publish::{ErrorKind, Publisher};
use pypi_trusted_publisher::ApiToken;
use pypi_upload::Index;

use crate::{
    hand::{Hand, Time},
    schedule::{LOOK, outcomes},
    token::{exchange, trusted},
};

const BURN: &str = "POST /_/oidc/burn-token";
const WHEEL: &str = "demo-1.0-py3-none-any.whl";
const SDIST: &str = "demo-1.0.tar.gz";

fn cancelled() -> Result<pypi_http::Reply, TransportError> {
    Err(TransportError::new(TransportErrorKind::Cancelled))
}

/// A run whose wheel is being sent.
fn sending(time: &Time) -> Hand {
    let files = [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")];
    let publisher = trusted(time).deadline(Duration::from_secs(600));
    let mut hand = Hand::new(&publisher, files, time);
    hand.answer(LOOK, reply(404, ""));
    exchange(&mut hand, time, 900);
    assert_eq!(hand.flying(), [WHEEL]);
    hand
}

#[test]
fn a_cancelled_run_burns_at_once_and_asks_about_what_is_in_doubt() {
    let mut hand = sending(&Time::start());
    hand.publication().cancel();
    hand.advance();
    assert_eq!(hand.flying(), [WHEEL, BURN]);
    hand.answer(WHEEL, cancelled());
    assert_eq!(hand.flying(), [BURN, LOOK], "the whole file has left");
    hand.answer(BURN, reply(202, ""));
    let page = hand.page(&[WHEEL]);
    let report = hand.answer(LOOK, reply(200, page)).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "uploaded"), (SDIST, "failed")]);
    assert_eq!(report.token_burned(), Some(true));
    let error = report.error().expect("a failed run");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(
        error.to_string(),
        "the run was cancelled: 1 of 2 files were not uploaded"
    );
}

#[test]
fn what_the_index_does_not_list_stays_unknown() {
    for (answer, why) in [
        (reply(404, ""), "the index does not list it yet"),
        (reply(500, ""), "replied 500"),
    ] {
        let mut hand = sending(&Time::start());
        hand.publication().cancel();
        hand.advance();
        hand.answer(BURN, reply(202, ""));
        hand.answer(WHEEL, cancelled());
        let report = hand.answer(LOOK, answer).expect("over");
        let outcome = report.files()[0].outcome();
        assert_eq!(outcome.name(), "unknown");
        assert!(outcome.to_string().contains(why), "{outcome}");
    }
}

#[test]
fn an_incomplete_file_is_not_in_doubt() {
    let mut hand = sending(&Time::start());
    hand.send(WHEEL, 700);
    hand.publication().cancel();
    hand.advance();
    hand.answer(BURN, reply(202, ""));
    let report = hand.answer(WHEEL, cancelled()).expect("nothing to look up");
    assert_eq!(outcomes(&report), [(WHEEL, "failed"), (SDIST, "failed")]);
}

#[test]
fn a_reply_that_comes_with_the_cancellation_counts() {
    let mut hand = sending(&Time::start());
    hand.publication().cancel();
    hand.answer(WHEEL, reply(200, ""));
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "uploaded"), (SDIST, "failed")]);
}

#[test]
fn a_burn_that_the_cancellation_aborts_is_repeated() {
    let mut hand = sending(&Time::start());
    hand.answer(WHEEL, reply(200, ""));
    hand.answer(SDIST, reply(200, ""));
    assert_eq!(hand.flying(), [BURN, LOOK]);
    hand.publication().cancel();
    hand.answer(BURN, cancelled());
    hand.answer(LOOK, cancelled());
    assert_eq!(hand.flying(), [BURN]);
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert_eq!(report.token_burned(), Some(true));
    assert!(report.is_success(), "everything was uploaded");
    assert_eq!(
        report.error().expect("it was cancelled").to_string(),
        "the run was cancelled: all 2 files are on the index"
    );
    assert_eq!(report.files()[0].verification().name(), "unknown");
}

#[test]
fn a_mint_under_way_is_awaited_so_that_its_token_can_be_burned() {
    let time = Time::start();
    let mut hand = Hand::new(&trusted(&time), [testing::wheel("demo", "1.0")], &time);
    hand.answer(LOOK, reply(404, ""));
    hand.answer("GET /_/oidc/audience", reply(200, r#"{"audience":"pypi"}"#));
    let jwt = r#"{"value":"eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJweXBpIn0.c2ln"}"#;
    hand.answer("GET /id-token", reply(200, jwt));
    hand.publication().cancel();
    hand.answer(
        "POST /_/oidc/mint-token",
        reply(200, r#"{"token":"pypi-minted"}"#),
    );
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "failed")]);
    assert_eq!(report.token_burned(), Some(true));
}

#[test]
fn the_deadline_ends_a_run_like_a_cancellation() {
    let time = Time::start();
    let mut hand = sending(&time);
    time.pass(Duration::from_secs(601));
    hand.answer(WHEEL, Err(TransportError::new(TransportErrorKind::Timeout)));
    assert_eq!(hand.flying(), [BURN, LOOK]);
    hand.answer(BURN, reply(202, ""));
    let report = hand.answer(LOOK, reply(404, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "unknown"), (SDIST, "failed")]);
    assert_eq!(report.error().expect("late").kind(), ErrorKind::Deadline);
}

#[test]
fn a_dropped_task_counts_as_abandoned() {
    let mut hand = sending(&Time::start());
    hand.drop_task(WHEEL);
    assert_eq!(hand.flying(), [LOOK], "the index is asked");
    let page = hand.page(&[WHEEL]);
    hand.answer(LOOK, reply(200, page));
    hand.answer(SDIST, reply(200, ""));
    assert_eq!(hand.flying(), [BURN, LOOK]);
    hand.drop_task(BURN);
    let page = hand.page(&[WHEEL, SDIST]);
    let report = hand.answer(LOOK, reply(200, page)).expect("over");
    assert_eq!(
        outcomes(&report),
        [(WHEEL, "uploaded"), (SDIST, "uploaded")]
    );
    assert_eq!(report.token_burned(), Some(false));
}

#[test]
fn what_cannot_be_looked_up_does_not_end_the_run() {
    let (time, files) = (
        Time::start(),
        [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")],
    );
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    let publisher = Publisher::index(index)
        .token(&ApiToken::new(Secret::new("pypi-AgEIcHlwaS5vcmcCJDU3")))
        .clock(time.clock());
    let mut hand = Hand::new(&publisher, files, &time);
    hand.drop_task(WHEEL);
    assert_eq!(hand.flying(), [SDIST]);
    let report = hand.answer(SDIST, reply(200, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "unknown"), (SDIST, "uploaded")]);
}

#[test]
fn a_run_whose_tasks_were_all_dropped_is_cleaned_up() {
    let mut hand = sending(&Time::start());
    hand.answer(WHEEL, reply(200, ""));
    hand.publication().cancel();
    hand.drop_task(SDIST);
    assert_eq!(hand.flying(), [BURN, LOOK]);
    hand.answer(LOOK, reply(404, ""));
    let report = hand.answer(BURN, reply(202, "")).expect("over");
    assert_eq!(outcomes(&report), [(WHEEL, "uploaded"), (SDIST, "unknown")]);
}
