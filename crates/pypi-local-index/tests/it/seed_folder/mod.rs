//! An index that starts from saved pages.
#![cfg(feature = "scenario")]

mod document;
mod error;
mod file;
mod limit;
mod scenario;

use std::fs;
use std::path::Path;

use pypi_local_index::{Builder, Clock, Error, ErrorKind, LocalIndex};
use pypi_metadata::testing::{TestDistribution, sdist, wheel};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::client::{Form, get, upload};

/// 2025-10-09T08:53:20Z.
const NOW: u64 = 1_760_000_000;
const TODAY: &str = "2025-10-09T08:00:00.123456Z";
const LAST_MONTH: &str = "2025-09-09T08:00:00.000000Z";

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file as a page lists it.
fn listed(file: &TestDistribution, uploaded: &str) -> Value {
    json!({
        "filename": file.filename,
        "url": format!("https://files.example/{}", file.filename),
        "hashes": {"sha256": sha256(&file.bytes)},
        "requires-python": ">=3.9",
        "size": file.bytes.len(),
        "upload-time": uploaded,
        "yanked": false,
        "core-metadata": false,
        "provenance": null,
    })
}

fn page(name: &str, files: &[Value]) -> Value {
    json!({
        "meta": {"_last-serial": 1, "api-version": "1.4"},
        "name": name,
        "project-status": {"status": "active"},
        "versions": [],
        "files": files,
        "alternate-locations": [],
    })
}

fn save(folder: &TempDir, path: &str, content: impl AsRef<[u8]>) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    #[expect(clippy::disallowed_methods, reason = "the tests save pages")]
    fs::write(path, content).expect("a file");
}

fn saved(pages: &[(&str, Value)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, page) in pages {
        save(&folder, &format!("{name}/simple.json"), page.to_string());
    }
    folder
}

fn builder(folder: &Path) -> Builder {
    LocalIndex::builder()
        .publishes_any()
        .clock(Clock::fixed(NOW))
        .seed_folder(folder)
}

fn start(folder: &TempDir) -> LocalIndex {
    builder(folder.path()).start().expect("an index")
}

/// The status and the sentence of an upload with the token of the built-in account.
fn sent(index: &LocalIndex, form: &Form) -> (u16, String) {
    let response = upload(index, index.user_token().reveal(), form);
    (response.status, response.reason)
}

#[track_caller]
fn refused(index: &LocalIndex, form: &Form, start: &str) {
    let (status, reason) = sent(index, form);
    assert_eq!(status, 400, "{reason}");
    assert!(reason.starts_with(start), "{reason}");
}

/// A form with the version of its file.
fn form(name: &str, file: &TestDistribution, version: &str) -> Form {
    let mut form = Form::of(name, file);
    form.fields.retain(|(key, _)| key != "version");
    form.field("version", version)
}

/// A file as the JSON API lists it.
fn documented(filename: &str, packagetype: &str, uploaded: &str) -> Value {
    json!({
        "filename": filename,
        "size": 1000,
        "digests": {"md5": "1".repeat(32), "sha256": sha256(filename.as_bytes()), "blake2b_256": "2".repeat(64)},
        "upload_time": uploaded.trim_end_matches('Z'),
        "upload_time_iso_8601": uploaded,
        "packagetype": packagetype,
        "yanked": filename.contains("0.9"),
        "yanked_reason": filename.contains("0.9").then_some("broken"),
        "requires_python": null,
        "comment_text": "",
    })
}

/// The message and the help of the error with which an index does not start.
fn error(folder: &TempDir) -> (String, String) {
    let error: Error = builder(folder.path()).start().expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Seed, "{error}");
    (
        error.to_string(),
        error.help().expect("a remedy").to_owned(),
    )
}

#[test]
fn an_upload_meets_the_files_of_the_saved_page() {
    let (first, second) = (wheel("demo", "1.0"), sdist("demo", "1.0"));
    let page = page(
        "demo",
        &[
            listed(&first, LAST_MONTH),
            listed(&wheel("demo", "2.0"), TODAY),
        ],
    );
    let index = start(&saved(&[("demo", page)]));

    let same = Form::of("demo", &first);
    assert_eq!(sent(&index, &same).0, 200, "the same bytes are a success");
    let mut other = first.clone();
    other.bytes.push(0);
    refused(&index, &Form::of("demo", &other), "File already exists (");
    let mut renamed = first;
    renamed.filename = "demo-1.0-1-py3-none-any.whl".to_owned();
    let renamed = Form::of("demo", &renamed);
    refused(&index, &renamed, "File already exists (");
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    refused(&index, &Form::of("demo", &second), text);
    let similar = sdist("dem0", "1.0");
    let text = "The name 'dem0' is too similar to an existing project.";
    refused(&index, &Form::of("dem0", &similar), text);
    assert_eq!(index.files().len(), 2);
}

