//! Specifiers against the answers of `packaging` 26.3.

use std::error::Error as _;

use pypi_versioning::{
    Operator, Prereleases, Specifier, SpecifierErrorKind, SpecifierSet, Version, VersionErrorKind,
};

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

#[track_caller]
fn contains(set: &str, text: &str, expected: bool) {
    let parsed = SpecifierSet::parse(set).expect("specifiers");
    let found = parsed.contains(&version(text), Prereleases::Default);
    assert_eq!(found, expected, "{set} and {text}");
}

/// The rows where the answers of pep440_rs 0.7.3 and `packaging` 26.3 differ.
#[test]
fn answers_follow_the_specification() {
    contains("<1.0rc1", "1.0a1", true);
    contains("<1.0.dev1", "1.0.dev0", true);
    contains("<1.0.post1", "1.0a1", true);
    contains("<1.0.post1", "1.0.post1.dev0", false);
    contains(">1.0.dev0", "1.0.post1", true);
    contains(">1.0rc1", "1.0.post1", true);
    contains(">1.0rc1", "1.0rc1.post1", false);
    contains("==1.0.1.*", "1.0", false);
    contains("!=1.0.1.*", "1.0", true);
    contains("===1.0", "v1.0", true);
    contains("===v1.0", "1.0", false);
    contains("===foobar", "1.0", false);
    contains(" ", "1.0", true);
}

#[test]
fn every_operator_is_applied() {
    contains("==1.0", "1.0.0+local", true);
    contains("==1.0+local", "1.0", false);
    contains("!=1.0", "1.0+local", false);
    contains("==1.0.*", "1", true);
    contains("==1!1.*", "1.0", false);
    contains("~=1.4.2", "1.4.9", true);
    contains("~=1.4.2", "1.5", false);
    contains("~=1.4.5a4", "1.4.5a3", false);
    contains("<=1.0", "1.0+local", true);
    contains(">=1.0", "1.0rc1", false);
    contains("<1.0", "1.0rc1", false);
    contains(">1.0", "1.0.post1", false);
    contains(">1.0", "1.0+local", false);
    contains(">1.0.post1", "1.0.post2", true);
    contains(">=3.9, <4", "3.12.1", true);
    contains(">=3.9, <4", "4.0", false);
    contains("==18446744073709551615.*", "18446744073709551615.1", true);
}

