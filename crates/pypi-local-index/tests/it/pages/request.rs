//! A request.

use pypi_local_index::{Fault, LocalIndex, Route};
use pypi_metadata::testing::wheel;

use super::{assert_has, burn, job, minted, page};
use crate::client::{Form, basic, multipart, send, send_or_cut, upload};

#[test]
fn a_request_has_a_page_without_secrets() {
    let index = LocalIndex::start().expect("an index");
    let secret = index.user_token().reveal().to_owned();
    let (authorization, content_type) = (basic(&secret), multipart());
    let form = Form::of("demo", &wheel("demo", "1.0"))
        .field("license_files", "LICENSE")
        .field("description", &"<p>long</p>\n".repeat(1000))
        .field("classifiers", "Nope")
        .field("password", "hidden-5");
    let long = format!("pypi-{}", "Ab_-".repeat(20));
    let form = form.field("comment", &format!("see {long}"));
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", &content_type),
        ("cookie", "session=hidden-1"),
        ("x-api-key", "hidden-2"),
        ("job-token", "hidden-3"),
        ("proxy-authorization", "Basic hidden-4"),
        ("x-note", &format!("my {long}!")),
        ("user-agent", "<u>uploader</u>"),
    ];
    let request = format!("POST /legacy/?t={long}&x=%3Cb%3E");
    let bytes = form.bytes_in(&["version", "content"]);
    assert_eq!(send(&index, &request, &headers, &bytes).status, 400);
    let proxied = "GET http://me:hidden-6@localhost/simple/";
    assert_eq!(send(&index, proxied, &[], b"").status, 200);

    let page = page(&index, "/log/requests/1");
    assert_has(
        &page,
        &[
            "400 Bad Request",
            "<code>classifier-unknown</code>",
            "<code>Basic [redacted]</code>",
            "my pypi-[redacted]!",
            "/legacy/?t=pypi-[redacted]&amp;x=%3Cb%3E",
            "&lt;u&gt;uploader&lt;/u&gt;",
            "demo-1.0-py3-none-any.whl",
            "says nothing: license_files, password.",
            "Not read by PyPI",
            "&lt;p&gt;long&lt;/p&gt;",
            "more bytes",
        ],
    );
    let order: Vec<Option<usize>> = [
        ">version</th>",
        ">content</th>",
        ">:action</th>",
        ">license_files</th>",
    ]
    .iter()
    .map(|name| page.find(name))
    .collect();
    assert!(order.is_sorted() && order[0].is_some(), "{order:?}");
    for hidden in [
        secret.as_str(),
        &authorization,
        &long,
        "hidden-1",
        "hidden-2",
        "hidden-3",
        "hidden-4",
        "hidden-5",
        "hidden-6",
    ] {
        assert!(!page.contains(hidden), "{hidden} is in {page}");
        assert!(
            !format!("{:?}", index.requests()).contains(hidden),
            "{hidden}"
        );
    }
}

#[test]
fn requests_with_the_same_token_are_known_without_it() {
    let index = LocalIndex::builder()
        .project("demo")
        .publisher("demo", job().publisher())
        .start()
        .expect("an index");
    let token = minted(&index);
    upload(&index, &token, &Form::of("demo", &wheel("demo", "1.0")));
    burn(&index, &token);
    let password = send(
        &index,
        "POST /legacy/?:action=file_upload",
        &[("authorization", "Basic YWxpY2U6c2VjcmV0")],
        b"",
    );
    assert_eq!(password.status, 403);
    let requests = index.requests();
    let tokens: Vec<Option<&str>> = requests
        .iter()
        .map(|request| request.token.as_deref())
        .collect();
    let [Some(id_token), Some(uploaded), Some(burned), None] = tokens[..] else {
        panic!("{tokens:?}");
    };
    assert!(uploaded == burned && id_token != uploaded && uploaded.len() == 8);
    let numbers: Vec<u64> = requests.iter().map(|request| request.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert!(requests.is_sorted_by_key(|request| request.started));
    assert!(requests.iter().all(|request| !request.duration.is_zero()));
}

#[test]
fn a_request_without_a_response_has_a_page() {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(Fault::on(Route::Upload).nth(1).lose_response());
    let (authorization, content_type) = (basic(index.user_token().reveal()), multipart());
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", &content_type),
    ];
    let form = Form::of("demo", &wheel("demo", "1.0"));
    assert!(send_or_cut(&index, "POST /legacy/", &headers, &form.bytes()).is_none());
    for path in [
        "/log/requests/1",
        "/log",
        "/log?status=none",
        "/log?refused=on",
    ] {
        let page = page(&index, path);
        assert_has(
            &page,
            &[
                "No response</span>",
                "The connection was closed without a response.",
            ],
        );
        assert!(!page.contains("Internal Server Error"), "{page}");
    }
}
