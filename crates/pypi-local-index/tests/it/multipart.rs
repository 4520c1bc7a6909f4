//! The syntax of forms, and what a body costs.

use pypi_local_index::LocalIndex;
use pypi_metadata::testing::wheel;

use crate::client::{Form, basic, connect, send};

/// The status of an upload with this content type, whose body is the usual one, changed by `change`.
fn status(content_type: &str, change: impl FnOnce(String) -> String) -> (u16, String) {
    let index = LocalIndex::start().expect("an index");
    let body = Form::of("demo", &wheel("demo", "1.0")).bytes();
    // Each byte is a character, so that the file survives.
    let text: String = body.iter().map(|byte| char::from(*byte)).collect();
    let body: Vec<u8> = change(text).chars().map(|c| u32::from(c) as u8).collect();
    let authorization = basic(index.user_token().reveal());
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", content_type),
    ];
    let response = send(&index, "POST /legacy/", &headers, &body);
    (response.status, response.reason)
}

const MULTIPART: &str = "multipart/form-data; boundary=0123456789abcdef";

#[test]
fn a_form_is_read_as_leniently_as_warehouse_reads_it() {
    for content_type in [
        "multipart/form-data;boundary=0123456789abcdef",
        "multipart/form-data; boundary=\"0123456789abcdef\"",
        "multipart/form-data; BOUNDARY=0123456789abcdef; charset=UTF8",
    ] {
        assert_eq!(status(content_type, |body| body).0, 200, "{content_type}");
    }
    let changes: [fn(String) -> String; 7] = [
        |body| format!("preamble\r\n{body}"),
        |body| format!("{body}epilogue\r\n--0123456789abcdef\r\n"),
        |body| body.replace("--0123456789abcdef--\r\n", ""),
        |body| body.replace("--0123456789abcdef--\r\n", "--0123456789abcdef"),
        |body| body.replace("--0123456789abcdef\r\n", "--0123456789abcdef \t\r\n"),
        |body| {
            body.replace(
                "--0123456789abcdef\r\nContent-Disposition: form-data; ",
                "--0123456789abcdef\ncontent-disposition:\r\n\tx;",
            )
        },
        |body| format!("--0123456789abcdef\r\n\r\nno headers\r\n{body}"),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        assert_eq!(
            status(MULTIPART, change),
            (200, "OK".to_owned()),
            "change {number}"
        );
    }
}

#[test]
fn a_form_that_warehouse_misunderstands_is_misunderstood() {
    let no_boundary = status("multipart/form-data", |body| body);
    assert_eq!(no_boundary, (400, "Bad Request".to_owned()));
    assert_eq!(
        status("Multipart/Form-Data; boundary=0123456789abcdef", |body| {
            body
        })
        .0,
        405
    );
    assert_eq!(
        status("multipart/form-data; boundary=b; charset=latin-1", |body| {
            body
        })
        .0,
        500
    );
    let starred = |body: String| body.replace("filename=", "filename*=UTF-8''");
    assert_eq!(
        status(MULTIPART, starred),
        (500, "Internal Server Error".to_owned())
    );
    let nameless = |body: String| body.replace("name=\"content\"; ", "");
    assert_eq!(
        status(MULTIPART, nameless),
        (400, "None: Should not be a tuple.".to_owned())
    );
}

/// How many bodies are sent at a time, and their size in bytes.
const BODIES: usize = 6;
const SIZE: usize = 90 * 1024 * 1024;

/// The peak of the memory of this process in bytes.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the kernel knows the peak")]
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kibibytes
        .expect("a peak")
        .trim()
        .parse::<usize>()
        .expect("a number")
        * 1024
}

/// Sends the same body from several clients at a time, in chunks of zeros, and returns their statuses.
#[cfg(target_os = "linux")]
fn send_many(index: &LocalIndex, authorization: &str) -> Vec<String> {
    use std::io::{Read as _, Write as _};

    let part = "--b\r\nContent-Disposition: form-data; name=\":action\"\r\n\r\nfile_upload\r\n\
                --b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"f\"\r\n\r\n";
    let head = format!(
        "POST /legacy/ HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: {authorization}\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n{part}",
        index.url().authority(),
        part.len() + SIZE
    );
    let client = || {
        let mut stream = connect(index).expect("a connection");
        let chunk = [0; 64 * 1024];
        let mut sent = stream.write_all(head.as_bytes());
        for _ in 0..SIZE / chunk.len() {
            sent = sent.and_then(|()| stream.write_all(&chunk));
        }
        let mut response = String::new();
        let _ = stream.read_to_string(&mut response);
        response.lines().next().unwrap_or_default().to_owned()
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..BODIES).map(|_| scope.spawn(client)).collect();
        let statuses = clients
            .into_iter()
            .map(|client| client.join().expect("a client"));
        statuses.collect()
    })
}

/// Runs in a process of its own, because the peak is that of the process.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by the test of the peak"]
fn measured() {
    let index = LocalIndex::start().expect("an index");
    let before = peak();
    for status in send_many(&index, "Basic eDp5") {
        assert!(status.starts_with("HTTP/1.1 403"), "{status}");
    }
    let refused = peak() - before;
    let token = basic(index.user_token().reveal());
    for status in send_many(&index, &token) {
        assert!(status.starts_with("HTTP/1.1 400"), "{status}");
    }
    let rejected = peak() - before;
    println!("peak of {BODIES} bodies: {refused} bytes refused, {rejected} bytes rejected");
    assert!(
        refused < 16 * 1024 * 1024,
        "{refused} bytes without a token"
    );
    assert!(rejected < 32 * 1024 * 1024, "{rejected} bytes with a token");
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::disallowed_methods, reason = "the peak is that of a process")]
fn large_bodies_do_not_cost_memory() {
    let executable = std::env::current_exe().expect("this test");
    let output = std::process::Command::new(executable)
        .args(["--exact", "multipart::measured", "--ignored", "--nocapture"])
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    assert!(
        output.status.success() && text.contains("peak of"),
        "{text}"
    );
}
