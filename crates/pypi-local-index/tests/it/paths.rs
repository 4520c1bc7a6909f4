//! Methods, old paths, and the headers of every response.

use pypi_local_index::LocalIndex;
use pypi_metadata::testing::wheel;

use crate::client::{Form, basic, get, multipart, send};

fn index() -> LocalIndex {
    let index = LocalIndex::start().expect("an index");
    let file = wheel("My.Demo", "1.0");
    index
        .add_file(&file.filename, file.bytes)
        .expect("a distribution");
    index
}

const READ: &str = "GET, HEAD, OPTIONS";

#[test]
fn each_path_allows_its_methods() {
    let index = index();
    let provenance = "/integrity/my-demo/1.0/My_Demo-1.0-py3-none-any.whl/provenance";
    let provenance = &provenance.replace("My_Demo", "my_demo");
    for (path, allowed, others) in [
        ("/", READ, &["POST", "PUT", "DELETE", "PATCH"][..]),
        ("/simple/", READ, &["POST", "PUT"]),
        ("/simple/my-demo/", READ, &["POST", "DELETE"]),
        ("/pypi/my-demo/json", READ, &["POST", "PUT"]),
        ("/pypi/my-demo/1.0/json/", READ, &["POST"]),
        ("/pypi/my-demo/", READ, &["POST"]),
        ("/project/my-demo/", READ, &["POST"]),
        ("/rss/updates.xml", READ, &["POST"]),
        ("/legacy/", READ, &["POST", "PUT", "DELETE"]),
        ("/legacy/?:action=other", READ, &["POST"]),
        (
            "/legacy/?:action=file_upload",
            "POST",
            &["GET", "HEAD", "OPTIONS", "PUT"],
        ),
        ("/legacy/?:action=submit", "POST", &["GET", "DELETE"]),
        ("/legacy", "POST", &["GET", "HEAD", "PUT"]),
        ("/pypi?:action=file_upload", "POST", &["GET"]),
        ("/_/oidc/audience", "GET", &["HEAD", "OPTIONS", "POST"]),
        ("/_/oidc/mint-token", "POST", &["GET", "HEAD", "PUT"]),
        ("/_/oidc/burn-token", "POST", &["GET"]),
        (provenance, "GET", &["HEAD", "POST"]),
    ] {
        for method in others {
            let response = send(&index, &format!("{method} {path}"), &[], b"");
            assert_eq!(
                (response.status, response.header("allow")),
                (405, Some(allowed)),
                "{method} {path}"
            );
        }
    }
    // What does not exist allows nothing.
    for path in [
        "/simple/absent/",
        "/pypi/absent/json",
        "/other",
        "/integrity/a/1/b/provenance",
    ] {
        assert_eq!(
            send(&index, &format!("POST {path}"), &[], b"").status,
            404,
            "{path}"
        );
    }
}

#[test]
fn each_kind_of_response_has_its_headers() {
    let index = index();
    let json = "application/vnd.pypi.simple.v1+json";
    for (path, accept, content_type, cache, vary) in [
        (
            "/simple/my-demo/",
            json,
            json,
            Some("max-age=600, public"),
            "Accept, Accept-Encoding",
        ),
        (
            "/simple/absent/",
            json,
            "text/plain; charset=UTF-8",
            None,
            "Accept-Encoding",
        ),
        (
            "/pypi/my-demo/json",
            json,
            "application/json",
            Some("max-age=900, public"),
            "Accept-Encoding",
        ),
        (
            "/pypi/absent/json",
            json,
            "application/json",
            None,
            "Accept-Encoding",
        ),
        (
            "/rss/packages.xml",
            json,
            "text/xml; charset=UTF-8",
            None,
            "Accept-Encoding",
        ),
        (
            "/other",
            json,
            "text/html; charset=UTF-8",
            None,
            "Accept-Encoding",
        ),
    ] {
        let response = get(&index, path, &[("accept", accept)]);
        let header = |name| response.header(name);
        assert_eq!(header("content-type"), Some(content_type), "{path}");
        assert_eq!(header("cache-control"), cache, "{path}");
        assert_eq!(header("vary"), Some(vary), "{path}");
        assert_eq!(header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(
            header("access-control-expose-headers"),
            Some("X-PyPI-Last-Serial"),
            "{path}"
        );
        assert_eq!(header("etag").is_some(), response.status == 200, "{path}");
    }
}

#[test]
fn the_integrity_api_negotiates() {
    let index = index();
    let path = "/integrity/My.Demo/1/my_demo-1.0-py3-none-any.whl/provenance";
    for (accept, status) in [
        (None, 404),
        (Some("*/*"), 404),
        (Some("application/json"), 404),
        (Some("nonsense"), 404),
        (Some("application/vnd.pypi.integrity.v1+json;q=0.1"), 404),
        (Some("text/html"), 406),
        (Some(""), 406),
        (Some("application/json;q=0"), 406),
    ] {
        let headers: Vec<_> = accept
            .map(|accept| ("accept", accept))
            .into_iter()
            .collect();
        let response = get(&index, path, &headers);
        assert_eq!(response.status, status, "{accept:?}");
        assert_eq!(
            response.header("content-type"),
            Some("application/json"),
            "{accept:?}"
        );
    }
}

#[test]
fn a_page_is_compressed_and_sent_in_part() {
    let index = index();
    let path = "/simple/my-demo/";
    let whole = get(&index, path, &[]);
    let zipped = get(&index, path, &[("accept-encoding", "gzip, deflate")]);
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_ne!(zipped.header("etag"), whole.header("etag"));
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(&zipped.body[..]),
        &mut text,
    )
    .expect("gzip");
    assert_eq!(text, whole.text());
    let part = get(&index, path, &[("range", "bytes=2-8")]);
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[2..9]));
    let size = whole.body.len();
    let range = format!("bytes 2-8/{size}");
    assert_eq!(part.header("content-range"), Some(range.as_str()));
    let none = get(&index, path, &[("range", "bytes=999999-")]);
    assert_eq!(
        (none.status, none.reason.as_str()),
        (416, "Requested Range Not Satisfiable")
    );
    let other = [("range", "bytes=2-8"), ("if-range", "\"other\"")];
    assert_eq!(get(&index, path, &other).status, 200);
}

