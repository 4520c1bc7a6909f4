//! Versions against setuptools-scm 10.3.4 with `version_scheme = "guess-next-dev"` on 2024-06-15, with
//! base `0.0`.

use pypi_versioning::{CommitId, Facts, LocalScheme, Settings, Tag, Timestamp, Version, describe};

/// Noon of 2024-06-15.
const NOW: u64 = 1_718_452_800;

/// Tag (or empty), distance, commit (or empty), dirty; then the version with `node-and-date`,
/// `dirty-tag` and `no-local-version`.
type Row = (&'static str, u64, &'static str, bool, [&'static str; 3]);

#[rustfmt::skip]
const TABLE: [Row; 22] = [
    ("", 0, "", true, ["0.1.dev0+d20240615", "0.1.dev0+dirty", "0.1.dev0"]),
    ("", 1, "8f3852f76", false, ["0.1.dev1+g8f3852f76", "0.1.dev1", "0.1.dev1"]),
    ("", 3, "a64860c40", false, ["0.1.dev3+ga64860c40", "0.1.dev3", "0.1.dev3"]),
    ("", 3, "a64860c40", true, ["0.1.dev3+ga64860c40.d20240615", "0.1.dev3+dirty", "0.1.dev3"]),
    ("v1.2.3", 0, "ea48643d9", false, ["1.2.3", "1.2.3", "1.2.3"]),
    ("v1.2.3", 0, "ea48643d9", true, ["1.2.4.dev0+gea48643d9.d20240615", "1.2.4.dev0+dirty", "1.2.4.dev0"]),
    ("v1.2.3", 1, "ec8ab7a25", false, ["1.2.4.dev1+gec8ab7a25", "1.2.4.dev1", "1.2.4.dev1"]),
    ("v1.2.3", 1, "ec8ab7a25", true, ["1.2.4.dev1+gec8ab7a25.d20240615", "1.2.4.dev1+dirty", "1.2.4.dev1"]),
    ("v0.5.9", 23, "a0eb9acd9", false, ["0.5.10.dev23+ga0eb9acd9", "0.5.10.dev23", "0.5.10.dev23"]),
    ("v0.5.9", 23, "a0eb9acd9", true, ["0.5.10.dev23+ga0eb9acd9.d20240615", "0.5.10.dev23+dirty", "0.5.10.dev23"]),
    ("v0.6.0.dev0", 23, "a0eb9acd9", false, ["0.6.0.dev23+ga0eb9acd9", "0.6.0.dev23", "0.6.0.dev23"]),
    ("v1.0.0-rc.1", 0, "8f3852f76", false, ["1.0.0rc1", "1.0.0rc1", "1.0.0rc1"]),
    ("v1.0.0rc1", 2, "251eb8427", false, ["1.0.0rc2.dev2+g251eb8427", "1.0.0rc2.dev2", "1.0.0rc2.dev2"]),
    ("v1.0.0rc1", 2, "251eb8427", true, ["1.0.0rc2.dev2+g251eb8427.d20240615", "1.0.0rc2.dev2+dirty", "1.0.0rc2.dev2"]),
    ("v1.0.0.post1", 0, "8f3852f76", false, ["1.0.0.post1", "1.0.0.post1", "1.0.0.post1"]),
    ("v1.0.0.post1", 2, "251eb8427", false, ["1.0.0.post2.dev2+g251eb8427", "1.0.0.post2.dev2", "1.0.0.post2.dev2"]),
    ("v1!2.0.0", 0, "8f3852f76", false, ["1!2.0.0", "1!2.0.0", "1!2.0.0"]),
    ("v1!2.0.0", 3, "df2f5af85", false, ["1!2.0.1.dev3+gdf2f5af85", "1!2.0.1.dev3", "1!2.0.1.dev3"]),
    ("v1.0.0+build.1", 0, "8f3852f76", false, ["1.0.0+build.1", "1.0.0+build.1", "1.0.0+build.1"]),
    ("v1.0.0+build.1", 2, "251eb8427", false, ["1.0.1.dev2+build.1.g251eb8427", "1.0.1.dev2+build.1", "1.0.1.dev2+build.1"]),
    ("v2.0", 4, "b3fc86ba5", false, ["2.1.dev4+gb3fc86ba5", "2.1.dev4", "2.1.dev4"]),
    ("1.4.0", 4, "52502f3f0", false, ["1.4.1.dev4+g52502f3f0", "1.4.1.dev4", "1.4.1.dev4"]),
];

const LOCAL_SCHEMES: [LocalScheme; 3] = [
    LocalScheme::NodeAndDate,
    LocalScheme::DirtyTag,
    LocalScheme::None,
];

#[test]
fn versions_are_those_of_setuptools_scm() {
    for row in &TABLE {
        for (local_scheme, expected) in LOCAL_SCHEMES.into_iter().zip(row.4) {
            let full = full(row, local_scheme);
            assert_eq!(full.to_string(), expected, "{row:?} {local_scheme}");
        }
    }
}

#[test]
fn scheme_node_is_node_and_date_without_the_date() {
    for row in &TABLE {
        let expected = row.4[0].replace(".d20240615", "").replace("+d20240615", "");
        let full = full(row, LocalScheme::Node);
        assert_eq!(full.to_string(), expected, "{row:?}");
    }
}

fn full(row: &Row, local_scheme: LocalScheme) -> Version {
    let (tag, distance, node, dirty, _) = *row;
    let mut facts = Facts::new().distance(distance).dirty(dirty);
    if !tag.is_empty() {
        facts = facts.tag(Tag::parse(tag, "").expect("a version tag"));
    }
    if !node.is_empty() {
        facts = facts.node(CommitId::parse(&format!("{node:0<40}")).expect("a commit"));
    }
    let settings = Settings::new()
        .local_scheme(local_scheme)
        .time(Timestamp::from_unix_seconds(NOW).expect("a time"))
        .base(Version::parse("0.0").expect("a version"));
    let described = describe(facts, &settings).expect("a version");
    assert_eq!(*described.public(), described.full().public());
    described.full().clone()
}
