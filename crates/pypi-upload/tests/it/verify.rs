//! Whether an index lists what was uploaded.

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{RetryPolicy, drive};
use pypi_upload::{Index, Verification, Verify};

use crate::sent::{index, page};

const LOOK: &str = "GET /simple/demo/";

fn verify(script: &Script) -> Verification {
    let files = [("a.whl", "aa"), ("b.tar.gz", "bb")];
    let files = files.map(|(name, sha256)| (name.to_owned(), sha256.to_owned()));
    let flow = Verify::new(&index(), "demo", files, RetryPolicy::default()).expect("a simple API");
    let Ok(verification) = drive(flow, script);
    verification
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
    assert!(verify(&script).is_complete());
    assert_eq!(
        script.transcript(),
        [LOOK, "wait", LOOK, "wait", LOOK, "wait", LOOK]
    );
}

#[test]
fn other_content_is_final() {
    let script = Script::new([reply(200, page(&[("a.whl", "00")]))]);
    let verification = verify(&script);
    assert_eq!(verification.different, ["a.whl"]);
    assert_eq!(verification.missing, ["b.tar.gz"]);
    assert_eq!(script.transcript(), [LOOK]);
}

#[test]
fn a_file_that_is_never_listed_is_missing() {
    let script = Script::new((0..5).map(|_| reply(200, page(&[("a.whl", "aa")]))));
    let verification = verify(&script);
    assert_eq!(
        (verification.confirmed, verification.missing),
        (vec!["a.whl".to_owned()], vec!["b.tar.gz".to_owned()])
    );
}

#[test]
fn an_index_without_a_simple_api_cannot_be_asked() {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    assert!(Verify::new(&index, "demo", [], RetryPolicy::default()).is_none());
}
