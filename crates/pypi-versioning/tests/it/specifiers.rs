use pypi_versioning::{Prereleases, SpecifierErrorKind, SpecifierSet, Version};

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

#[track_caller]
fn contains(set: &str, text: &str, expected: bool) {
    let parsed = SpecifierSet::parse(set).expect("specifiers");
    let found = parsed.contains(&version(text), Prereleases::Default);
    assert_eq!(found, expected, "{set} and {text}");
}

/// The rows where pep440_rs 0.7.3 answers otherwise than `packaging` 26.3.
#[test]
fn answers_are_those_of_the_specification() {
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
fn every_operator_has_its_rule() {
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
fn prereleases_are_taken_where_nothing_else_is() {
    let versions = ["1.0a1", "1.0", "1.1rc1", "2.0.dev1"].map(version);
    let filter = |set: &str, prereleases| -> Vec<String> {
        let set = SpecifierSet::parse(set).expect("specifiers");
        let found = set.filter(&versions, prereleases);
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
fn mistakes_have_a_kind() {
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
        let error = SpecifierSet::parse(text).expect_err("no specifier");
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert!(!error.to_string().contains('\n'));
    }
    let long = SpecifierSet::parse(&">=1,".repeat(2000)).expect_err("too long");
    assert_eq!(long.kind(), SpecifierErrorKind::TooLong);
}

#[test]
fn specifiers_print_as_they_were_given() {
    let set = SpecifierSet::parse(" >= 1.0 ,, !=1.3.*").expect("specifiers");
    assert_eq!(set.to_string(), ">=1.0,!=1.3.*");
    assert!(!set.is_empty() && SpecifierSet::default().is_empty());
}
