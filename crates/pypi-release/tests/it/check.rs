//! `check`.

use pypi_metadata::testing;

use crate::command::{DIST, pypi_release, text, write};

#[test]
fn a_sound_release_has_no_findings() {
    let ran = pypi_release(&["check", "--strict", DIST[0], DIST[1]]);
    assert_eq!(ran.exit, 0);
    assert_eq!(
        ran.stdout,
        "upload_demo-1.0.0-py3-none-any.whl: no findings\nupload_demo-1.0.0.tar.gz: no findings\n"
    );
}

#[test]
fn findings_say_what_the_index_would_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let metadata =
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nClassifier: Nope\nX-Mine: 1\n\n";
    let wheel = testing::wheel_with("demo", "1.0", metadata);
    let path = write(&folder, &wheel.filename, &wheel.bytes);
    let ran = pypi_release(&["check", text(&path)]);
    assert_eq!(ran.exit, 1);
    assert_eq!(
        ran.stdout,
        "demo-1.0-py3-none-any.whl: error[classifier-unknown]: \"Nope\" is no classifier that PyPI knows; remove it, or take one from the list of trove classifiers\n\
         demo-1.0-py3-none-any.whl: warning[field-unknown]: \"X-Mine\" is no field of core metadata: indexes ignore it\n"
    );
    let json = pypi_release(&["check", "--json", text(&path)]).json();
    assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &1.into()));
    assert_eq!(
        json["files"][0]["findings"][0]["index_text"],
        "'Nope' is not a valid classifier."
    );
}

#[test]
fn warnings_fail_a_strict_check_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let wheel = testing::wheel_with(
        "demo",
        "1.0",
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nX-Mine: 1\n\n",
    );
    let path = write(&folder, &wheel.filename, &wheel.bytes);
    assert_eq!(pypi_release(&["check", text(&path)]).exit, 0);
    assert_eq!(pypi_release(&["check", "--strict", text(&path)]).exit, 1);
}

#[test]
fn every_file_is_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "README.md", b"");
    let ran = pypi_release(&["check", text(&path), DIST[0]]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr
            .starts_with("pypi-release: README.md: is neither"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        ran.stdout,
        "upload_demo-1.0.0-py3-none-any.whl: no findings\n"
    );
}
