//! No pyproject.toml makes the readers of its version and configuration panic; setting a version changes nothing but the version.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{Config, PyProject, Version};

fuzz_target!(|text: &str| {
    if let Err(error) = Config::from_own_file(text) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let project = match PyProject::parse(text) {
        Ok(project) => project,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
    };
    if let Err(error) = project.config() {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let Ok(before) = project.version() else {
        return;
    };
    let version = Version::parse("41.99rc7").expect("a version");
    let changed = project.with_version(&version).expect("it has a version");
    let after = PyProject::parse(changed.as_str()).expect("it stays TOML");
    assert_eq!(after.version().expect("a version"), version);
    assert_eq!(after.name(), project.name());
    let back = after.with_version(&before).expect("a version");
    let again = PyProject::parse(back.as_str()).expect("it stays TOML");
    assert_eq!(again.version().expect("a version"), before);
    assert_eq!(again.with_version(&version).expect("a version"), changed);
});
