//! Folders of distributions.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::{fs, path::PathBuf};

use pypi_metadata::testing::{self, TestDistribution};
use tempfile::TempDir;

/// A folder with a wheel and an sdist of `demo` 1.0.
pub(crate) fn release() -> TempDir {
    folder([testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")])
}

pub(crate) fn folder(files: impl IntoIterator<Item = TestDistribution>) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        write(&folder, &file.filename, &file.bytes);
    }
    folder
}

pub(crate) fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    path
}

pub(crate) fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("text")
}

/// A wheel of `demo` 1.0 for this platform; each has other content.
pub(crate) fn wheel_for(platform: &str) -> TestDistribution {
    let metadata = testing::metadata("demo", "1.0").replace("A test\n", &format!("A {platform}\n"));
    let mut wheel = testing::wheel_with("demo", "1.0", &metadata);
    wheel.filename = format!("demo-1.0-py3-none-{platform}.whl");
    wheel
}

/// A wheel of version 1.0 that requires these projects.
pub(crate) fn requiring(name: &str, requirements: &[&str]) -> TestDistribution {
    let fields: String = requirements
        .iter()
        .map(|requirement| format!("Requires-Dist: {requirement}\n"))
        .collect();
    let metadata = testing::metadata(name, "1.0").replace("Summary:", &format!("{fields}Summary:"));
    testing::wheel_with(name, "1.0", &metadata)
}
