//! Whether an index serves the bytes of a file.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use pypi_http::testing::{Script, broken, reply};
use pypi_http::{Flow as _, Reply, RetryPolicy, Secret, Step, TransportError, drive};
use pypi_upload::{Credentials, Digests, Download, Index, MAX_PART, Served};

const GET: &str = "GET /files/a.whl";

fn sha256(bytes: &[u8]) -> String {
    let digests = Digests::read(bytes).expect("memory reads");
    digests.sha256().to_owned()
}

/// What is said about a file that should have `bytes`, and what was written.
fn download(script: &Script, bytes: &[u8]) -> (Served, Vec<u8>) {
    download_of(script, bytes, Some(bytes.len() as u64))
}

fn download_of(script: &Script, bytes: &[u8], size: Option<u64>) -> (Served, Vec<u8>) {
    let mut sink = Vec::new();
    let url = "http://127.0.0.1:1/files/a.whl".parse().expect("a URL");
    let flow = Download::new(&url, &sha256(bytes), size, &mut sink)
        .clock(script.clock())
        .timeout(Duration::from_secs(30))
        .retry(RetryPolicy::default().seed(1));
    let Ok(served) = drive(flow, script);
    (served, sink)
}

fn partial(first: usize, bytes: &[u8], total: usize) -> Result<Reply, TransportError> {
    let range = format!("bytes {first}-{}/{total}", first + bytes.len() - 1);
    let headers = HeaderMap::from_iter([(header::CONTENT_RANGE, range.parse().expect("text"))]);
    Ok(Reply::new(
        StatusCode::PARTIAL_CONTENT,
        headers,
        bytes.to_vec(),
    ))
}

fn redirect(location: &str) -> Result<Reply, TransportError> {
    let headers = HeaderMap::from_iter([(header::LOCATION, location.parse().expect("text"))]);
    Ok(Reply::new(StatusCode::FOUND, headers, Vec::new()))
}

#[test]
fn a_large_file_comes_in_parts_and_a_lost_part_again() {
    let bytes: Vec<u8> = (0..2 * MAX_PART + 7).map(|n| (n % 251) as u8).collect();
    let total = bytes.len();
    let script = Script::new([
        partial(0, &bytes[..MAX_PART], total),
        broken(),
        partial(MAX_PART, &bytes[MAX_PART..2 * MAX_PART], total),
        partial(2 * MAX_PART, &bytes[2 * MAX_PART..], total),
    ]);
    assert_eq!(download(&script, &bytes), (Served::Same, bytes));
    assert_eq!(script.transcript(), [GET, GET, "wait", GET, GET]);
}

#[test]
fn an_index_may_send_the_whole_file() {
    let script = Script::new([reply(200, "bytes")]);
    assert_eq!(
        download(&script, b"bytes"),
        (Served::Same, b"bytes".to_vec())
    );
}

#[test]
fn a_file_that_is_not_served_yet_is_asked_for_again() {
    let script = Script::new([reply(404, ""), reply(503, ""), reply(200, "bytes")]);
    assert_eq!(download(&script, b"bytes").0, Served::Same);
    assert_eq!(script.transcript(), [GET, "wait", GET, "wait", GET]);
    let script = Script::new((0..20).map(|_| reply(404, ""))).lenient();
    assert_eq!(download(&script, b"bytes").0, Served::Absent);
    assert!(script.transcript().len() > 7, "half a minute of patience");
}

#[test]
fn other_bytes_are_an_alarm() {
    let script = Script::new([reply(200, "bytez")]);
    let (served, _) = download(&script, b"bytes");
    let text = format!(
        "THE INDEX SERVES OTHER CONTENT: a file with sha256 {}",
        sha256(b"bytez")
    );
    assert_eq!(served.to_string(), text);
    let script = Script::new([partial(0, b"bytes", 9)]);
    let (served, _) = download(&script, b"bytes");
    assert_eq!(
        served.to_string(),
        "THE INDEX SERVES OTHER CONTENT: a file of 9 bytes"
    );
    let script = Script::new([reply(200, "")]);
    assert!(matches!(
        download(&script, b"bytes").0,
        Served::Different { size: 0, .. }
    ));
}

#[test]
fn a_file_of_unknown_size_is_as_long_as_the_index_says() {
    let bytes = vec![7; MAX_PART + 1];
    let script = Script::new([
        partial(0, &bytes[..MAX_PART], bytes.len()),
        partial(MAX_PART, &bytes[MAX_PART..], bytes.len()),
    ]);
    let (served, written) = download_of(&script, &bytes, None);
    assert_eq!((served, written == bytes), (Served::Same, true));
    let script = Script::new([partial(0, b"bytes", 1 << 40)]);
    let (served, _) = download_of(&script, b"bytes", None);
    assert!(matches!(served, Served::Unknown { .. }));
}

#[test]
fn a_redirect_is_followed_to_a_file() {
    let script = Script::new([redirect("/cdn/a.whl?signature=hush"), reply(200, "bytes")]);
    assert_eq!(download(&script, b"bytes").0, Served::Same);
    assert_eq!(script.transcript(), [GET, "GET /cdn/a.whl?signature=hush"]);

    let script = Script::new([redirect("/cdn/a.whl?signature=hush"), reply(403, "")]);
    let why = "not compared: http://127.0.0.1:1/cdn/a.whl replied 403";
    assert_eq!(download(&script, b"bytes").0.to_string(), why);
    for location in ["file:///etc/passwd", "ftp://127.0.0.1/a.whl"] {
        let script = Script::new([redirect(location)]);
        assert!(matches!(
            download(&script, b"bytes").0,
            Served::Unknown { .. }
        ));
    }
    let script = Script::new((0..6).map(|_| redirect("/files/a.whl")));
    let why = "not compared: http://127.0.0.1:1/files/a.whl redirects more than 5 times";
    assert_eq!(download(&script, b"bytes").0.to_string(), why);
}

