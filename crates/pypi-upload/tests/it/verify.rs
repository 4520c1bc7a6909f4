//! Whether an index lists what was uploaded.

use std::time::Duration;

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{RetryPolicy, drive};
use pypi_upload::{Index, Verification, Verify};

use crate::sent::{index, page};

const LOOK: &str = "GET /simple/demo/";

/// The results for `a.whl` and `b.tar.gz`.
fn verify_with(script: &Script, policy: RetryPolicy) -> [Verification; 2] {
    let files = [("a.whl", "aa"), ("b.tar.gz", "bb")];
    let files = files.map(|(name, sha256)| (name.to_owned(), sha256.to_owned()));
    let flow = Verify::new(&index(), "demo", files)
        .expect("a simple API")
        .clock(script.clock())
        .timeout(Duration::from_secs(60))
        .retry(policy);
    let Ok(results) = drive(flow, script);
    results.try_into().expect("a result per file")
}

fn verify(script: &Script) -> [Verification; 2] {
    verify_with(script, RetryPolicy::default().seed(1))
}

fn names(results: &[Verification; 2]) -> [&'static str; 2] {
    results.each_ref().map(Verification::name)
}

#[test]
fn an_outdated_page_is_fetched_again() {
    let script = Script::new([
        reply(404, ""),
        reply(200, page(&[("a.whl", "aa")])),
        broken(),
        reply(
            200,
            page(&[("a.whl", "AA"), ("b.tar.gz", "bb"), ("c.whl", "cc")]),
        ),
    ]);
    assert_eq!(names(&verify(&script)), ["confirmed", "confirmed"]);
    assert_eq!(
        script.transcript(),
        [LOOK, "wait", LOOK, "wait", LOOK, "wait", LOOK]
    );
}

#[test]
fn other_content_is_an_alarm_with_both_hashes() {
    let script = Script::new([reply(200, page(&[("a.whl", "00")]))]);
    let [first, second] = verify(&script);
    assert_eq!(
        first.to_string(),
        "THE INDEX SHOWS OTHER CONTENT: it lists sha256 00, this file has aa"
    );
    assert_eq!(second, Verification::NotShownYet);
    assert_eq!(script.transcript(), [LOOK], "final");
}

#[test]
fn a_file_that_is_listed_twice_is_not_confirmed() {
    let twice = page(&[("a.whl", "aa"), ("a.whl", "00"), ("b.tar.gz", "bb")]);
    let script = Script::new([reply(200, twice)]);
    assert_eq!(names(&verify(&script)), ["different", "confirmed"]);
}

#[test]
fn a_file_that_is_never_listed_is_not_shown_yet() {
    let script = Script::new((0..20).map(|_| reply(200, page(&[("a.whl", "aa")])))).lenient();
    assert_eq!(names(&verify(&script)), ["confirmed", "not_shown_yet"]);
    let looks = script
        .transcript()
        .iter()
        .filter(|line| *line == LOOK)
        .count();
    assert!(
        (7..=12).contains(&looks),
        "a minute of pauses up to 10 s: {looks}"
    );
}

#[test]
fn a_page_that_cannot_be_read_makes_the_result_unknown() {
    for (status, body, why) in [
        (401, "", "http://127.0.0.1:1/simple/demo/ replied 401"),
        (403, "", "http://127.0.0.1:1/simple/demo/ replied 403"),
        (
            200,
            "<html>",
            "http://127.0.0.1:1/simple/demo/ is not a page of the simple API: check the simple URL of the index",
        ),
    ] {
        let script = Script::new([reply(status, body)]);
        let [first, second] = verify(&script);
        assert_eq!(first.to_string(), format!("not verified: {why}"));
        assert_eq!(first, second);
        assert_eq!(script.transcript(), [LOOK], "asked once");
    }
    let script = Script::new((0..20).map(|_| reply(500, ""))).lenient();
    assert_eq!(names(&verify(&script)), ["unknown", "unknown"]);
    assert!(script.transcript().len() > 9, "500 may go away");
}

#[test]
fn a_quarantined_project_is_asked_once() {
    let page = r#"{"project-status":{"status":"quarantined"},"files":[]}"#;
    let script = Script::new([reply(200, page)]);
    assert_eq!(names(&verify(&script)), ["not_shown_yet", "not_shown_yet"]);
    assert_eq!(script.transcript(), [LOOK], "people decide about it");
}

#[test]
fn never_means_one_look() {
    let script = Script::new([reply(404, "")]);
    let results = verify_with(&script, RetryPolicy::never());
    assert_eq!(names(&results), ["not_shown_yet", "not_shown_yet"]);
    assert_eq!(script.transcript(), [LOOK]);
}

#[test]
fn an_index_without_a_simple_api_cannot_be_asked() {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    assert!(Verify::new(&index, "demo", []).is_none());
}
