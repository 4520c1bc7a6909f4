//! A thousand uploads to the local index, compared with the minimum: hashing the files and writing the same bytes to a sink.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a bench opens its own sockets, and fails by panicking"
)]

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
};

use benches::compare;
use blake2::Blake2b256;
use pypi_local_index::LocalIndex;
use pypi_metadata::testing;
use sha2::{Digest as _, Sha256};

const UPLOADS: usize = 1000;
const ROUNDS: usize = 5;

fn main() {
    let files: Vec<(String, Vec<u8>)> = (0..UPLOADS).map(file).collect();
    let sink = sink();
    compare(
        &format!("{UPLOADS} uploads to the local index"),
        ROUNDS,
        || {
            let index = LocalIndex::start().expect("an index");
            let address =
                SocketAddr::from((Ipv4Addr::LOCALHOST, index.url().port().expect("a port")));
            let mut stream = TcpStream::connect(address).expect("the index listens");
            for (form, bytes) in &files {
                let head = head(
                    index.user_token().reveal(),
                    form.len() + bytes.len() + END.len(),
                );
                let response = exchange(
                    &mut stream,
                    &[head.as_bytes(), form.as_bytes(), bytes, END.as_bytes()],
                );
                assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
            }
            assert_eq!(index.files().len(), UPLOADS);
        },
        ("hash and send", || {
            let mut stream = TcpStream::connect(sink).expect("the sink listens");
            for (form, bytes) in &files {
                let digests = (Sha256::digest(bytes), Blake2b256::digest(bytes));
                let head = head(
                    &format!("{:x?}", digests),
                    form.len() + bytes.len() + END.len(),
                );
                exchange(
                    &mut stream,
                    &[head.as_bytes(), form.as_bytes(), bytes, END.as_bytes()],
                );
            }
        }),
    );
}

const END: &str = "\r\n--b--\r\n";

/// The form of an upload up to its file, and the file.
fn file(number: usize) -> (String, Vec<u8>) {
    let version = format!("1.{number}");
    let wheel = testing::wheel("demo", &version);
    let sha256: String = Sha256::digest(&wheel.bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let pairs = [
        (":action", "file_upload"),
        ("metadata_version", "2.1"),
        ("name", "demo"),
        ("version", &version),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("sha256_digest", &sha256),
    ];
    let fields = pairs.map(|(name, value)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let content = format!(
        "--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n",
        wheel.filename
    );
    (fields.concat() + &content, wheel.bytes)
}

fn head(token: &str, length: usize) -> String {
    format!(
        "POST /legacy/ HTTP/1.1\r\nhost: index\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Sends a request and reads a short response.
fn exchange(stream: &mut TcpStream, parts: &[&[u8]]) -> String {
    stream.write_all(&parts.concat()).expect("sent");
    let mut response = [0; 4096];
    let size = stream.read(&mut response).expect("a response");
    String::from_utf8_lossy(response.get(..size).unwrap_or_default()).into_owned()
}

/// A server that responds at the end of each form.
fn sink() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut buffer = [0; 64 * 1024];
            while let Ok(size @ 1..) = stream.read(&mut buffer) {
                if buffer
                    .get(..size)
                    .is_some_and(|bytes| bytes.ends_with(END.as_bytes()))
                {
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                        .expect("sent");
                }
            }
        }
    });
    address
}
