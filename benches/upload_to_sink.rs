//! An upload to a server that takes everything, against the floor: both digests, each on a thread of its own, then
//! the bytes.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a bench has its own sockets and files, and fails by panicking"
)]

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    thread,
};

use benches::compare;
use blake2::Blake2b256;
use pypi_metadata::testing;
use pypi_trusted_upload::{ApiToken, BlockingClient, Dists, Index, Publisher, Secret};
use sha2::{Digest, Sha256};

/// The size of the wheel; large enough that the digests are most of the work.
const MEGABYTES: usize = 128;
const ROUNDS: usize = 7;
const CHUNK: usize = 256 * 1024;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("demo-1.0-py3-none-any.whl");
    std::fs::write(&path, wheel()).expect("written");
    let sink = sink();
    let index = Index::custom(&format!("http://{sink}/legacy/")).expect("a URL");
    let publisher = Publisher::index(index).token(&ApiToken::new(Secret::new("pypi-x")));
    let transport = BlockingClient::new().expect("a client");
    compare(
        &format!("publish a wheel of {MEGABYTES} MB"),
        ROUNDS,
        || {
            let report = publisher
                .publish(Dists::read([&path]), &transport)
                .expect("published");
            assert!(report.is_success(), "{}", report.to_json());
        },
        ("hash and send", || floor(&path, sink)),
    );
}

/// A wheel that does not compress.
fn wheel() -> Vec<u8> {
    let mut state = 1_u64;
    let noise: String = (0..MEGABYTES * 1_000_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from((state >> 57) as u8)
        })
        .collect();
    testing::zip(&[
        ("noise.txt".to_owned(), noise),
        (
            "demo-1.0.dist-info/METADATA".to_owned(),
            testing::metadata("demo", "1.0"),
        ),
    ])
}

fn floor(path: &Path, sink: SocketAddr) {
    let (sha256, blake2b) = thread::scope(|scope| {
        let blake2b = scope.spawn(|| digest::<Blake2b256>(path));
        (digest::<Sha256>(path), blake2b.join().expect("it ends"))
    });
    let length = std::fs::metadata(path).expect("a file").len();
    let mut stream = TcpStream::connect(sink).expect("the sink listens");
    write!(
        stream,
        "POST / HTTP/1.1\r\nx-digests: {sha256:x?} {blake2b:x?}\r\ncontent-length: {length}\r\n\r\n"
    )
    .expect("sent");
    each_chunk(&mut File::open(path).expect("a file"), |chunk| {
        stream.write_all(chunk).expect("sent")
    });
    let mut answer = String::new();
    BufReader::new(stream)
        .read_line(&mut answer)
        .expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn digest<D: Digest>(path: &Path) -> Vec<u8> {
    let mut digest = D::new();
    each_chunk(&mut File::open(path).expect("a file"), |chunk| {
        digest.update(chunk)
    });
    digest.finalize().to_vec()
}

fn each_chunk(file: &mut File, mut take: impl FnMut(&[u8])) {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = file.read(&mut chunk).expect("it reads");
        if count == 0 {
            return;
        }
        take(chunk.get(..count).unwrap_or_default());
    }
}

/// A server that reads every request to its end and answers 200.
fn sink() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || swallow(stream));
        }
    });
    address
}

fn swallow(mut stream: TcpStream) {
    let mut reader = BufReader::with_capacity(CHUNK, stream.try_clone().expect("a socket"));
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            if line.is_empty() {
                break;
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).expect("a body");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .expect("an answer");
    }
}
