//! Public versions against setuptools-scm 10.3.4 and dunamai 1.26.5 (`--no-metadata`).

use pypi_versioning::{
    CommitId, ErrorKind, Facts, LocalScheme, Scheme, Settings, Tag, Timestamp, Version,
    WarningKind, describe,
};

const SCHEMES: [Scheme; 7] = [
    Scheme::NoGuessDev,
    Scheme::PostRelease,
    Scheme::Semver,
    Scheme::ReleaseBranchSemver,
    Scheme::CalverByDate,
    Scheme::Dunamai,
    Scheme::DunamaiBump,
];

/// Tag, distance, and the version of each scheme on 2024-01-01; `!` is an error in both tools.
type Row = (&'static str, u64, [&'static str; 7]);

#[rustfmt::skip]
const TABLE: [Row; 12] = [
    ("v1.2.3", 0, ["1.2.3", "1.2.3", "1.2.3", "1.2.3", "1.2.3", "1.2.3", "1.2.3"]),
    ("v1.2.3", 1, ["1.2.3.post1.dev1", "1.2.3.post1", "1.2.4.dev1", "1.3.0.dev1", "24.1.1.0.dev1", "1.2.3.post1.dev0", "1.2.4.dev1"]),
    ("v0.5.9", 23, ["0.5.9.post1.dev23", "0.5.9.post23", "0.5.10.dev23", "0.6.0.dev23", "24.1.1.0.dev23", "0.5.9.post23.dev0", "0.5.10.dev23"]),
    ("v0.6.0.dev0", 23, ["0.6.0.dev23", "!", "0.6.0.dev23", "0.6.0.dev23", "24.1.1.0.dev23", "0.6.0.dev23", "0.6.0.dev24"]),
    ("v1.0.0rc1", 2, ["1.0.0rc1.post1.dev2", "1.0.0rc1.post2", "1.0.1.dev2", "1.1.0.dev2", "24.1.1.0.dev2", "1.0.0rc1.post2.dev0", "1.0.0rc2.dev2"]),
    ("v1.0.0.post1", 2, ["!", "!", "1.0.1.dev2", "1.1.0.dev2", "24.1.1.0.dev2", "!", "1.0.0.post2.dev2"]),
    ("v1.0.0.dev3", 3, ["!", "!", "1.0.1.dev3", "1.1.0.dev3", "24.1.1.0.dev3", "1.0.0.dev6", "1.0.0.dev7"]),
    ("v1!2.0.0", 3, ["1!2.0.0.post1.dev3", "1!2.0.0.post3", "1!2.0.1.dev3", "1!2.1.0.dev3", "1!24.1.1.0.dev3", "1!2.0.0.post3.dev0", "1!2.0.1.dev3"]),
    ("v2.0", 4, ["2.0.post1.dev4", "2.0.post4", "2.0.1.dev4", "2.1.0.dev4", "24.1.1.0.dev4", "2.0.post4.dev0", "2.1.dev4"]),
    ("v1.2.3.4", 3, ["1.2.3.4.post1.dev3", "1.2.3.4.post3", "1.2.4.dev3", "1.3.0.dev3", "24.1.1.0.dev3", "1.2.3.4.post3.dev0", "1.2.3.5.dev3"]),
    ("v24.1.1", 3, ["24.1.1.post1.dev3", "24.1.1.post3", "24.1.2.dev3", "24.2.0.dev3", "24.1.1.1.dev3", "24.1.1.post3.dev0", "24.1.2.dev3"]),
    ("v2023.12.31.4", 3, ["2023.12.31.4.post1.dev3", "2023.12.31.4.post3", "2023.12.32.dev3", "2023.13.0.dev3", "2024.1.1.0.dev3", "2023.12.31.4.post3.dev0", "2023.12.31.5.dev3"]),
];

fn after(tag: &str, distance: u64) -> Facts {
    Facts::new()
        .tag(Tag::parse(tag, "").expect("a version tag"))
        .distance(distance)
        .node(CommitId::parse(&"0123456789".repeat(4)).expect("a commit"))
        .commit_time(Timestamp::from_unix_seconds(1_704_110_400).expect("a time"))
}

fn public(facts: Facts, scheme: Scheme) -> Result<String, ErrorKind> {
    let described = describe(facts, &Settings::new().scheme(scheme));
    match described {
        Ok(described) => Ok(described.public().to_string()),
        Err(error) => Err(error.kind()),
    }
}

#[test]
fn versions_are_those_of_the_tools() {
    for (tag, distance, expected) in &TABLE {
        for (scheme, expected) in SCHEMES.into_iter().zip(expected) {
            let found = public(after(tag, *distance), scheme);
            let found = found.unwrap_or_else(|_| "!".to_owned());
            assert_eq!(found, *expected, "{tag} {distance} {scheme}");
        }
    }
}

