//! The distributions that all cases draw from.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::{fs, path::PathBuf};

use pypi_metadata::testing::{self, TestDistribution};
use tempfile::TempDir;

pub(crate) struct Pool {
    pub(crate) files: Vec<PoolFile>,
    _folder: TempDir,
}

pub(crate) struct PoolFile {
    pub(crate) path: PathBuf,
    pub(crate) filename: String,
    pub(crate) bytes: Vec<u8>,
    /// What somebody else uploads under the same name.
    pub(crate) other_bytes: Vec<u8>,
}

impl Pool {
    /// Three projects, of which one requires another, with two versions each: two wheels and an sdist.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Vec::new();
        for (name, requirement) in [("alpha", "beta"), ("beta", ""), ("gamma", "alpha>=1")] {
            for version in ["1.0", "2.0"] {
                for tag in ["py3-none-any", "cp313-cp313-win_amd64", ""] {
                    let ours = distribution(name, version, tag, requirement, "ours");
                    let path = folder.path().join(&ours.filename);
                    fs::write(&path, &ours.bytes).expect("written");
                    files.push(PoolFile {
                        path,
                        filename: ours.filename,
                        bytes: ours.bytes,
                        other_bytes: distribution(name, version, tag, requirement, "other").bytes,
                    });
                }
            }
        }
        Self {
            files,
            _folder: folder,
        }
    }
}

/// A wheel with this tag, or an sdist.
fn distribution(
    name: &str,
    version: &str,
    tag: &str,
    requirement: &str,
    summary: &str,
) -> TestDistribution {
    if tag.is_empty() {
        let mut sdist = testing::sdist(name, version);
        if summary == "other" {
            // A gzip file of two members: the same archive in other bytes.
            sdist.bytes.extend(testing::gzip(&[0; 512]));
        }
        return sdist;
    }
    let summary = format!("Summary: {summary} for {tag}\n");
    let mut metadata = testing::metadata(name, version).replace("Summary: A test\n", &summary);
    if !requirement.is_empty() {
        metadata = metadata.replace(
            "Summary:",
            &format!("Requires-Dist: {requirement}\nSummary:"),
        );
    }
    let mut wheel = testing::wheel_with(name, version, &metadata);
    wheel.filename = format!("{name}-{version}-{tag}.whl");
    wheel
}
