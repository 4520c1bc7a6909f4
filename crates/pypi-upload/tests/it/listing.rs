//! What an index lists.

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{RetryPolicy, TransportErrorKind, drive};
use pypi_upload::{ErrorKind, Listed, Listing, Lookup};

use crate::sent::{index, page};

fn look_up(script: &Script) -> Result<Listing, ErrorKind> {
    let lookup = Lookup::new(&index(), "demo", RetryPolicy::default()).expect("a simple API");
    drive(lookup, script).map_err(|error| {
        let text = error.to_string();
        assert!(
            text.starts_with("http://127.0.0.1:1/simple/demo/ "),
            "{text}"
        );
        error.kind()
    })
}

#[test]
fn a_file_is_compared_by_its_hash() {
    let script = Script::new([broken(), reply(200, page(&[("a.whl", "AA")]))]);
    let listing = look_up(&script).expect("a listing");
    assert_eq!(listing.compare("a.whl", "aa"), Listed::Same);
    assert_eq!(listing.compare("a.whl", "bb"), Listed::Different("aa"));
    assert_eq!(listing.compare("b.whl", "bb"), Listed::Absent);
    let compare = |files: &str| {
        let page = Listing::parse(format!(r#"{{"files":[{files}]}}"#).as_bytes());
        format!("{:?}", page.expect("a page").compare("a.whl", "aa"))
    };
    let ours = r#"{"filename":"a.whl","hashes":{"sha256":"aa"}}"#;
    let other = r#"{"filename":"a.whl","hashes":{"sha256":"bb"}}"#;
    let unhashed = r#"{"filename":"a.whl","hashes":{}}"#;
    assert_eq!(compare(unhashed), "Unknown");
    assert_eq!(compare(&[ours, ours].join(",")), "Same");
    assert_eq!(compare(&[ours, other].join(",")), r#"Different("bb")"#);
    assert_eq!(compare(&[ours, unhashed].join(",")), "Unknown");
}

#[test]
fn a_project_that_does_not_exist_has_no_files() {
    let listing = look_up(&Script::new([reply(404, "404 Not Found")])).expect("a listing");
    assert_eq!(listing.filenames().count(), 0);
}

#[test]
fn a_relative_url_is_one_of_the_page() {
    let page = r#"{"files":[{"filename":"a.whl","url":"../../files/a.whl","hashes":{}}]}"#;
    let listing = look_up(&Script::new([reply(200, page)])).expect("a listing");
    let url = listing.url("a.whl").map(String::from);
    assert_eq!(url.as_deref(), Some("http://127.0.0.1:1/files/a.whl"));
    assert_eq!(listing.url("b.whl"), None);
}

#[test]
fn a_page_says_what_is_yanked_and_why_a_project_is_archived() {
    let page = r#"{"project-status":{"status":"archived","reason":"moved"},"files":[
        {"filename":"a.whl","hashes":{"sha256":"AA"},"size":7,"yanked":"broken"},
        {"filename":"b.whl","hashes":{},"yanked":true},
        {"filename":"c.whl","hashes":{},"yanked":false},
        {"filename":"d.whl","hashes":{},"yanked":null,"size":null}]}"#;
    let listing = look_up(&Script::new([reply(200, page)])).expect("a listing");
    let names = ["a.whl", "b.whl", "c.whl", "d.whl", "e.whl"];
    let yanked = names.map(|name| listing.yanked(name));
    assert_eq!(yanked, [Some("broken"), Some(""), None, None, None]);
    assert_eq!(
        (listing.size("a.whl"), listing.size("d.whl")),
        (Some(7), None)
    );
    let sha256 = (listing.sha256("a.whl"), listing.sha256("b.whl"));
    assert_eq!(sha256, (Some("aa"), None));
    let status = (listing.status(), listing.status_reason());
    assert_eq!(status, (Some("archived"), Some("moved")));
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
        (
            (0..5).map(|_| broken()).collect(),
            ErrorKind::Transport(TransportErrorKind::Interrupted),
        ),
    ] {
        assert_eq!(look_up(&Script::new(answers)), Err(kind));
    }
}

#[test]
fn a_page_may_be_html() {
    let page = r#"<html><body><a href="/packages/a.whl#sha256=AA" data-yanked="broken">a.whl</a>
        <a href="/packages/b.whl#md5=00">b.whl</a></body></html>"#;
    let listing = look_up(&Script::new([reply(200, page)])).expect("a listing");
    assert_eq!(listing.compare("a.whl", "aa"), Listed::Same);
    assert_eq!(listing.compare("b.whl", "aa"), Listed::Unknown);
    assert_eq!(listing.yanked("a.whl"), Some("broken"));
    let url = listing.url("a.whl").map(String::from);
    assert_eq!(url.as_deref(), Some("http://127.0.0.1:1/packages/a.whl"));
}
