//! What `uv version --bump` of uv 0.13.8 answers, and where this crate differs.

use pypi_versioning::{Bump, BumpErrorKind, Version, bump};

fn bumped(version: &str, bumps: &str) -> Result<String, BumpErrorKind> {
    let version = Version::parse(version).expect("a version");
    let bumps: Result<Vec<Bump>, _> = bumps.split_whitespace().map(str::parse).collect();
    let result = bumps.and_then(|bumps| bump(&version, &bumps));
    result
        .map(|version| version.to_string())
        .map_err(|error| error.kind())
}

#[test]
fn parts_are_counted_up() {
    for (version, bumps, expected) in [
        ("1.2.3", "major", "2.0.0"),
        ("1.2", "minor", "1.3"),
        ("1", "patch", "1.0.1"),
        ("1.2.3.4", "micro", "1.2.4.0"),
        ("1.2.3rc1", "patch", "1.2.4"),
        ("1.2.3rc1", "rc", "1.2.3rc2"),
        ("1.2.3a2.post1.dev3", "b", "1.2.3b1"),
        ("1.2.3a2.post1.dev3", "post", "1.2.3a2.post2"),
        ("1.2.3a2.post1.dev3", "dev", "1.2.3a2.post1.dev4"),
        ("1.2.3.dev4", "stable", "1.2.3"),
        ("1.2.3", "minor a", "1.3.0a1"),
        ("1.2.3", "dev=0 minor", "1.3.0.dev0"),
        ("1.2.3", "patch=7", "1.2.7"),
        ("1!2.0", "minor", "1!2.1"),
        ("1.0", "v2.0-rc.1", "2.0rc1"),
    ] {
        assert_eq!(
            bumped(version, bumps).as_deref(),
            Ok(expected),
            "{version} {bumps}"
        );
    }
}

#[test]
fn local_parts_are_dropped() {
    assert_eq!(bumped("1.0+x", "minor").as_deref(), Ok("1.1"));
    assert_eq!(bumped("1.0+x", "1.0"), Err(BumpErrorKind::NotHigher));
}

#[test]
fn what_is_not_higher_is_refused() {
    for (version, bumps) in [
        ("1.2.3", "rc"),
        ("1.2.3", "dev"),
        ("1.2.3", "stable"),
        ("1.2.3.post1", "stable"),
        ("1.2.3rc1", "alpha"),
        ("1.2.3", "major=0"),
        ("1.2.3", "1.2.3"),
        ("1.2.3", "1.2.3.0"),
    ] {
        assert_eq!(
            bumped(version, bumps),
            Err(BumpErrorKind::NotHigher),
            "{version} {bumps}"
        );
    }
}

#[test]
fn mistakes_have_a_kind() {
    for bumps in [
        "",
        "major minor",
        "alpha rc",
        "rc dev",
        "post minor",
        "stable rc",
        "2.0 rc",
    ] {
        assert_eq!(
            bumped("1.0", bumps),
            Err(BumpErrorKind::Combination),
            "{bumps}"
        );
    }
    for bumps in [
        "huge",
        "rc=",
        "rc=-1",
        "rc=x",
        "stable=1",
        "rc=18446744073709551616",
    ] {
        assert_eq!(bumped("1.0", bumps), Err(BumpErrorKind::Unknown), "{bumps}");
    }
    let top = "1.18446744073709551615";
    assert_eq!(bumped(top, "minor"), Err(BumpErrorKind::DoesNotFit));
    assert_eq!(
        bumped("1.0", "minor dev=18446744073709551615"),
        Err(BumpErrorKind::DoesNotFit)
    );
}

#[test]
fn messages_name_the_remedy() {
    let version = Version::parse("1.2.3").expect("a version");
    let error = bump(&version, &["rc".parse().expect("a bump")]).expect_err("not higher");
    assert_eq!(
        error.to_string(),
        "version 1.2.3rc1 is not higher than 1.2.3: give major, minor or patch besides"
    );
}
