//! Reads, and other requests without a body.

use std::io::{Cursor, Read as _};

use pypi_local_index::LocalIndex;
use pypi_metadata::Field;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use crate::client::{FilePart, Form, Response, exchange, upload};

const WHEEL: &[u8] =
    include_bytes!("../../../pypi-release/tests/dist/upload_demo-1.0.0-py3-none-any.whl");
const SDIST: &[u8] = include_bytes!("../../../pypi-release/tests/dist/upload_demo-1.0.0.tar.gz");

/// Sends the request of the case, in the state with `upload-demo` 1.0.0.
pub(crate) fn ask(index: &LocalIndex, case: &Value) -> Option<Response> {
    if index
        .files()
        .iter()
        .all(|file| file.project != "upload-demo")
    {
        upload_demo(index);
    }
    let known = case["request_headers"].as_array();
    let pairs = known.into_iter().flatten().map(|pair| {
        let text = |at: usize| pair[at].as_str().expect("text").to_owned();
        (text(0), text(1))
    });
    let mut headers: Vec<(String, String)> = pairs.collect();
    for at in 0..headers.len() {
        if headers[at].1.contains("<its etag>") {
            let others: Vec<_> = headers
                .iter()
                .filter(|(_, value)| !value.contains('<'))
                .cloned()
                .collect();
            let first = send(index, case, &others)?;
            let etag = first.header("etag").expect("an ETag").to_owned();
            headers[at].1 = headers[at].1.replace("<its etag>", &etag);
        }
    }
    send(index, case, &headers)
}

fn send(index: &LocalIndex, case: &Value, headers: &[(String, String)]) -> Option<Response> {
    let (method, path) = (case["method"].as_str()?, case["path"].as_str()?);
    let root = index.url();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        root.authority()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = case["request_body"].as_str().unwrap_or_default();
    if !matches!(method, "GET" | "HEAD" | "OPTIONS") || !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    exchange(index, format!("{head}\r\n{body}").as_bytes())
}

/// Uploads the test distributions of `pypi-release`.
fn upload_demo(index: &LocalIndex) {
    let token = index.token("alice").expect("a token");
    let metadata = metadata();
    let (head, description) = metadata.split_once("\n\n").expect("a description");
    for (filename, bytes) in [
        ("upload_demo-1.0.0-py3-none-any.whl", WHEEL),
        ("upload_demo-1.0.0.tar.gz", SDIST),
    ] {
        let is_wheel = filename.ends_with(".whl");
        let mut form = Form {
            fields: vec![],
            files: vec![],
        }
        .field(":action", "file_upload")
        .field("filetype", if is_wheel { "bdist_wheel" } else { "sdist" })
        .field("pyversion", if is_wheel { "py3" } else { "source" })
        .field("sha256_digest", &sha256(bytes))
        .field("description", description);
        for line in head.lines() {
            let (name, value) = line.split_once(": ").expect("a field");
            let field = Field::from_header(name).expect("a known field");
            form = form.field(field.form_key(), value);
        }
        let form = form.file(FilePart {
            name: "content".to_owned(),
            filename: filename.to_owned(),
            content_type: "application/octet-stream".to_owned(),
            bytes: bytes.to_vec(),
        });
        let response = upload(index, token.reveal(), &form);
        assert_eq!(response.status, 200, "{}", response.reason);
    }
}

fn metadata() -> String {
    let mut archive = ZipArchive::new(Cursor::new(WHEEL)).expect("a wheel");
    let mut member = archive
        .by_name("upload_demo-1.0.0.dist-info/METADATA")
        .expect("METADATA");
    let mut text = String::new();
    member.read_to_string(&mut text).expect("text");
    text
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
