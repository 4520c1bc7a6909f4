//! A valid specifier set prints a text that parses to the same set, and selects the versions that `pep440_rs` selects. An input is a set on a line,
//! and a version.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{Operator, Prereleases, Specifier, SpecifierSet, Version};

fuzz_target!(|input: &str| {
    let (text, version) = input.split_once('\n').unwrap_or((input, "1.0"));
    let set = match SpecifierSet::parse(text) {
        Ok(set) => set,
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && text.len() < 500, "{text:?}");
            return;
        }
    };
    let printed = set.to_string();
    let again = SpecifierSet::parse(&printed).expect("a printed set parses");
    assert_eq!(again.to_string(), printed);
    let Ok(version) = Version::parse(version) else {
        return;
    };
    let contains = set.contains(&version, Prereleases::Allow);
    assert_eq!(again.contains(&version, Prereleases::Allow), contains);
    if contains {
        assert!(set.iter().all(|clause| {
            let alone = SpecifierSet::parse(&clause.to_string()).expect("a clause is a set");
            alone.contains(&version, Prereleases::Allow)
        }));
    }
    // `===` compares texts, which they do not have. Unlike `packaging`, theirs never selects a pre-release with `<` of its own release, and takes
    // a shorter version for one that a wildcard matches.
    let is_special = |clause: &Specifier| match clause.operator() {
        Operator::ArbitraryEqual => true,
        Operator::Less => version.is_prerelease(),
        _ => clause.has_wildcard(),
    };
    if set.iter().any(is_special) {
        return;
    }
    let theirs: Option<pep440_rs::VersionSpecifiers> = printed.parse().ok();
    let their_version: Option<pep440_rs::Version> = version.to_string().parse().ok();
    if let (Some(theirs), Some(their_version)) = (theirs, their_version) {
        assert_eq!(
            theirs.contains(&their_version),
            contains,
            "{printed} {version}"
        );
    }
});
