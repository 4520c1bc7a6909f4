//! A valid version prints a text that parses to the same version, and its public version does not have a local part.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::Version;

fuzz_target!(|text: &str| {
    let Ok(version) = Version::parse(text) else {
        return;
    };
    let printed = version.to_string();
    let again = Version::parse(&printed).expect("a normal form parses");
    assert_eq!(again, version);
    assert_eq!(again.to_string(), printed);
    assert!(!version.public().has_local());
    assert!(version.public() <= version);
});