#[test]
fn unsupported_tags_are_errors() {
    let unsupported = |tag, scheme| {
        let error = describe(after(tag, 2), &Settings::new().scheme(scheme));
        let error = error.expect_err("no version");
        assert_eq!(error.kind(), ErrorKind::UnsupportedTag, "{tag} {scheme}");
        error.to_string()
    };
    for scheme in [Scheme::NoGuessDev, Scheme::PostRelease, Scheme::Dunamai] {
        let message = unsupported("v1.0.post1", scheme);
        assert!(
            message.ends_with("tagged post-release 1.0.post1"),
            "{message}"
        );
    }
    let message = unsupported("v1.0.dev0", Scheme::PostRelease);
    assert!(
        message.ends_with("tagged development version 1.0.dev0"),
        "{message}"
    );
    let kind = |tag, scheme| public(after(tag, 2), scheme).expect_err("no version");
    // The tag is later than the commit.
    assert_eq!(kind("v25.1.1", Scheme::CalverByDate), ErrorKind::NotHigher);
    assert_eq!(kind("v100.0", Scheme::CalverByDate), ErrorKind::NotHigher);
    let mut undated = after("v1.0", 1);
    undated.commit_time = None;
    assert_eq!(
        public(undated, Scheme::CalverByDate),
        Err(ErrorKind::NoTime)
    );
}

#[test]
fn the_branch_determines_the_number() {
    let on = |branch: &str, scheme| {
        public(after("v1.2.3", 2).branch(branch), scheme).expect("a version")
    };
    for branch in ["feature/x", "me/feature-x", "features"] {
        assert_eq!(on(branch, Scheme::Semver), "1.3.0.dev2", "{branch}");
    }
    for branch in ["main", "fix-feature-flag"] {
        assert_eq!(on(branch, Scheme::Semver), "1.2.4.dev2", "{branch}");
    }
    for branch in [
        "1.2",
        "v1.2",
        "release/1.2",
        "release-1.2",
        "1.2.9",
        "1.2.x",
        "release-v1.2.x",
        "stable/1.2.x",
        "1.2.x-backport",
    ] {
        assert_eq!(
            on(branch, Scheme::ReleaseBranchSemver),
            "1.2.4.dev2",
            "{branch}"
        );
    }
    for branch in [
        "1",
        "1.3",
        "1.x",
        "V1.2",
        "1.2-rc",
        "1.20.x",
        "dependabot/pip/foo-1.2.9",
        "1!1.2",
        "main",
    ] {
        assert_eq!(
            on(branch, Scheme::ReleaseBranchSemver),
            "1.3.0.dev2",
            "{branch}"
        );
    }
    assert_eq!(on("release-24.7.1", Scheme::CalverByDate), "24.7.1.dev2");
}

#[test]
fn a_changed_tree_on_a_tag_is_higher_than_the_tag() {
    let tag = Version::parse("1.2.3").expect("a version");
    for scheme in SCHEMES.into_iter().chain([Scheme::GuessNextDev]) {
        let dirty = after("v1.2.3", 0).dirty(true);
        let described = describe(dirty, &Settings::new().scheme(scheme)).expect("a version");
        assert!(
            *described.public() > tag,
            "{scheme}: {}",
            described.public()
        );
    }
}

#[test]
fn only_version_has_a_warning() {
    let settings = Settings::new().scheme(Scheme::OnlyVersion);
    let described = describe(after("v1.2.3", 2), &settings).expect("a version");
    assert_eq!(described.full().to_string(), "1.2.3+g012345678");
    let kinds: Vec<_> = described.warnings().iter().map(|w| w.kind()).collect();
    assert_eq!(kinds, [WarningKind::NotUnique]);
    let exact = describe(after("v1.2.3", 0), &settings).expect("a version");
    assert!(exact.warnings().is_empty());
}

/// Both configurations that make `0.6.0.dev23+g1a2b3c4`.
#[test]
fn the_node_length_is_configurable() {
    for (tag, scheme) in [
        ("v0.5.9", Scheme::ReleaseBranchSemver),
        ("v0.6.0.dev0", Scheme::GuessNextDev),
    ] {
        let facts = Facts::new()
            .tag(Tag::parse(tag, "").expect("a version tag"))
            .distance(23)
            .node(CommitId::parse(&format!("1a2b3c4{:0<33}", "")).expect("a commit"));
        let settings = Settings::new().scheme(scheme);
        let full = |length| {
            let settings = settings.clone().node_length(length);
            describe(facts.clone(), &settings)
                .expect("a version")
                .full()
                .to_string()
        };
        assert_eq!(full(7), "0.6.0.dev23+g1a2b3c4");
        assert_eq!(full(9), "0.6.0.dev23+g1a2b3c400");
        assert_eq!(full(0), "0.6.0.dev23+g1a2b");
        assert_eq!(full(1000).len(), "0.6.0.dev23+g".len() + 40);
        let described = describe(facts.clone(), &settings).expect("a version");
        assert_eq!(described.public().to_string(), "0.6.0.dev23");
    }
}

#[test]
fn the_time_of_a_dirty_tree_is_the_configured_one_or_the_commit_date() {
    let dirty = || after("v1.2.3", 1).dirty(true);
    let local = |settings: &Settings| {
        let described = describe(dirty(), settings).expect("a version");
        described.full().local().expect("a local part")
    };
    let settings = Settings::new().local_scheme(LocalScheme::NodeAndTimestamp);
    assert_eq!(local(&settings), "g012345678.d20240101120000");
    let epoch = Timestamp::parse_unix_seconds("1718452800").expect("a time");
    assert_eq!(local(&settings.time(epoch)), "g012345678.d20240615120000");
}
