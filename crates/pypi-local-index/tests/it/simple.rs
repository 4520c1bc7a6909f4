//! The simple API.

use pypi_local_index::{Clock, LocalIndex};
use pypi_metadata::testing::wheel;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::client::{Form, get, send, upload};

const JSON: (&str, &str) = ("accept", "application/vnd.pypi.simple.v1+json");

fn index() -> LocalIndex {
    let clock = Clock::fixed(1_760_000_000);
    let index = LocalIndex::builder()
        .project("empty")
        .clock(clock)
        .start()
        .expect("an index");
    let response = upload(
        &index,
        index.user_token().reveal(),
        &Form::of("My.Demo", &wheel("My.Demo", "1.0")),
    );
    assert_eq!(response.status, 200, "{}", response.reason);
    index
}

#[test]
fn the_json_of_a_project() {
    let index = index();
    let page = get(&index, "/simple/my-demo/", &[JSON]);
    assert_eq!(page.header("content-type"), Some(JSON.1));
    assert_eq!(page.header("vary"), Some("Accept, Accept-Encoding"));
    let file = &index.files()[0];
    let (b2, filename) = (&file.blake2b_256, &file.filename);
    let url = format!(
        "{}files/{}/{}/{}/{filename}",
        index.url(),
        &b2[..2],
        &b2[2..4],
        &b2[4..]
    );
    let path = url
        .strip_prefix(&index.url()[..url::Position::BeforePath])
        .expect("our address");
    let metadata = get(&index, &format!("{path}.metadata"), &[]).body;
    assert_eq!(
        metadata,
        pypi_metadata::testing::metadata("My.Demo", "1.0").into_bytes()
    );
    let metadata: String = Sha256::digest(&metadata)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        page.json(),
        json!({
            "meta": {"api-version": "1.4", "_last-serial": 6},
            "name": "my-demo",
            "project-status": {"status": "active"},
            "versions": ["1.0"],
            "files": [{
                "filename": filename,
                "url": url,
                "hashes": {"sha256": file.sha256},
                "requires-python": ">=3.8",
                "size": file.size,
                "upload-time": "2025-10-09T08:53:20.000000Z",
                "yanked": false,
                "core-metadata": {"sha256": metadata},
                "data-dist-info-metadata": {"sha256": metadata},
                "provenance": null,
            }],
        })
    );
}

#[test]
fn html_is_the_default_and_escapes() {
    let index = index();
    for headers in [&[][..], &[("accept", "*/*")], &[("accept", "image/png")]] {
        let page = get(&index, "/simple/my-demo/", headers);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=UTF-8")
        );
        let text = page.text();
        assert!(
            text.contains(" data-requires-python=\"&gt;=3.8\" data-dist-info-metadata=\"sha256=")
                && text.contains(">my_demo-1.0-py3-none-any.whl</a>"),
            "{text}"
        );
        assert!(
            text.contains(&format!("#sha256={}", index.files()[0].sha256)),
            "{text}"
        );
    }
    assert!(
        get(&index, "/simple/", &[])
            .text()
            .contains("<a href=\"/simple/my-demo/\">My.Demo</a>")
    );
}

#[test]
fn a_known_page_is_not_sent_again() {
    let index = index();
    let etag = |headers| {
        get(&index, "/simple/my-demo/", headers)
            .header("etag")
            .map(str::to_owned)
    };
    let (html, json) = (etag(&[]).expect("an ETag"), etag(&[JSON]).expect("an ETag"));
    assert_ne!(html, json);
    let known = get(
        &index,
        "/simple/my-demo/",
        &[JSON, ("if-none-match", &json)],
    );
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(
        get(
            &index,
            "/simple/my-demo/",
            &[JSON, ("if-none-match", &html)]
        )
        .status,
        200
    );
}

#[test]
fn other_spellings_of_a_path_redirect() {
    let index = index();
    for (path, location) in [
        ("/simple/My.Demo/", "/simple/my-demo/"),
        ("/simple/my-demo", "/simple/my-demo/"),
        ("/simple/my__demo?a=b;c", "/simple/my__demo/?a=b;c"),
        ("/simple/my__demo/?a=b;c", "/simple/my-demo/?a=b&c="),
        ("/pypi/My.Demo", "/pypi/My.Demo/"),
        ("/pypi/My.Demo/", "/project/My.Demo/"),
        ("/pypi", "/pypi/"),
        (
            "/pypi?:action=display&name=my-demo&version=1.0",
            "/project/my-demo/1.0/",
        ),
        ("/packages/00/11/x", "/files/00/11/x"),
    ] {
        let response = get(&index, path, &[]);
        let absolute = format!("{}{}", index.url(), &location[1..]);
        assert_eq!(
            (response.status, response.header("location")),
            (301, Some(absolute.as_str())),
            "{path}"
        );
    }
    for path in [
        "/simple/absent/",
        "/simple/Absent/",
        "/simple/-/",
        "/simple/my-demo/x/",
        "/files/",
        "/files/00/00/x/y",
        "/other",
    ] {
        assert_eq!(get(&index, path, &[]).status, 404, "{path}");
    }
}

#[test]
fn a_project_without_files_has_a_page() {
    let page = get(&index(), "/simple/empty/", &[JSON]).json();
    assert_eq!(
        (&page["files"], &page["versions"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn head_has_the_length_of_the_file() {
    let index = index();
    let page = get(&index, "/simple/my-demo/", &[JSON]).json();
    let url = page["files"][0]["url"].as_str().expect("a link").to_owned();
    let path = url.strip_prefix(index.url().as_str()).expect("our address");
    let head = send(&index, &format!("HEAD /{path}"), &[], b"");
    let size = index.files()[0].size.to_string();
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some(size.as_str()))
    );
    assert!(head.body.is_empty());
}
