//! A version that Semantic Versioning can express comes back from it the same, in the same order. An input is two versions on two lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::Version;

fuzz_target!(|input: &str| {
    let (one, other) = input.split_once('\n').unwrap_or((input, "1.0.0"));
    if let Ok(version) = Version::from_semver(one) {
        let printed = version.to_string();
        assert_eq!(Version::parse(&printed), Ok(version));
    }
    let (Ok(one), Ok(other)) = (Version::parse(one), Version::parse(other)) else {
        return;
    };
    let (Ok(semver), Ok(_)) = (one.to_semver(), other.to_semver()) else {
        return;
    };
    assert_eq!(
        Version::from_semver(&semver).expect("it came from a version"),
        one,
        "{semver}"
    );
});
