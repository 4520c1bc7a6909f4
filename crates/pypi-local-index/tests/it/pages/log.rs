//! The live log.

use std::io::{BufRead as _, BufReader, Write as _};

use pypi_local_index::{Identity, LocalIndex};
use pypi_metadata::testing::{sdist, wheel};
use serde_json::json;

use super::{assert_has, burn, job, page};
use crate::client::{Form, basic, connect, get, multipart, send, upload};
use crate::trusted::mint;

#[test]
fn a_publication_is_one_group_of_the_log() {
    let index = LocalIndex::builder()
        .project("demo")
        .publisher("demo", job().publisher())
        .start()
        .expect("an index");
    let agent = [("user-agent", "uploader/1.0 <x>")];
    get(&index, "/simple/demo/", &agent);
    get(&index, "/_/oidc/audience", &agent);
    // The library that gets ID tokens has another name; that it is not authorized does not matter here.
    get(&index, "/runner/github/token", &[("user-agent", "id/1.6")]);
    let id_token = index.id_token(job(), "pypi").expect("an ID token");
    let body = json!({"token": id_token.reveal()}).to_string();
    let minted =
        send(&index, "POST /_/oidc/mint-token", &agent, body.as_bytes()).json()["token"].clone();
    let token = minted.as_str().expect("a token");
    assert_eq!(
        upload(&index, token, &Form::of("demo", &wheel("demo", "1.0"))).status,
        200
    );
    let refused = Form::of("demo", &sdist("demo", "1.0")).field("classifiers", "<b>Nope</b>");
    assert_eq!(upload(&index, token, &refused).status, 400);
    assert_eq!(burn(&index, token).status, 202);
    // Another client.
    get(
        &index,
        "/simple/demo/",
        &[("user-agent", "pip/26.3 {\"ci\":true}")],
    );

    let log = page(&index, "/log");
    assert_has(
        &log,
        &[
            "1 publication, 8 requests, 2 refused",
            "demo 1.0 <span class=\"badge warning\">Partly published</span>",
            "octo-org/demo, release.yml, environment pypi</a>",
            "uploader/1.0 &lt;x&gt;",
            "7 requests in ",
            "Reading demo",
            "pip/26.3 · <time",
            "'&lt;b&gt;Nope&lt;/b&gt;' is not a valid classifier",
            "<code>classifier-unknown</code> – a classifier is not",
            "core-metadata/#classifier\" rel=\"noreferrer\">About this rule",
            "<svg class=\"bar bad\"",
        ],
    );
    let publication = log.rsplit("<section").next().expect("a group");
    let steps: Vec<&str> = [
        "Lookup", "Audience", "ID token", "Mint", "Upload", "Upload", "Burn",
    ]
    .to_vec();
    let names: Vec<&str> = publication
        .split("<strong>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</strong>"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, steps);
    assert!(!log.contains(token) && !log.contains(id_token.reveal()));

    for (query, count) in [
        ("refused=on", "2 requests, 2 refused"),
        ("status=4xx", "2 requests, 2 refused"),
        ("status=2xx&route=upload", "1 request, 0 refused"),
        ("route=lookup", "2 requests, 0 refused"),
        ("project=demo", "8 requests, 2 refused"),
        ("project=other", "0 requests, 0 refused"),
        ("status=none", "0 requests, 0 refused"),
        ("status=%3Cscript%3E&route=x", "8 requests, 2 refused"),
    ] {
        assert_has(&page(&index, &format!("/log?{query}")), &[count]);
    }
    let filtered = page(&index, "/log?project=%22%3E%3Cscript%3E");
    assert_has(
        &filtered,
        &["No request passes this filter.", "&quot;&gt;&lt;script&gt;"],
    );
}

#[test]
fn publications_that_follow_each_other_are_separate() {
    let index = LocalIndex::builder()
        .project("demo")
        .publisher("demo", job().publisher())
        .start()
        .expect("an index");
    let wrong = Identity::github("octo-org/demo", "release.yml").environment("staging");
    for job in [wrong, job(), job()] {
        get(&index, "/simple/demo/", &[]);
        get(&index, "/_/oidc/audience", &[]);
        let id_token = index.id_token(job, "pypi").expect("an ID token");
        mint(&index, id_token.reveal());
    }
    // A token of an account is used by more than one client.
    let token = basic(index.user_token().reveal());
    let content_type = multipart();
    for agent in ["a/1", "b/1", "a/1"] {
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", &content_type),
            ("user-agent", agent),
        ];
        let form = Form::of("demo", &wheel("demo", "1.0"));
        assert_eq!(
            send(&index, "POST /legacy/", &headers, &form.bytes()).status,
            200
        );
    }
    let log = page(&index, "/log");
    assert_has(
        &log,
        &[
            "5 publications, 12 requests, 1 refused",
            "ID token refused</a>",
        ],
    );
}

/// A log that is full of requests by a client with one token: work and size are bounded.
#[test]
fn a_long_log_shows_the_newest_requests() {
    let index = LocalIndex::start().expect("an index");
    let token = basic(index.user_token().reveal());
    let content_type = multipart();
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", &content_type),
    ];
    for number in 0..300 {
        let form = Form::of(&format!("demo-{number}"), &wheel("demo", "1.0"));
        assert_eq!(
            send(&index, "POST /legacy/", &headers, &form.bytes()).status,
            400
        );
    }
    let log = page(&index, "/log");
    assert_has(
        &log,
        &[
            "demo-99 1.0 and 299 more",
            "300 requests in ",
            ", 200 shown",
            "id=\"request-300\"",
            "id=\"request-101\"",
        ],
    );
    assert!(!log.contains("id=\"request-100\""));
    let request = page(&index, "/log/requests/150");
    assert_has(&request, &["/log/requests/138\"", "/log/requests/162\""]);
    assert!(!request.contains("/log/requests/137\"") && !request.contains("/log/requests/163\""));
}

#[test]
fn the_log_announces_new_requests() {
    let index = LocalIndex::start().expect("an index");
    let mut stream = connect(&index).expect("a connection");
    stream
        .write_all(b"GET /log/events HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .expect("a request");
    let mut lines = BufReader::new(stream)
        .lines()
        .map(|line| line.expect("a line"));
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(
        head.contains(&"content-type: text/event-stream".to_owned()),
        "{head:?}"
    );
    let mut data = lines.filter(|line| line.starts_with("data: "));
    assert_eq!(data.next().as_deref(), Some("data: 0"));
    // A page is not announced: a browser would load the log for ever.
    get(&index, "/", &[]);
    get(&index, "/simple/", &[]);
    assert_eq!(data.next().as_deref(), Some("data: 2"));
}