#[test]
fn what_an_index_serves_can_be_saved() {
    let index = LocalIndex::builder().publishes_any().start();
    let index = index.expect("an index");
    for file in [
        wheel("My.Demo", "1.0"),
        sdist("My.Demo", "1.0"),
        sdist("My.Demo", "2.0"),
    ] {
        index.add_file(&file.filename, file.bytes).expect("a file");
    }
    assert!(index.yank("my-demo", "1.0", Some("broken")));
    let folder = tempfile::tempdir().expect("a folder");
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/my-demo/", &accept);
    save(&folder, "my-demo/simple.json", page.body);
    let document = get(&index, "/pypi/my-demo/json", &[]);
    save(&folder, "my-demo/pypi.json", document.body);
    let again = LocalIndex::builder().seed_folder(folder.path()).start();
    let again = again.expect("an index");
    assert_eq!(again.files(), index.files());
    assert_eq!(again.project("My_Demo"), index.project("my-demo"));
    assert_eq!(
        again.release("my-demo", "1"),
        index.release("my-demo", "1.0")
    );
}

#[test]
fn files_that_no_upload_can_have_close_their_release() {
    let egg = json!({
        "filename": "demo-1.0-py2.5.egg",
        "hashes": {"sha256": "0".repeat(64)},
        "size": 2000,
        "upload-time": LAST_MONTH,
    });
    let folder = saved(&[("demo", page("demo", &[egg]))]);
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    refused(
        &start(&folder),
        &Form::of("demo", &wheel("demo", "1.0")),
        text,
    );
    let mut zip = listed(&sdist("demo", "1.1"), TODAY);
    zip["filename"] = json!("Demo-1.1.zip");
    save(
        &folder,
        "demo/simple.json",
        page("demo", &[zip]).to_string(),
    );
    let text = "Only one sdist may be uploaded per release.";
    let mut other = sdist("demo", "1.1");
    other.bytes.push(0);
    refused(&start(&folder), &form("demo", &other, "1.1"), text);
}

/// The pages of a real Warehouse and of a mirror of PyPI.
#[test]
fn pages_of_pypi_are_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let recorded = r#"{"files":[{"core-metadata":{"sha256":"634a1449ba4162a32b85c0daac46a32efcdd3141adfe4385b8ce3d9ffa88e0c1"},"data-dist-info-metadata":{"sha256":"634a1449ba4162a32b85c0daac46a32efcdd3141adfe4385b8ce3d9ffa88e0c1"},"filename":"upload_demo-1.0.0-py3-none-any.whl","hashes":{"sha256":"5e6cc46c736cf2916925790bb36d18753a3fa12a1419bea2bd604f089d8a76fe"},"provenance":null,"requires-python":">=3.8","size":3036,"upload-time":"2026-11-21T10:11:12.131415Z","url":"http://FILES/packages/5a/28/cb07c3ab97eb9ebd40c554bcad7db346f9fe2701a171e92e9ce219f75b8e/upload_demo-1.0.0-py3-none-any.whl","yanked":false},{"core-metadata":false,"data-dist-info-metadata":false,"filename":"upload_demo-1.0.0.tar.gz","hashes":{"sha256":"5a91c04fa6d257a6587de87eee0efc48c1747183c0635c500ebb7b24957c17c5"},"provenance":null,"requires-python":">=3.8","size":2004,"upload-time":"2026-11-21T10:11:13Z","url":"http://FILES/packages/7a/71/9628c356fb7bcc836af67e3a812a196a095e86537975b00b34907ddf888a/upload_demo-1.0.0.tar.gz","yanked":"broken"}],"meta":{"_last-serial":286,"api-version":"1.4"},"name":"upload-demo","project-status":{"status":"active"},"versions":["1.0.0"]}"#;
    save(&folder, "upload-demo/simple.json", recorded);
    let archived = r#"{"files":[],"meta":{"_last-serial":11,"api-version":"1.4"},"name":"oracle-archived","project-status":{"status":"archived","reason":null},"versions":[]}"#;
    save(&folder, "oracle-archived/simple.json", archived);
    let mirrored = r#"{"files": [{"filename": "pyserial-2.3-py2.5.egg", "hashes": {"sha256": "370624e61b6773da2f2fb17cc2a4eaea4bb596c3585d13f75ff193c1c738603e"}, "requires-python": null, "size": 1602552, "upload-time": "2012-12-16T18:22:09.584503Z", "url": "https://files.example/pyserial-2.3-py2.5.egg", "yanked": false}], "meta": {"api-version": "1.1", "_last-serial": "8724153"}, "name": "pyserial", "versions": ["2.3"]}"#;
    save(&folder, "pyserial/simple.json", mirrored);
    let files = start(&folder).files();
    let sizes: Vec<u64> = files.iter().map(|file| file.size).collect();
    assert_eq!(sizes, [3036, 2004]);
    assert_eq!(files[1].yanked.as_deref(), Some("broken"));
}

#[test]
fn an_open_release_has_one_sdist() {
    let mut old = sdist("demo", "1.0");
    old.filename = "Demo-1.0.tar.gz".to_owned();
    let index = start(&saved(&[("demo", page("demo", &[listed(&old, TODAY)]))]));
    let form = Form::of("demo", &sdist("demo", "1.0"));
    let form = match sha256(&old.bytes) == sha256(&form.files[0].bytes) {
        true => Form::of("demo", &{
            let mut other = sdist("demo", "1.0");
            other.bytes.push(0);
            other
        }),
        false => form,
    };
    refused(&index, &form, "Only one sdist may be uploaded per release.");
}
