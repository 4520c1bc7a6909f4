//! The arrows between the crates point down only.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::Command;

use serde_json::Value;

/// Which crates of the workspace each crate may use, as `docs/architecture.md` draws it.
const ARROWS: [(&str, &[&str]); 11] = [
    ("pypi-attestations", &["pypi-http"]),
    ("pypi-http", &[]),
    (
        "pypi-local-index",
        &["pypi-attestations", "pypi-http", "pypi-metadata"],
    ),
    ("pypi-metadata", &["pypi-readme", "pypi-versioning"]),
    (
        "pypi-publish",
        &[
            "pypi-attestations",
            "pypi-http",
            "pypi-metadata",
            "pypi-trusted-publisher",
            "pypi-upload",
        ],
    ),
    ("pypi-readme", &[]),
    ("pypi-release", &["pypi-local-index", "pypi-trusted-upload"]),
    ("pypi-trusted-publisher", &["pypi-http"]),
    (
        "pypi-trusted-upload",
        &[
            "pypi-attestations",
            "pypi-http",
            "pypi-metadata",
            "pypi-publish",
            "pypi-trusted-publisher",
            "pypi-upload",
            "pypi-versioning",
        ],
    ),
    ("pypi-upload", &["pypi-http", "pypi-metadata"]),
    ("pypi-versioning", &[]),
];

#[test]
fn crates_use_what_is_below_them() {
    #[expect(clippy::disallowed_methods, reason = "asks cargo")]
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let mut arrows: Vec<(&str, Vec<&str>)> = packages
        .iter()
        .filter(|package| {
            package["name"]
                .as_str()
                .is_some_and(|name| name.starts_with("pypi-"))
        })
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter();
            let mut used: Vec<&str> = dependencies
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str())
                .filter(|name| name.starts_with("pypi-"))
                .collect();
            used.sort_unstable();
            (package["name"].as_str().expect("a name"), used)
        })
        .collect();
    arrows.sort_unstable();
    assert_eq!(arrows, ARROWS.map(|(name, used)| (name, used.to_vec())));
}
