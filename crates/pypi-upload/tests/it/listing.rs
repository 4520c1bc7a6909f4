//! What an index lists.

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{RetryPolicy, drive};
use pypi_upload::{ErrorKind, Listed, Listing, Lookup};

use crate::sent::{index, page};

fn look_up(script: &Script) -> Result<Listing, ErrorKind> {
    let lookup = Lookup::new(&index(), "demo", RetryPolicy::default()).expect("a simple API");
    drive(lookup, script).map_err(|error| {
        let text = error.to_string();
        assert!(text.contains("the project page"), "{text}");
        error.kind()
    })
}

#[test]
fn a_file_is_compared_by_its_hash() {
    let script = Script::new([broken(), reply(200, page(&[("a.whl", "AA")]))]);
    let listing = look_up(&script).expect("a listing");
    assert_eq!(listing.compare("a.whl", "aa"), Listed::Same);
    assert_eq!(listing.compare("a.whl", "bb"), Listed::Different);
    assert_eq!(listing.compare("b.whl", "bb"), Listed::Absent);
    let unhashed = Listing::parse(br#"{"files":[{"filename":"a.whl","hashes":{}}]}"#);
    assert_eq!(
        unhashed.expect("a page").compare("a.whl", "aa"),
        Listed::Unknown
    );
}

#[test]
fn a_project_that_does_not_exist_has_no_files() {
    assert_eq!(
        look_up(&Script::new([reply(404, "404 Not Found")])),
        Ok(Listing::default())
    );
}

#[test]
fn every_other_reply_has_a_kind() {
    for (answers, kind) in [
        (vec![reply(200, "<html>")], ErrorKind::Malformed),
        (vec![reply(403, "")], ErrorKind::Status(403)),
        (
            (0..5).map(|_| reply(502, "")).collect(),
            ErrorKind::Status(502),
        ),
        ((0..5).map(|_| broken()).collect(), ErrorKind::Transport),
    ] {
        assert_eq!(look_up(&Script::new(answers)), Err(kind));
    }
}
