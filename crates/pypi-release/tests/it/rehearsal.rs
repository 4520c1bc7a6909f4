//! `publish --index local --seed-folder` and `local-index --seed-folder`: would PyPI accept this release?

use std::{fs, path::Path};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::command::{DIST, Ran, pypi_release, text};

const LONG_AGO: &str = "2020-01-02T03:04:05.678901Z";
/// A release that is never too old.
const JUST_NOW: &str = "2999-01-02T03:04:05.678901Z";
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
        "project upload-demo: exists, with 1 release and 1 file (1000 B)\n",
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
        "project upload-demo: exists, with 1 release and 2 files (1.95 KiB)\n",
        "release upload-demo 1.0.0: exists, with 2 files, since 2020-01-02T03:04:05Z; it is yanked: broken; \
         it is too old for new files\n",
        &format!("file {wheel}: exists, with the same bytes\n"),
        &format!("file {sdist}: exists, with other bytes (sha256 {OTHER})\n"),
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    let document = rehearse(&folder, &["--dry-run", "--json"]).json();
    let rehearsal = &document["rehearsal"];
    assert_eq!(
        rehearsal["projects"],
        json!([{"name": "upload-demo", "exists": true, "releases": 1, "files": 2, "bytes": 2000}])
    );
    assert_eq!(
        rehearsal["releases"],
        json!([{
            "project": "upload-demo", "version": "1.0.0", "exists": true, "files": 2,
            "since": "2020-01-02T03:04:05Z", "yanked": "broken", "closed": true,
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
fn what_pypi_refuses_is_refused_with_its_sentence() {
    let [wheel, sdist] = DIST;
    let publisher = "[[trust]]\nproject = \"upload-demo\"\n\
        publisher = { kind = \"github\", repository = \"o/r\", workflow = \"release.yml\" }\n";
    let in_release = |filename: &str, uploaded| listed(filename, OTHER, uploaded);
    for (file, fragment, expected) in [
        (
            in_release(file_name(wheel), JUST_NOW),
            "",
            "the index lists a file of this name with other content",
        ),
        (
            in_release("upload_demo-1.0.0-py2-none-any.whl", LONG_AGO),
            "",
            "Uploading new files to releases older than 14 days is not allowed.",
        ),
        (
            in_release("Upload-Demo-1.0.tar.gz", JUST_NOW),
            "",
            "Only one sdist may be uploaded per release.",
        ),
        (
            in_release("upload_demo-0.9.tar.gz", LONG_AGO),
            "total-limit = 1500",
            "Project size too large.",
        ),
        (
            in_release("upload_demo-0.9.tar.gz", LONG_AGO),
            publisher,
            "invalid-publisher",
        ),
        (
            in_release("upload_demo-0.9.tar.gz", LONG_AGO),
            &format!("deleted-files = [{:?}]", file_name(sdist)),
            "This filename was previously used by a file that has since been deleted.",
        ),
    ] {
        let ran = rehearse(&saved(&[file], fragment), &[]);
        assert_eq!(ran.exit, 1, "{expected}: {}", ran.stderr);
        let printed = ran.stdout + &ran.stderr;
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    // A publisher that is the job's own may publish.
    let own =
        format!("identity = {{ repository = \"o/r\", workflow = \"release.yml\" }}\n{publisher}");
    let ran = rehearse(&saved(&[], &own), &[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let line = "project upload-demo: exists, without files\n";
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
}

#[test]
fn a_name_like_that_of_a_saved_project_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("up1oad.demo")).expect("a folder");
    let page = json!({"meta": {"api-version": "1.4"}, "name": "up1oad-demo", "files": []});
    crate::command::write(
        &folder,
        "up1oad.demo/simple.json",
        page.to_string().as_bytes(),
    );
    let ran = rehearse(&folder, &[]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let expected = "The name 'upload-demo' is too similar to an existing project.";
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("project upload-demo: new\n"),
        "{}",
        ran.stderr
    );
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
