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
