//! `publish --index local --seed-folder` and `local-index --seed-folder`: would PyPI accept this release?

mod answer;
mod document;
mod release;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::command::{DIST, Ran, pypi_release, text};

const LONG_AGO: &str = "2020-01-02T03:04:05.678901Z";
const OTHER: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn sha256(path: &str) -> String {
    let digest = Sha256::digest(fs::read(path).expect("bytes"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file_name(path: &str) -> &str {
    let name = Path::new(path).file_name().expect("a name");
    name.to_str().expect("a name of text")
}

fn listed(filename: &str, sha256: &str, uploaded: &str) -> Value {
    json!({
        "filename": filename,
        "hashes": {"sha256": sha256},
        "size": 1000,
        "upload-time": uploaded,
        "yanked": false,
    })
}

/// The folder with the page of `upload-demo` and a part of a scenario.
fn saved(files: &[Value], fragment: &str) -> TempDir {
    let page = json!({
        "meta": {"api-version": "1.4"},
        "name": "upload-demo",
        "files": files,
    });
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("upload-demo")).expect("a folder");
    crate::command::write(
        &folder,
        "upload-demo/simple.json",
        page.to_string().as_bytes(),
    );
    crate::command::write(&folder, "scenario.toml", fragment.as_bytes());
    folder
}

fn rehearse(folder: &TempDir, arguments: &[&str]) -> Ran {
    let folder = text(folder.path());
    let command = ["publish", "--index", "local", "--seed-folder", folder];
    pypi_release(&[&command, &DIST[..], arguments].concat())
}

#[test]
fn a_new_release_of_an_existing_project_succeeds() {
    let old = listed("upload_demo-0.9.tar.gz", OTHER, LONG_AGO);
    let folder = saved(&[old], "");
    let ran = rehearse(&folder, &[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    for line in [
        "project upload-demo: exists, with 1 release and 1 file (1000 B of 10.00 GiB)\n",
        "release upload-demo 1.0.0: new\n",
        ".whl: new\n",
        "a saved page shows no names of deleted files",
    ] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
}

#[test]
fn the_plan_shows_what_differs_from_a_first_upload() {
    let [wheel, sdist] = DIST;
    let mut other = listed(file_name(sdist), OTHER, LONG_AGO);
    other["yanked"] = json!("broken");
    let same = listed(file_name(wheel), &sha256(wheel), LONG_AGO);
    let folder = saved(&[same, other], "");
    let ran = rehearse(&folder, &["--dry-run"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    for line in [
        "project upload-demo: exists, with 1 release and 2 files (1.95 KiB of 10.00 GiB)\n",
        "release upload-demo 1.0.0: exists, with 2 files, since 2020-01-02T03:04:05Z; \
         its sdist is upload_demo-1.0.0.tar.gz; it is yanked: broken; it is too old for new files\n",
        &format!("file {wheel}: exists, with the same bytes\n"),
        &format!("file {sdist}: exists, with other bytes (sha256 {OTHER})\n"),
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    let document = rehearse(&folder, &["--dry-run", "--json"]).json();
    let rehearsal = &document["rehearsal"];
    assert_eq!(
        rehearsal["projects"],
        json!([{
            "name": "upload-demo", "exists": true, "status": "active", "members": [], "releases": 1, "files": 2,
            "bytes": 2000, "file_limit": 104_857_600, "total_limit": 10_737_418_240_u64,
        }])
    );
    assert_eq!(
        rehearsal["releases"],
        json!([{
            "project": "upload-demo", "version": "1.0.0", "exists": true, "files": 2,
            "sdist": file_name(sdist), "since": "2020-01-02T03:04:05Z", "yanked": "broken", "closed": true,
        }])
    );
    let files = rehearsal["files"].as_array().expect("files");
    let states: Vec<&Value> = files.iter().map(|file| &file["state"]).collect();
    assert_eq!(states, ["same", "different"]);
    assert_eq!(files[1]["sha256_on_index"], OTHER);
    // Without a seed folder the document has no such key.
    let ran = pypi_release(&["publish", "--index", "local", "--dry-run", "--json", wheel]);
    assert_eq!(ran.json().get("rehearsal"), None);
}

#[test]
fn a_seed_folder_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = saved(&[], "");
    crate::command::write(&folder, "upload-demo/simple.json", b"<html>");
    let ran = rehearse(&folder, &[]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    for expected in [
        "simple.json",
        "it is not a page of the simple API in JSON",
        "save the page again",
    ] {
        assert!(ran.stderr.contains(expected), "{expected}: {}", ran.stderr);
    }
    let served = pypi_release(&["local-index", "--seed-folder", text(folder.path())]);
    assert_eq!(served.exit, 1, "{}", served.stderr);
    assert!(served.stderr.contains("simple.json"), "{}", served.stderr);
    let ran = pypi_release(&["publish", "--seed-folder", text(folder.path()), DIST[0]]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("--seed-folder is for --index local"),
        "{}",
        ran.stderr
    );
}
