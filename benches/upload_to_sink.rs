//! An upload to a sink, against the least that it can cost.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a bench has its own files, and fails by panicking"
)]

use benches::{compare, floor::Floor, sink::Sink};
use pypi_metadata::testing;
use pypi_trusted_upload::{ApiToken, BlockingClient, Dists, Index, Publisher, Secret};

/// The size of the wheel; large enough that the digests are most of the work.
const MEGABYTES: usize = 128;
const ROUNDS: usize = 7;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("demo-1.0-py3-none-any.whl");
    std::fs::write(&path, wheel()).expect("written");
    let sink = Sink::start(None).expect("a port").address();
    let floor = Floor::new(&sink.to_string(), None).expect("no file to read");
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
        ("hash and send", || {
            floor.publish(vec![path.clone()], 1).expect("sent")
        }),
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