#[test]
fn prereleases_are_returned_if_nothing_else_matches() {
    let versions = ["1.0a1", "1.0", "1.1rc1", "2.0.dev1"].map(version);
    let filter = |set: &str, prereleases| -> Vec<String> {
        let set = SpecifierSet::parse(set).expect("specifiers");
        let found = set.filter(&versions, |version| version, prereleases);
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(filter("", Prereleases::Default), ["1.0"]);
    assert_eq!(filter(">1.0", Prereleases::Default), ["1.1rc1", "2.0.dev1"]);
    assert_eq!(
        filter(">=1.0a1", Prereleases::Default),
        ["1.0a1", "1.0", "1.1rc1", "2.0.dev1"]
    );
    assert_eq!(filter("!=1.1rc1", Prereleases::Default), ["1.0"]);
    assert_eq!(filter("", Prereleases::Allow).len(), 4);
    assert_eq!(filter(">1.0", Prereleases::Deny), Vec::<String>::new());
}

#[test]
fn errors_have_a_kind() {
    for (text, kind) in [
        ("1.0", SpecifierErrorKind::NoOperator),
        ("=1.0", SpecifierErrorKind::NoOperator),
        ("==one", SpecifierErrorKind::Version),
        (">=", SpecifierErrorKind::Version),
        (">=1.*", SpecifierErrorKind::Wildcard),
        ("==1.0a1.*", SpecifierErrorKind::Wildcard),
        ("==1.0+x.*", SpecifierErrorKind::Wildcard),
        ("==1.0 .*", SpecifierErrorKind::Wildcard),
        ("~=1", SpecifierErrorKind::TooFewNumbers),
        (">=1.0+x", SpecifierErrorKind::LocalPart),
        ("===1 0", SpecifierErrorKind::ArbitraryText),
    ] {
        let error = SpecifierSet::parse(text).expect_err("not a specifier");
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert_eq!(error.input(), text);
        assert!(!error.to_string().contains('\n') && error.help().is_some());
    }
    let long = SpecifierSet::parse(&">=1,".repeat(2000)).expect_err("too long");
    assert_eq!(long.kind(), SpecifierErrorKind::TooLong);
    assert!(
        long.to_string()
            .ends_with("are too long: expected at most 4096 bytes")
    );
}

/// `packaging` accepts the specifiers that only exceed a limit of this crate, and no others.
#[test]
fn limits_are_errors_only_of_valid_specifiers() {
    let long = ".1".repeat(300);
    let big = "99999999999999999999";
    for (text, kind) in [
        (format!(">=1{long}"), SpecifierErrorKind::TooLong),
        (format!("==1{long}.*"), SpecifierErrorKind::TooLong),
        (format!("~={big}.1"), SpecifierErrorKind::NumberTooBig),
        (format!("=={big}!1.*"), SpecifierErrorKind::NumberTooBig),
        (format!("==1.0+{big}"), SpecifierErrorKind::NumberTooBig),
        (format!(">=1.dev{big}.*"), SpecifierErrorKind::Wildcard),
        (format!("==1.dev{big}.*"), SpecifierErrorKind::Wildcard),
        (format!("~={big}"), SpecifierErrorKind::TooFewNumbers),
        (format!(">=1.0+{big}"), SpecifierErrorKind::LocalPart),
        (format!(">=1{long}-x"), SpecifierErrorKind::Version),
        (format!(">={big},~=1"), SpecifierErrorKind::TooFewNumbers),
    ] {
        let error = SpecifierSet::parse(&text).expect_err("beyond a limit");
        assert_eq!(error.kind(), kind, "{text}: {error}");

        let source = error.source().and_then(|source| {
            let source = source.downcast_ref::<pypi_versioning::VersionError>()?;
            Some(source.kind())
        });
        let expected = match kind {
            SpecifierErrorKind::NumberTooBig => Some(VersionErrorKind::NumberTooBig),
            SpecifierErrorKind::TooLong | SpecifierErrorKind::Version => {
                Some(VersionErrorKind::TooLong)
            }
            _ => None,
        };
        assert_eq!(source, expected, "{text}");
    }
}

#[test]
fn a_set_is_a_list_of_specifiers() {
    let set = SpecifierSet::parse(" >= 1.00 , ~=1.4a1,==1.3.*, ===foo.*,===1.0").expect("a set");
    let parts = |specifier: &Specifier| {
        (
            specifier.operator(),
            specifier.version_text().to_owned(),
            specifier.version().map(ToString::to_string),
            specifier.has_wildcard(),
        )
    };
    let expected = [
        (Operator::GreaterEqual, "1.00", Some("1.0"), false),
        (Operator::Compatible, "1.4a1", Some("1.4a1"), false),
        (Operator::Equal, "1.3.*", Some("1.3"), true),
        (Operator::ArbitraryEqual, "foo.*", None, false),
        (Operator::ArbitraryEqual, "1.0", Some("1.0"), false),
    ];
    let expected = expected.map(|(operator, text, version, wildcard)| {
        (
            operator,
            text.to_owned(),
            version.map(str::to_owned),
            wildcard,
        )
    });
    assert_eq!(set.iter().map(parts).collect::<Vec<_>>(), expected);
    let printed: Vec<String> = (&set).into_iter().map(ToString::to_string).collect();
    assert_eq!(printed.join(","), set.to_string());
}

#[test]
fn sets_print_as_written_and_are_equal_if_they_print_alike() {
    let set = |text| SpecifierSet::parse(text).expect("a set");
    assert_eq!(set(" >= 1.0 ,, !=1.3.*").to_string(), ">=1.0,!=1.3.*");
    assert_eq!(set(" >= 1.0 ,, !=1.3.*"), set(">=1.0,!=1.3.*"));
    assert_ne!(set(">=1.0"), set(">=1.0.0"));
    assert_ne!(set(">=1,<2"), set("<2,>=1"));
    assert!(!set(">=1").is_empty() && SpecifierSet::default().is_empty());
}
