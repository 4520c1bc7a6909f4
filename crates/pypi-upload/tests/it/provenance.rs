//! The provenance of a file.

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{RetryPolicy, TransportError, TransportErrorKind, drive};
use pypi_upload::{ErrorKind, Listing, Lookup, ProvenanceLookup};

use crate::sent::index;

const URL: &str = "http://127.0.0.1:1/integrity/demo/1.0/a.whl/provenance";

fn look_up(script: &Script, url: &str) -> Result<Option<Vec<u8>>, ErrorKind> {
    let policy = RetryPolicy::default().attempts(3);
    let lookup = ProvenanceLookup::new(&url.parse().expect("a URL"), policy);
    drive(lookup, script).map_err(|error| {
        assert!(error.to_string().starts_with(URL), "{error}");
        error.kind()
    })
}

/// The page that a lookup fetches.
fn page(provenance: &str) -> Listing {
    let file = format!(r#"{{"filename":"a.whl","hashes":{{}},"provenance":{provenance}}}"#);
    let script = Script::new([reply(200, format!(r#"{{"files":[{file}]}}"#))]);
    let lookup = Lookup::new(&index(), "demo", RetryPolicy::never()).expect("a simple API");
    drive(lookup, &script).expect("a page")
}

#[test]
fn an_object_is_fetched_again_after_a_failure() {
    let script = Script::new([broken(), reply(503, "busy"), reply(200, "{}")]);
    assert_eq!(look_up(&script, URL), Ok(Some(b"{}".to_vec())));
    let get = "GET /integrity/demo/1.0/a.whl/provenance";
    assert_eq!(script.transcript(), [get, "wait", get, "wait", get]);
}

#[test]
fn no_object_is_told_apart_from_no_answer() {
    let result = |replies: Vec<_>| look_up(&Script::new(replies), URL);
    assert_eq!(result(vec![reply(404, "")]), Ok(None));
    assert_eq!(result(vec![reply(403, "")]), Err(ErrorKind::Disabled));
    assert_eq!(result(vec![reply(406, "")]), Err(ErrorKind::Status(406)));
    assert_eq!(result(vec![reply(302, "")]), Err(ErrorKind::Status(302)));
    let broken = ErrorKind::Transport(TransportErrorKind::Interrupted);
    assert_eq!(
        result((0..3).map(|_| self::broken()).collect()),
        Err(broken)
    );
}

#[test]
fn an_object_that_is_too_long_is_fetched_once() {
    let too_long = Err(TransportError::new(TransportErrorKind::TooLong));
    let script = Script::new([too_long]);
    let kind = ErrorKind::Transport(TransportErrorKind::TooLong);
    assert_eq!(look_up(&script, URL), Err(kind));
    let get = "GET /integrity/demo/1.0/a.whl/provenance";
    assert_eq!(script.transcript(), [get]);
}

#[test]
fn credentials_in_the_url_of_a_page_are_not_used() {
    let script = Script::new([reply(406, "")]).secrets(["hunter2"]);
    let url = URL.replace("127", "me:hunter2@127");
    assert_eq!(look_up(&script, &url), Err(ErrorKind::Status(406)));
}

#[test]
fn a_page_gives_the_url() {
    let url = |provenance: &str| page(provenance).provenance_url("a.whl");
    let path = r#""/integrity/demo/1.0/a.whl/provenance""#;
    assert_eq!(url(path).map(String::from).as_deref(), Some(URL));
    assert_eq!(url("null"), None);
    assert_eq!(url(r#""ftp://index.example/a""#), None);
    assert_eq!(page(path).provenance_url("b.whl"), None);
}
