//! Errors and warnings that keep a wrong version from being published.

use pypi_versioning::{
    ErrorKind, Facts, LocalScheme, Settings, Tag, Version, VersionErrorKind, WarningKind, describe,
};

fn on_tag(name: &str) -> Facts {
    Facts::new().tag(Tag::parse(name, "").expect("a version tag"))
}

/// The kind, and the message with the remedy.
fn error(facts: Facts) -> (ErrorKind, String) {
    let error = describe(facts, &Settings::new()).expect_err("no version");
    let help = error.help().unwrap_or_default();
    (error.kind(), format!("{error}: {help}"))
}

fn warnings(facts: Facts, settings: &Settings) -> Vec<WarningKind> {
    let described = describe(facts, settings).expect("a version");
    described.warnings().iter().map(|w| w.kind()).collect()
}

#[test]
fn a_version_needs_a_tag_or_a_base() {
    let (kind, text) = error(Facts::new().distance(7));
    assert_eq!(kind, ErrorKind::NoTag);
    assert!(
        text.contains("fetch-depth: 0") && text.contains("base"),
        "{text}"
    );
}

#[test]
fn a_shallow_history_has_a_version_only_on_its_tag() {
    let (kind, text) = error(on_tag("v1.0").distance(2).shallow(true));
    assert_eq!(kind, ErrorKind::Shallow);
    assert!(text.contains("fetch-depth: 0"), "{text}");
    assert_eq!(error(Facts::new().shallow(true)).0, ErrorKind::Shallow);

    let based = Settings::new().base(Version::parse("0.0").expect("a version"));
    let shallow = describe(Facts::new().shallow(true), &based).expect_err("no version");
    assert_eq!(shallow.kind(), ErrorKind::Shallow);

    let exact = describe(on_tag("v1.0").shallow(true), &Settings::new());
    assert_eq!(exact.expect("a version").full().to_string(), "1.0");
}

#[test]
fn a_development_tag_is_accepted_only_on_its_commit() {
    let exact = describe(on_tag("v1.0.dev3"), &Settings::new()).expect("a version");
    assert_eq!(exact.full().to_string(), "1.0.dev3");
    let (kind, text) = error(on_tag("v1.0.dev3").distance(1));
    assert_eq!(kind, ErrorKind::UnsupportedTag);
    assert!(
        text.contains("development version 1.0.dev3") && text.contains(".dev0"),
        "{text}"
    );
}

#[test]
fn a_time_is_needed_only_if_it_is_printed() {
    let settings = Settings::new().local_scheme(LocalScheme::NodeAndDate);
    assert!(describe(on_tag("v1.0").distance(1), &settings).is_ok());
    let dirty = on_tag("v1.0").dirty(true);
    let error = describe(dirty, &settings).expect_err("no version");
    assert_eq!(error.kind(), ErrorKind::NoTime);
}

#[test]
fn local_parts_of_the_tag_are_not_repeated() {
    let facts = on_tag("v1.0.0+x.dirty").distance(2).dirty(true);
    let settings = Settings::new().local_scheme(LocalScheme::DirtyTag);
    let described = describe(facts, &settings).expect("a version");
    assert_eq!(described.full().to_string(), "1.0.1.dev2+x.dirty");
}

#[test]
fn numbers_that_cannot_be_incremented_are_errors() {
    for tag in [
        "v1.18446744073709551615",
        "v1.0rc18446744073709551615",
        "v1.0.post18446744073709551615",
    ] {
        let (kind, _) = error(on_tag(tag).distance(1));
        assert_eq!(kind, ErrorKind::OutOfRange, "{tag}");
    }
    let (kind, _) = error(on_tag("v1.0").distance(u64::MAX));
    assert_eq!(kind, ErrorKind::OutOfRange);
}

#[test]
fn a_version_that_becomes_too_long_has_a_cause() {
    let tag = format!("v1.0+{}", "x".repeat(250));
    let error = describe(on_tag(&tag).distance(1), &Settings::new()).expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::OutOfRange);
    let source = std::error::Error::source(&error).expect("a source");
    let source = source.downcast_ref::<pypi_versioning::VersionError>();
    assert_eq!(
        source.map(|error| error.kind()),
        Some(VersionErrorKind::TooLong)
    );
}

#[test]
fn unusual_versions_have_warnings() {
    let settings = Settings::new().base(Version::parse("0.0").expect("a version"));
    assert_eq!(warnings(on_tag("v1.0"), &settings), []);
    assert_eq!(warnings(on_tag("v1.0").distance(1), &settings), []);
    assert_eq!(
        warnings(on_tag("v1.0").dirty(true), &settings),
        [WarningKind::DirtyOnTag]
    );
    assert_eq!(
        warnings(on_tag("v1.0+x").distance(1).dirty(true), &settings),
        [WarningKind::Dirty, WarningKind::LocalInTag]
    );
    assert_eq!(
        warnings(Facts::new().distance(1), &settings),
        [WarningKind::BaseUsed]
    );
}