#[test]
fn junk_is_rejected() {
    let index = index();
    for (path, detail) in [
        ("/simple/?a=%ff", "Invalid bytes in query string."),
        ("/%ff", "Invalid bytes in URL."),
        ("/pypi/a%5Cb/", "URL may not contain backslashes"),
        ("/pypi/a%0Ab/", "URL may not contain control characters"),
    ] {
        let response = get(&index, path, &[]);
        assert_eq!(
            (response.status, response.reason.as_str()),
            (400, "Bad Request"),
            "{path}"
        );
        assert!(response.text().contains(detail), "{path}");
    }
    let repeated = send(&index, "POST /legacy", &[], b"a=1&a=2");
    assert!(
        repeated
            .text()
            .contains("POST body may not contain duplicate keys"),
        "{}",
        repeated.text()
    );
}

/// The response to an upload with these values of `Authorization`.
fn with_authorization(index: &LocalIndex, values: &[&str]) -> (u16, String) {
    let multipart = multipart();
    let mut headers = vec![("content-type", multipart.as_str())];
    headers.extend(values.iter().map(|value| ("authorization", *value)));
    let body = Form::of("my-demo", &wheel("my-demo", "1.0")).bytes();
    let response = send(index, "POST /legacy/", &headers, &body);
    (response.status, response.reason)
}

#[test]
fn credentials_are_read_as_warehouse_reads_them() {
    let index = index();
    let token = index.user_token().reveal();
    let whole = basic(token);
    let encoded = &whole[6..];
    for value in [
        format!("bearer {token}"),
        format!("TOKEN {token}"),
        format!("bAsIc  {encoded}"),
        format!(
            "Basic {}",
            encoded.split_at(9).0.to_owned() + "*" + encoded.split_at(9).1
        ),
    ] {
        let status = with_authorization(&index, &[&value]).0;
        assert_ne!(status, 403, "{value}");
    }
    for (value, reason) in [
        (format!("Bearer  {token}"), "Invalid or non-existent"),
        (token.to_owned(), "Invalid or non-existent"),
        (format!("Digest {token}"), "Invalid or non-existent"),
        ("Basic".to_owned(), "Invalid or non-existent"),
        ("Basic x".to_owned(), "Invalid or non-existent"),
        ("Basic X190b2tlbl9f".to_owned(), "Invalid or non-existent"),
        ("Basic eDp5".to_owned(), "Username/Password"),
        ("Basic /zp5".to_owned(), "Username/Password"),
        ("Basic Ong=".to_owned(), "Username/Password"),
    ] {
        let (status, found) = with_authorization(&index, &[&value]);
        assert_eq!(status, 403, "{value}");
        assert!(found.starts_with(reason), "{value}: {found}");
    }
    // Joined, they are a token with a tail, which pymacaroons 0.13 ignores.
    let twice = format!("Bearer {token}");
    assert_ne!(with_authorization(&index, &[&twice, &twice]).0, 403);
    assert_eq!(with_authorization(&index, &["Bearer x", &twice]).0, 403);
}
