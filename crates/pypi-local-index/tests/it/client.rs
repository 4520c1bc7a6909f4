//! A client that sends a single request and returns the whole response.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_local_index::LocalIndex;
use pypi_metadata::testing::TestDistribution;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests are the client")]
pub(crate) fn connect(index: &LocalIndex) -> std::io::Result<TcpStream> {
    let url = index.url();
    TcpStream::connect((url.host_str().expect("a host"), url.port().expect("a port")))
}

pub(crate) fn send(
    index: &LocalIndex,
    request: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    send_or_cut(index, request, headers, body).expect("a response")
}

/// Sends a request. `None` if the connection is closed without a response.
pub(crate) fn send_or_cut(
    index: &LocalIndex,
    request: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Response> {
    let mut head = format!("{request} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n");
    head.push_str(&format!("content-length: {}\r\n", body.len()));
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    exchange(index, &[head.as_bytes(), body].concat())
}

/// Sends the bytes of a whole request. `None` if the connection is closed without a response.
pub(crate) fn exchange(index: &LocalIndex, request: &[u8]) -> Option<Response> {
    let mut stream = connect(index).expect("a connection");
    let mut response = Vec::new();
    // A server that does not want the body may close the connection while it is sent.
    let _ = stream.write_all(request);
    let _ = stream.read_to_end(&mut response);
    let response = response
        .strip_prefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        .unwrap_or(&response);
    (!response.is_empty()).then(|| parse(response))
}

pub(crate) fn get(index: &LocalIndex, path: &str, headers: &[(&str, &str)]) -> Response {
    send(index, &format!("GET {path}"), headers, b"")
}

fn parse(response: &[u8]) -> Response {
    let end = response
        .windows(4)
        .position(|at| at == b"\r\n\r\n")
        .expect("a head");
    // A reason phrase is ISO-8859-1.
    let head: String = response[..end]
        .iter()
        .map(|byte| char::from(*byte))
        .collect();
    let mut lines = head.split("\r\n");
    let mut status = lines.next().expect("a status line").splitn(3, ' ').skip(1);
    let headers = lines.filter_map(|line| line.split_once(": "));
    Response {
        status: status.next().expect("a status").parse().expect("a number"),
        reason: status.next().expect("a reason").to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: response[end + 4..].to_vec(),
    }
}

/// The fields of a form, and its files.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<FilePart>,
}

#[derive(Clone)]
pub(crate) struct FilePart {
    /// The name of the field.
    pub(crate) name: String,
    pub(crate) filename: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Form {
    /// What a client sends for a distribution with version 1.0.
    pub(crate) fn of(name: &str, file: &TestDistribution) -> Self {
        let (filetype, pyversion) = if file.filename.ends_with(".whl") {
            ("bdist_wheel", "py3")
        } else {
            ("sdist", "source")
        };
        let sha256: String = Sha256::digest(&file.bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let fields = [
            (":action", "file_upload"),
            ("protocol_version", "1"),
            ("metadata_version", "2.1"),
            ("name", name),
            ("version", "1.0"),
            ("requires_python", ">=3.8"),
            ("filetype", filetype),
            ("pyversion", pyversion),
            ("sha256_digest", &sha256),
        ];
        Self {
            fields: fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            files: vec![],
        }
        .file(FilePart {
            name: "content".to_owned(),
            filename: file.filename.clone(),
            content_type: "application/octet-stream".to_owned(),
            bytes: file.bytes.clone(),
        })
    }

    pub(crate) fn file(mut self, part: FilePart) -> Self {
        self.files.push(part);
        self
    }

    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The body, with the fields before the files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes_in(&[])
    }

    /// The body, with the parts in the order of these names; those that are not named come last.
    pub(crate) fn bytes_in(&self, order: &[&str]) -> Vec<u8> {
        let fields = self.fields.iter().map(|(name, value)| {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"");
            (name.as_str(), head, value.as_bytes())
        });
        let files = self.files.iter().map(|part| {
            let (name, filename) = (&part.name, &part.filename);
            let disposition = format!("form-data; name=\"{name}\"; filename=\"{filename}\"");
            let content_type = &part.content_type;
            let head =
                format!("Content-Disposition: {disposition}\r\nContent-Type: {content_type}");
            (name.as_str(), head, part.bytes.as_slice())
        });
        let mut parts: Vec<_> = fields.chain(files).collect();
        parts.sort_by_key(|(name, ..)| {
            let place = order.iter().position(|ordered| ordered == name);
            place.unwrap_or(order.len())
        });
        let mut body = Vec::new();
        for (_, head, value) in parts {
            body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        body
    }
}

const BOUNDARY: &str = "0123456789abcdef";

pub(crate) fn multipart() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// The `Authorization` header of an API token.
pub(crate) fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("__token__:{token}")))
}

/// Uploads with an API token, and accepts JSON.
pub(crate) fn upload(index: &LocalIndex, token: &str, form: &Form) -> Response {
    upload_or_cut(index, token, form).expect("a response")
}

/// Uploads with an API token. `None` if the connection is closed without a response.
pub(crate) fn upload_or_cut(index: &LocalIndex, token: &str, form: &Form) -> Option<Response> {
    let (authorization, content_type) = (basic(token), multipart());
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", &content_type),
        ("accept", "application/json"),
    ];
    send_or_cut(index, "POST /legacy/", &headers, &form.bytes())
}
