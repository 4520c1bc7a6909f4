//! Saved files, with and without their bytes.

use std::fs;

use pypi_local_index::LocalIndex;
use pypi_metadata::testing::{sdist, wheel};
use serde_json::json;

use super::{NOW, TODAY, builder, listed, page, save, saved, sha256, start};
use crate::client::get;

#[test]
fn a_file_without_bytes_is_listed_and_not_served() {
    let file = wheel("demo", "1.0");
    let mut yanked = listed(&file, TODAY);
    yanked["yanked"] = json!("broken");
    let index = start(&saved(&[("Demo", page("demo", &[yanked]))]));
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/demo/", &accept).json();
    let shown = &page["files"][0];
    assert_eq!(shown["hashes"]["sha256"], sha256(&file.bytes));
    assert_eq!(shown["size"], file.bytes.len());
    assert_eq!(shown["upload-time"], "2025-10-09T08:00:00.000000Z");
    assert_eq!(shown["requires-python"], ">=3.9");
    assert_eq!(shown["yanked"], "broken");
    let url = shown["url"].as_str().expect("a URL");
    let path = url.strip_prefix(index.url().as_str()).expect("a path");
    for path in [format!("/{path}"), format!("/{path}.metadata")] {
        let response = get(&index, &path, &[]);
        assert_eq!(response.status, 404);
        let text = "the seed folder has only the name, the size and the digests of demo-1.0-py3-none-any.whl";
        assert!(response.text().contains(text), "{}", response.text());
        let request = index.requests().pop().expect("a request");
        assert!(request.message.contains(text), "{}", request.message);
    }
    assert_eq!(index.file(&file.filename), None);
    let document = get(&index, "/pypi/demo/1.0/json", &[]).json();
    let digests = &document["urls"][0]["digests"];
    assert_eq!(*digests, json!({"sha256": sha256(&file.bytes)}));
    assert_eq!(get(&index, "/project/demo/1.0/", &[]).status, 200);
}

#[test]
fn saved_bytes_are_served_with_their_metadata() {
    let file = wheel("demo", "1.0");
    let folder = saved(&[("demo", page("demo", &[listed(&file, TODAY)]))]);
    save(
        &folder,
        &format!("demo/files/{}", file.filename),
        &file.bytes,
    );
    let index = start(&folder);
    assert_eq!(index.file(&file.filename), Some(file.bytes.clone()));
    index.reset();
    assert_eq!(index.file(&file.filename), Some(file.bytes.clone()));
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/demo/", &accept).json();
    assert!(page["files"][0]["core-metadata"]["sha256"].is_string());
    // Bytes that change afterwards are not served.
    save(&folder, &format!("demo/files/{}", file.filename), b"other");
    assert_eq!(index.file(&file.filename), None);
}

#[test]
fn files_are_enough() {
    let (first, second) = (wheel("My.Demo", "1.0"), sdist("other", "2.0"));
    let folder = tempfile::tempdir().expect("a folder");
    save(&folder, &first.filename, &first.bytes);
    save(
        &folder,
        &format!("other/files/{}", second.filename),
        &second.bytes,
    );
    let index = LocalIndex::builder().seed_folder(folder.path()).start();
    let index = index.expect("an index");
    let files = index.files();
    let found: Vec<(&str, &str)> = files
        .iter()
        .map(|file| (file.project.as_str(), file.sha256.as_str()))
        .collect();
    let digests = [sha256(&first.bytes), sha256(&second.bytes)];
    assert_eq!(
        found,
        [
            ("my-demo", digests[0].as_str()),
            ("other", digests[1].as_str())
        ]
    );
    assert!(files.iter().all(|file| file.uploaded > NOW), "{files:?}");
    assert_eq!(index.file(&first.filename), Some(first.bytes));
}

#[test]
#[cfg(feature = "persistent")]
fn a_persistent_index_keeps_what_it_was_seeded_with() {
    let (with, without) = (wheel("demo", "1.0"), sdist("demo", "1.0"));
    let files = [listed(&with, TODAY), listed(&without, TODAY)];
    let folder = saved(&[("demo", page("demo", &files))]);
    save(
        &folder,
        &format!("demo/files/{}", with.filename),
        &with.bytes,
    );
    let state = tempfile::tempdir().expect("a folder");
    let open = || builder(folder.path()).folder(state.path()).start();
    let files = open().expect("an index").files();
    fs::remove_dir_all(folder.path().join("demo/files")).expect("removed");
    let index = open().expect("an index");
    assert_eq!(index.files(), files);
    assert_eq!(index.file(&with.filename), Some(with.bytes));
    assert_eq!(index.file(&without.filename), None);
    let url = get(&index, "/pypi/demo/1.0/json", &[]).json()["urls"][1]["url"].clone();
    let path = url
        .as_str()
        .expect("a URL")
        .strip_prefix(index.url().as_str());
    let response = get(&index, &format!("/{}", path.expect("a path")), &[]);
    assert_eq!(response.status, 404);
}
