//! Order and containment of versions, compared with `pep440_rs`, which implements the order but has other rules for containment.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]

use std::{hint::black_box, str::FromStr as _};

use benches::{compare, versions};
use pypi_versioning::{Prereleases, SpecifierSet, Version};

const ROUNDS: usize = 51;
const SETS: [&str; 6] = [
    ">=3.9",
    ">=3.9,<4",
    "~=3.4",
    "!=3.1.*,>=3.0",
    "==5.*",
    ">2.0,!=3.5.1,<=6.4",
];

fn main() {
    let texts = versions(["", "", "rc1", ".post2", ".dev23"]);
    let ours: Vec<Version> = texts
        .iter()
        .map(|text| Version::parse(text).expect("a version"))
        .collect();
    let peers: Vec<pep440_rs::Version> = texts
        .iter()
        .map(|text| pep440_rs::Version::from_str(text).expect("a version"))
        .collect();

    compare(
        "compare 4,999 pairs of versions",
        ROUNDS,
        || {
            let pairs = ours.iter().zip(ours.iter().skip(1));
            black_box(pairs.filter(|(a, b)| a < b).count());
        },
        ("pep440_rs", || {
            let pairs = peers.iter().zip(peers.iter().skip(1));
            black_box(pairs.filter(|(a, b)| a < b).count());
        }),
    );
    let sets = SETS.map(|set| SpecifierSet::parse(set).expect("specifiers"));
    let peer_sets =
        SETS.map(|set| pep440_rs::VersionSpecifiers::from_str(set).expect("specifiers"));
    compare(
        "parse 6 sets of specifiers 1,000 times",
        ROUNDS,
        || {
            for _ in 0..1_000 {
                for set in SETS {
                    drop(black_box(SpecifierSet::parse(set)));
                }
            }
        },
        ("pep440_rs", || {
            for _ in 0..1_000 {
                for set in SETS {
                    drop(black_box(pep440_rs::VersionSpecifiers::from_str(set)));
                }
            }
        }),
    );
    compare(
        "look for 5,000 versions in 6 sets",
        ROUNDS,
        || {
            for set in &sets {
                let found = ours
                    .iter()
                    .filter(|version| set.contains(version, Prereleases::Allow));
                black_box(found.count());
            }
        },
        ("pep440_rs", || {
            for set in &peer_sets {
                black_box(peers.iter().filter(|version| set.contains(version)).count());
            }
        }),
    );
}
