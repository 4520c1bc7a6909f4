//! The files that a user names: folders, quoted patterns, and none.

use std::{fs, path::Path};

use pypi_local_index::LocalIndex;
use pypi_metadata::testing;
use tempfile::TempDir;

use crate::command::{Ran, command, run, text, write};

/// A folder of a project, with a wheel and an sdist in `dist` and more that is not for an index.
fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("dist/old")).expect("made");
    for file in [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")] {
        write(&folder, &format!("dist/{}", file.filename), &file.bytes);
    }
    let old = testing::sdist("demo", "0.9");
    write(&folder, &format!("dist/old/{}", old.filename), &old.bytes);
    write(&folder, "dist/notes.txt", b"notes");
    folder
}

/// The command in `folder`, as a CI job that the index knows.
fn run_in(folder: &Path, index: &LocalIndex, verb: &[&str], files: &[&str]) -> Ran {
    let mut command = command(verb);
    if verb[0] != "check" {
        command.args(["--index", index.upload_url().as_str()]);
        command.args(["--simple-url", index.simple_url().as_str()]);
    }
    command
        .args(files)
        .envs(index.environment())
        .current_dir(folder);
    run(command)
}

fn stored(index: &LocalIndex) -> Vec<String> {
    let mut names: Vec<_> = index
        .files()
        .into_iter()
        .map(|file| file.filename)
        .collect();
    names.sort();
    names
}

const BOTH: [&str; 2] = ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"];

#[test]
fn a_folder_a_pattern_and_no_argument_publish_the_same() {
    let folder = project();
    let above = folder.path().join("dist/old");
    let absolute = folder.path().join("dist/demo-*");
    for (at, files) in [
        (folder.path(), &[][..]),
        (folder.path(), &["dist"]),
        (folder.path(), &["./dist"]),
        (folder.path(), &["dist/*.whl", "dist/*.tar.gz"]),
        (folder.path(), &["d?st/demo-1.0*"]),
        (above.as_path(), &["../demo-*"]),
        (above.as_path(), &[text(&absolute)]),
    ] {
        let index = LocalIndex::start().expect("an index");
        let ran = run_in(at, &index, &["publish"], files);
        assert_eq!(ran.exit, 0, "{files:?}: {}", ran.stderr);
        assert_eq!(stored(&index), BOTH, "{files:?}");
        let ran = run_in(at, &index, &["verify", "--json"], files);
        assert_eq!(ran.exit, 0, "{files:?}: {}{}", ran.stdout, ran.stderr);
        let ran = run_in(at, &index, &["check", "--json"], files);
        assert_eq!(
            ran.json()["files"].as_array().map(Vec::len),
            Some(2),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn the_paths_of_a_report_are_those_of_the_arguments() {
    let folder = project();
    let index = LocalIndex::start().expect("an index");
    for (files, expected) in [
        (&[][..], "dist/demo-1.0.tar.gz"),
        (&["./dist"], "./dist/demo-1.0.tar.gz"),
        (&["dist/*.gz"], "dist/demo-1.0.tar.gz"),
    ] {
        let ran = run_in(
            folder.path(),
            &index,
            &["publish", "--dry-run", "--json"],
            files,
        );
        let report = ran.json();
        let files = report["files"].as_array().expect("files");
        let last = files.last().expect("a file");
        let path = last["path"].as_str().expect("a path");
        assert_eq!(Path::new(path), Path::new(expected));
    }
}

#[test]
fn what_matches_nothing_is_an_error_that_names_pattern_and_folder() {
    let (folder, empty) = (project(), tempfile::tempdir().expect("a folder"));
    let index = LocalIndex::start().expect("an index");
    for (at, files, expected) in [
        (
            folder.path(),
            &["dist/*.zip"][..],
            "pattern \"dist/*.zip\" matches no file in folder \"dist\": check its name, or build the distributions",
        ),
        (
            folder.path(),
            &["*.whl"],
            "pattern \"*.whl\" matches no file in folder \".\": check its name, or build the distributions",
        ),
        (
            folder.path(),
            &["wheelhouse/*"],
            "pattern \"wheelhouse/*\" matches no file: there is no folder \"wheelhouse\"",
        ),
        (
            empty.path(),
            &[],
            "there is no folder \"dist\" here: build the distributions, name them, or run this in the folder of the project",
        ),
        (
            empty.path(),
            &["."],
            "folder \".\" has no distributions: build them, or name them",
        ),
    ] {
        for verb in [&["publish"][..], &["check"], &["verify"]] {
            let ran = run_in(at, &index, verb, files);
            let line = format!("pypi-release: {expected}\n");
            let exit = if files.is_empty() { 2 } else { 1 };
            assert_eq!((ran.exit, ran.stderr), (exit, line), "{verb:?}");
        }
    }
    assert!(index.requests().is_empty(), "nothing is sent");
}

#[test]
fn attestations_are_signed_and_inspected_by_the_same_rule() {
    let folder = project();
    let attest = |arguments: &[&str]| {
        let mut command = command(["attest"]);
        command.args(arguments).current_dir(folder.path());
        run(command)
    };
    for files in [&[][..], &["dist"], &["dist/demo-*"]] {
        let mut arguments = vec!["sign", "--dry-run", "--json"];
        arguments.extend(files);
        let ran = attest(&arguments);
        assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
        let report = ran.json();
        assert_eq!(
            report["files"].as_array().map(Vec::len),
            Some(2),
            "{report}"
        );
        let mut arguments = vec!["verify", "--repository", "https://github.com/o/r", "--json"];
        arguments.extend(files);
        let report = attest(&arguments).json();
        assert_eq!(
            report["files"].as_array().map(Vec::len),
            Some(2),
            "{report}"
        );
    }
    let ran = attest(&["inspect", "dist/*.attestation"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("matches no file"), "{}", ran.stderr);
    let document = attest(&["inspect", "--json", "dist/*.attestation"]).json();
    assert_eq!(document["success"], false);
    let message = document["error"]["message"].to_string();
    assert!(message.contains("matches no file"), "{document}");
    assert_eq!(
        attest(&["inspect", "--json", "dist/*.txt"]).exit,
        1,
        "it is none"
    );
}

#[cfg(unix)]
#[test]
fn a_name_with_a_star_is_a_file() {
    let folder = project();
    let sdist = testing::sdist("demo", "1.0");
    fs::create_dir(folder.path().join("a*")).expect("made");
    write(&folder, &format!("a*/{}", sdist.filename), &sdist.bytes);
    let index = LocalIndex::start().expect("an index");
    for argument in ["a*/demo-1.0.tar.gz", "a*", "a*/*.gz"] {
        let ran = run_in(
            folder.path(),
            &index,
            &["publish", "--dry-run", "--json"],
            &[argument],
        );
        assert_eq!(ran.json()["files"][0]["path"], "a*/demo-1.0.tar.gz");
    }
}
