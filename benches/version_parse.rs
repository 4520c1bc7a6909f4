//! Parsing, printing and sorting of versions, compared with `pep440_rs`, which does most of the work.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]

use std::{hint::black_box, str::FromStr as _};

use benches::{compare, versions};
use pypi_versioning::Version;

const ROUNDS: usize = 51;

fn main() {
    let texts = versions(["", "rc1", ".post2", ".dev23", "a1.dev4+g1a2b3c4d5"]);
    let parse = |text: &String| Version::parse(text).expect("a version");
    let parse_peer = |text: &String| pep440_rs::Version::from_str(text).expect("a version");
    compare(
        "parse 5,000 versions",
        ROUNDS,
        || texts.iter().for_each(|text| drop(black_box(parse(text)))),
        ("pep440_rs", || {
            texts
                .iter()
                .for_each(|text| drop(black_box(parse_peer(text))))
        }),
    );
    let ours: Vec<Version> = texts.iter().map(parse).collect();
    let peers: Vec<pep440_rs::Version> = texts.iter().map(parse_peer).collect();
    compare(
        "print 5,000 versions",
        ROUNDS,
        || {
            ours.iter()
                .for_each(|version| drop(black_box(version.to_string())))
        },
        ("pep440_rs", || {
            peers
                .iter()
                .for_each(|version| drop(black_box(version.to_string())))
        }),
    );
    compare(
        "sort 5,000 versions",
        ROUNDS,
        || black_box(ours.clone()).sort(),
        ("pep440_rs", || black_box(peers.clone()).sort()),
    );
}
