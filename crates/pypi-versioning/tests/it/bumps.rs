//! Bumps against `uv version --bump` of uv 0.13.8, and the differences.

use pypi_versioning::{Bump, Error, ErrorKind, Version, bump};

fn outcome(version: &str, bumps: &str) -> Result<Version, Error> {
    let version = Version::parse(version).expect("a version");
    let bumps: Result<Vec<Bump>, _> = bumps.split_whitespace().map(str::parse).collect();
    bumps.and_then(|bumps| bump(&version, &bumps))
}

fn bumped(version: &str, bumps: &str) -> Result<String, ErrorKind> {
    let version = outcome(version, bumps).map(|version| version.to_string());
    version.map_err(|error| error.kind())
}

#[track_caller]
fn is_invalid(version: &str, bumps: &str, message: &str) {
    let error = outcome(version, bumps).expect_err("invalid bumps");
    assert_eq!(error.kind(), ErrorKind::InvalidBump, "{bumps}");
    assert!(error.to_string().contains(message), "{bumps}: {error}");
    assert!(error.help().is_some(), "{bumps}");
}

#[test]
fn parts_are_incremented() {
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
fn local_parts_are_removed() {
    assert_eq!(bumped("1.0+x", "minor").as_deref(), Ok("1.1"));
    assert_eq!(bumped("1.0+x", "1.0"), Err(ErrorKind::NotHigher));
}

#[test]
fn a_result_that_is_not_higher_is_an_error() {
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
            Err(ErrorKind::NotHigher),
            "{version} {bumps}"
        );
    }
}

#[test]
fn invalid_bumps_are_errors() {
    is_invalid("1.0", "", "no bump was given");
    for bumps in [
        "major minor",
        "alpha rc",
        "rc dev",
        "post minor",
        "stable rc",
        "2.0 rc",
    ] {
        is_invalid("1.0", bumps, "cannot be combined");
    }
    for bumps in [
        "huge",
        "rc=",
        "rc=-1",
        "rc=x",
        "stable=1",
        "rc=18446744073709551616",
    ] {
        is_invalid("1.0", bumps, "unknown bump");
    }
    let top = "1.18446744073709551615";
    assert_eq!(bumped(top, "minor"), Err(ErrorKind::OutOfRange));
    assert_eq!(
        bumped("1.0", "minor dev=18446744073709551615"),
        Err(ErrorKind::OutOfRange)
    );
}

#[test]
fn errors_have_a_remedy() {
    let version = Version::parse("1.2.3").expect("a version");
    let error = bump(&version, &["rc".parse().expect("a bump")]).expect_err("not higher");
    assert_eq!(
        error.to_string(),
        "version 1.2.3rc1 is not higher than 1.2.3"
    );
    assert_eq!(error.help(), Some("add major, minor or patch"));
}