#[test]
fn another_part_than_the_requested_one_is_not_used() {
    for answer in [partial(1, b"ytes", 5), reply(206, "bytes")] {
        let script = Script::new([answer]);
        assert!(matches!(
            download(&script, b"bytes").0,
            Served::Unknown { .. }
        ));
    }
    let bytes = vec![7; MAX_PART + 1];
    let script = Script::new([
        partial(0, &bytes[..MAX_PART], bytes.len()),
        reply(200, "other"),
    ]);
    assert!(matches!(
        download(&script, &bytes).0,
        Served::Unknown { .. }
    ));
}

#[test]
fn an_index_cannot_make_a_download_endless() {
    let script = Script::new([partial(0, b"bytes", 1 << 40)]);
    let (served, _) = download_of(&script, b"bytes", Some(1 << 40));
    assert!(matches!(served, Served::Unknown { .. }), "a listed size");

    let bytes = vec![7; 200];
    let parts = (0..200).map(|at| partial(at, &bytes[at..=at], 200));
    let script = Script::new(parts).lenient();
    let why = "not compared: http://127.0.0.1:1/files/a.whl replied with parts that are too short";
    assert_eq!(download(&script, &bytes).0.to_string(), why);
    let parts = (0..100).map(|at| partial(at * 2, &bytes[at * 2..at * 2 + 2], 200));
    let script = Script::new(parts);
    assert_eq!(download(&script, &bytes).0, Served::Same, "a few are fine");
}

#[test]
fn a_url_that_an_index_lists_is_one_of_http_without_a_password() {
    let served = |url: &str, script: &Script| {
        let url = url.parse().expect("a URL");
        let flow = Download::new(&url, "00", None, std::io::sink())
            .clock(script.clock())
            .retry(RetryPolicy::never());
        let Ok(served) = drive(flow, script);
        served.to_string()
    };
    let script = Script::new([]);
    let why = "not compared: file:///etc/passwd is not a URL of http or https";
    assert_eq!(served("file:///etc/passwd", &script), why);
    let script = Script::new([redirect("http://user:hush@127.0.0.1:1/b"), reply(403, "")]);
    let why = "not compared: http://127.0.0.1:1/b replied 403";
    assert_eq!(served("http://user:hush@127.0.0.1:1/a", &script), why);
}

#[test]
fn any_timeout_can_be_set() {
    let script = Script::new([reply(404, ""), reply(200, "bytes")]);
    let url = "http://127.0.0.1:1/a".parse().expect("a URL");
    let flow = Download::new(&url, &sha256(b"bytes"), None, std::io::sink())
        .clock(script.clock())
        .timeout(Duration::MAX);
    let Ok(served) = drive(flow, &script);
    assert_eq!(served, Served::Same);
}

/// The `Authorization` header of each request of a download with credentials for the index at `upload`.
fn authorizations(
    file: &str,
    upload: &str,
    replies: Vec<Result<Reply, TransportError>>,
) -> Vec<Option<String>> {
    let index = Index::custom(upload).expect("a URL");
    let credentials = Credentials::basic("me", &Secret::new("hush"));
    let url = file.parse().expect("a URL");
    let mut flow = Download::new(&url, &sha256(b"bytes"), Some(5), std::io::sink())
        .credentials(&credentials, &index)
        .retry(RetryPolicy::never());
    let mut sent = Vec::new();
    for reply in replies {
        let Ok(Step::Send(request)) = flow.step() else {
            break;
        };
        let header = request.headers().get(header::AUTHORIZATION);
        assert!(header.is_none_or(http::HeaderValue::is_sensitive));
        sent.push(header.map(|value| value.to_str().expect("text").to_owned()));
        flow.received(reply);
    }
    assert!(!format!("{flow:?}").contains("hush"));
    let Ok(_) = flow.step();
    sent
}

#[test]
fn credentials_stay_at_their_origin() {
    let ours = Some("Basic bWU6aHVzaA==".to_owned());
    let ok = || reply(200, "bytes");
    let upload = "https://index.example/legacy/";
    let file = "https://index.example/files/a.whl";
    let sent = authorizations(file, upload, vec![ok(), ok()]);
    assert_eq!(sent, std::slice::from_ref(&ours));
    for elsewhere in [
        "https://files.example/a.whl",
        "https://index.example:8443/a.whl",
        "https://sub.index.example/a.whl",
        "http://index.example/a.whl",
    ] {
        assert_eq!(
            authorizations(elsewhere, upload, vec![ok()]),
            [None],
            "{elsewhere}"
        );
    }
    for target in ["https://files.example/a.whl", "https://index.example/b.whl"] {
        let replies = vec![redirect(target), ok()];
        assert_eq!(
            authorizations(file, upload, replies),
            [ours.clone(), None],
            "{target}"
        );
    }
    let insecure = authorizations(
        "http://index.example/a",
        "http://index.example/",
        vec![ok()],
    );
    assert_eq!(insecure, [], "nothing is sent without https");
}
